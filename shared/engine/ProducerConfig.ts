/**
 * org.apache.kafka.clients.producer.ProducerConfig: settings under Kafka's names become one value that does not
 * change, or Java's own sentence about what is wrong. What KafkaProducer's constructor checks and adjusts is here
 * too (`configureDeliveryTimeout`), so that a config which exists is one a producer can be made with.
 */
import { COMPRESSION_TYPES, type CompressionType } from '#record/CompressionType';
import { JavaException } from '#record/exceptions';
import { SETTINGS, KNOWN_CLASSES } from './ProducerConfig/settings.ts';
import { ensureValid, parseType, type ParsedValue, type ProducerProps } from './ProducerConfig/Setting.ts';

export { ROUND_ROBIN_PARTITIONER, SETTINGS } from './ProducerConfig/settings.ts';
export type {
  ParsedValue,
  ProducerProps,
  Setting,
  SettingGroup,
  SettingType,
  SettingValue,
  Valid,
} from './ProducerConfig/Setting.ts';

const INT_MAX = 2147483647;
/** A broker remembers this many batches of a producer: more in flight could not be recognised. */
const MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION_FOR_IDEMPOTENCE = 5;

/** Times in ms, sizes in bytes, as effective; only `batchSize` and `lingerMs` are as given (see `effective…`). */
export interface ProducerConfig {
  readonly bootstrapServers: readonly string[];
  readonly clientDnsLookup: string;
  readonly clientId: string;
  readonly keySerializer: string;
  readonly valueSerializer: string;
  readonly interceptorClasses: readonly string[];
  readonly acks: -1 | 0 | 1;
  readonly enableIdempotence: boolean;
  readonly retries: number;
  readonly maxInFlightRequestsPerConnection: number;
  readonly deliveryTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly retryBackoffMs: number;
  readonly retryBackoffMaxMs: number;
  readonly batchSize: number;
  readonly lingerMs: number;
  readonly maxRequestSize: number;
  readonly bufferMemory: number;
  readonly maxBlockMs: number;
  readonly compressionType: CompressionType;
  readonly compressionGzipLevel: number;
  readonly compressionLz4Level: number;
  readonly compressionZstdLevel: number;
  /** Full class name; null: the built-in partitioner. */
  readonly partitionerClass: string | null;
  readonly partitionerIgnoreKeys: boolean;
  readonly partitionerAdaptivePartitioningEnable: boolean;
  readonly partitionerAvailabilityTimeoutMs: number;
  readonly reconnectBackoffMs: number;
  readonly reconnectBackoffMaxMs: number;
  readonly socketConnectionSetupTimeoutMs: number;
  readonly socketConnectionSetupTimeoutMaxMs: number;
  readonly connectionsMaxIdleMs: number;
  readonly sendBufferBytes: number;
  readonly receiveBufferBytes: number;
  readonly metadataMaxAgeMs: number;
  readonly metadataMaxIdleMs: number;
  readonly metadataRecoveryStrategy: 'rebootstrap' | 'none';
  readonly metadataRecoveryRebootstrapTriggerMs: number;
  readonly transactionalId: string | null;
  readonly transactionTimeoutMs: number;
  readonly transactionTwoPhaseCommitEnable: boolean;
  readonly metricsSampleWindowMs: number;
  readonly metricsNumSamples: number;
  readonly metricsRecordingLevel: string;
  readonly metricReporters: readonly string[];
  readonly enableMetricsPush: boolean;
  readonly securityProtocol: string;
  readonly securityProviders: string | null;
  readonly configProviders: readonly string[];
}

/** Size of the pooled buffers: 0 means 1, so that every record gets a buffer of its own size (S09). */
export const effectiveBatchSize = (config: ProducerConfig): number => Math.max(1, config.batchSize);

/** `linger.ms` as KafkaProducer uses it: an int. */
export const effectiveLingerMs = (config: ProducerConfig): number => Math.min(config.lingerMs, INT_MAX);

type Values = Map<string, ParsedValue>;

/**
 * Reads the settings; unknown ones mean nothing, as in Java. `nextClientNumber` is Java's process-wide counter; it
 * is asked only for a producer without `client.id` and `transactional.id`.
 * @throws JavaException ConfigException (NullPointerException where Java's own code trips over a null).
 */
export function parseProducerConfig(
  props: ProducerProps,
  nextClientNumber: () => number = () => 1,
): ProducerConfig {
  const values: Values = new Map();
  for (const setting of SETTINGS) {
    const given = props[setting.key];
    let value: ParsedValue;
    if (given !== undefined) value = parseType(setting, given, (name) => KNOWN_CLASSES.includes(name));
    else if (setting.default !== undefined) value = setting.default;
    else {
      throw new JavaException(
        'ConfigException',
        `Missing required configuration "${setting.key}" which has no default value.`,
      );
    }
    if (setting.type === 'list' && Array.isArray(value)) value = [...new Set<string>(value)];
    ensureValid(setting, value);
    values.set(setting.key, value);
  }
  postProcessReconnectBackoff(props, values);
  postProcessIdempotence(props, values);
  if (props['client.id'] === undefined) {
    values.set('client.id', `producer-${textOrNull(values, 'transactional.id') ?? nextClientNumber()}`);
  }
  configureDeliveryTimeout(props, values);
  return configOf(values);
}

/** The settings with those that are required and that only a real client needs, unless they are given. */
export const withRequiredSettings = (props: ProducerProps): ProducerProps => ({
  'bootstrap.servers': 'localhost:9092',
  'key.serializer': 'org.apache.kafka.common.serialization.StringSerializer',
  'value.serializer': 'org.apache.kafka.common.serialization.StringSerializer',
  ...props,
});

/** Java's sentence about what is wrong with these settings; null: a producer can be made with them. */
export function conflictOf(props: ProducerProps): string | null {
  try {
    parseProducerConfig(withRequiredSettings(props));
    return null;
  } catch (error) {
    if (error instanceof JavaException) return error.text ?? error.exception;
    throw error;
  }
}

/** CommonClientConfigs: with only the first pause set there is no growth. */
function postProcessReconnectBackoff(props: ProducerProps, values: Values): void {
  if (props['reconnect.backoff.max.ms'] === undefined && props['reconnect.backoff.ms'] !== undefined) {
    values.set('reconnect.backoff.max.ms', values.get('reconnect.backoff.ms') ?? 0);
  }
}

/** postProcessAndValidateIdempotenceConfigs: who did not ask for idempotence loses it silently, but not always (§6.7). */
function postProcessIdempotence(props: ProducerProps, values: Values): void {
  const isAsked = props['enable.idempotence'] !== undefined;
  const acks = text(values, 'acks') === 'all' ? '-1' : text(values, 'acks');
  values.set('acks', acks);
  const isEnabled = flagOrTrip(values, 'enable.idempotence');
  let isPossible = isEnabled;
  if (isEnabled) {
    if (number(values, 'retries') === 0) {
      if (isAsked) throw conflict('Must set retries to non-zero when using the idempotent producer.');
      isPossible = false;
    }
    if (acks !== '-1') {
      if (isAsked) {
        throw conflict(
          'Must set acks to all in order to use the idempotent producer. Otherwise we cannot guarantee idempotence.',
        );
      }
      isPossible = false;
    }
    const inFlight = number(values, 'max.in.flight.requests.per.connection');
    if (inFlight > MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION_FOR_IDEMPOTENCE) {
      throw conflict(
        'To use the idempotent producer, max.in.flight.requests.per.connection must be set to at most 5. ' +
          `Current value is ${inFlight}.`,
      );
    }
  }
  values.set('enable.idempotence', isPossible);
  if (!isPossible && props['transactional.id'] !== undefined) {
    throw conflict('Cannot set a transactional.id without also enabling idempotence.');
  }
  if (
    flagOrTrip(values, 'transaction.two.phase.commit.enable') &&
    props['transaction.timeout.ms'] !== undefined
  ) {
    throw conflict(
      'Cannot set transaction.timeout.ms when transaction.two.phase.commit.enable is set to true. ' +
        'Transactions will not expire with two-phase commit enabled.',
    );
  }
}

/** KafkaProducer.configureDeliveryTimeout: the default gives way to linger and request timeout, a given value does not. */
function configureDeliveryTimeout(props: ProducerProps, values: Values): void {
  const lingerMs = Math.min(number(values, 'linger.ms'), INT_MAX);
  const leastMs = Math.min(lingerMs + number(values, 'request.timeout.ms'), INT_MAX);
  if (number(values, 'delivery.timeout.ms') >= leastMs) return;
  if (props['delivery.timeout.ms'] !== undefined) {
    throw conflict('delivery.timeout.ms should be equal to or larger than linger.ms + request.timeout.ms');
  }
  values.set('delivery.timeout.ms', leastMs);
}

const conflict = (message: string): JavaException => new JavaException('ConfigException', message);

const number = (values: Values, key: string): number => {
  const value = values.get(key);
  return typeof value === 'number' ? value : 0;
};
const textOrNull = (values: Values, key: string): string | null => {
  const value = values.get(key);
  return typeof value === 'string' ? value : null;
};
const text = (values: Values, key: string): string => textOrNull(values, key) ?? '';
const flag = (values: Values, key: string): boolean => values.get(key) === true;
const list = (values: Values, key: string): readonly string[] => {
  const value = values.get(key);
  return Array.isArray(value) ? value : [];
};

/** An unset Boolean has no value to look at. */
function flagOrTrip(values: Values, key: string): boolean {
  if (values.get(key) !== null) return flag(values, key);
  throw new JavaException(
    'NullPointerException',
    'Cannot invoke "java.lang.Boolean.booleanValue()" because the return value of ' +
      '"org.apache.kafka.clients.producer.ProducerConfig.getBoolean(String)" is null',
  );
}

const acksOf = (values: Values): -1 | 0 | 1 => {
  const acks = text(values, 'acks');
  if (acks === '0') return 0;
  return acks === '1' ? 1 : -1;
};

function configOf(values: Values): ProducerConfig {
  return {
    bootstrapServers: list(values, 'bootstrap.servers'),
    clientDnsLookup: text(values, 'client.dns.lookup'),
    clientId: text(values, 'client.id'),
    keySerializer: text(values, 'key.serializer'),
    valueSerializer: text(values, 'value.serializer'),
    interceptorClasses: list(values, 'interceptor.classes'),
    acks: acksOf(values),
    enableIdempotence: flag(values, 'enable.idempotence'),
    retries: number(values, 'retries'),
    maxInFlightRequestsPerConnection: number(values, 'max.in.flight.requests.per.connection'),
    deliveryTimeoutMs: number(values, 'delivery.timeout.ms'),
    requestTimeoutMs: number(values, 'request.timeout.ms'),
    retryBackoffMs: number(values, 'retry.backoff.ms'),
    retryBackoffMaxMs: number(values, 'retry.backoff.max.ms'),
    batchSize: number(values, 'batch.size'),
    lingerMs: number(values, 'linger.ms'),
    maxRequestSize: number(values, 'max.request.size'),
    bufferMemory: number(values, 'buffer.memory'),
    maxBlockMs: number(values, 'max.block.ms'),
    compressionType: COMPRESSION_TYPES.find((type) => type === values.get('compression.type')) ?? 'none',
    compressionGzipLevel: number(values, 'compression.gzip.level'),
    compressionLz4Level: number(values, 'compression.lz4.level'),
    compressionZstdLevel: number(values, 'compression.zstd.level'),
    partitionerClass: textOrNull(values, 'partitioner.class'),
    partitionerIgnoreKeys: flag(values, 'partitioner.ignore.keys'),
    partitionerAdaptivePartitioningEnable: flag(values, 'partitioner.adaptive.partitioning.enable'),
    partitionerAvailabilityTimeoutMs: number(values, 'partitioner.availability.timeout.ms'),
    reconnectBackoffMs: number(values, 'reconnect.backoff.ms'),
    reconnectBackoffMaxMs: number(values, 'reconnect.backoff.max.ms'),
    socketConnectionSetupTimeoutMs: number(values, 'socket.connection.setup.timeout.ms'),
    socketConnectionSetupTimeoutMaxMs: number(values, 'socket.connection.setup.timeout.max.ms'),
    connectionsMaxIdleMs: number(values, 'connections.max.idle.ms'),
    sendBufferBytes: number(values, 'send.buffer.bytes'),
    receiveBufferBytes: number(values, 'receive.buffer.bytes'),
    metadataMaxAgeMs: number(values, 'metadata.max.age.ms'),
    metadataMaxIdleMs: number(values, 'metadata.max.idle.ms'),
    metadataRecoveryStrategy:
      text(values, 'metadata.recovery.strategy').toLowerCase() === 'none' ? 'none' : 'rebootstrap',
    metadataRecoveryRebootstrapTriggerMs: number(values, 'metadata.recovery.rebootstrap.trigger.ms'),
    transactionalId: textOrNull(values, 'transactional.id'),
    transactionTimeoutMs: number(values, 'transaction.timeout.ms'),
    transactionTwoPhaseCommitEnable: flag(values, 'transaction.two.phase.commit.enable'),
    metricsSampleWindowMs: number(values, 'metrics.sample.window.ms'),
    metricsNumSamples: number(values, 'metrics.num.samples'),
    metricsRecordingLevel: text(values, 'metrics.recording.level'),
    metricReporters: list(values, 'metric.reporters'),
    enableMetricsPush: flag(values, 'enable.metrics.push'),
    securityProtocol: text(values, 'security.protocol'),
    securityProviders: textOrNull(values, 'security.providers'),
    configProviders: list(values, 'config.providers'),
  };
}
