import { describe, expect, it } from 'vitest';
import {
  conflictOf,
  effectiveBatchSize,
  effectiveLingerMs,
  parseProducerConfig,
  SETTINGS,
  withRequiredSettings,
  type ProducerProps,
} from './ProducerConfig.ts';

const parse = (props: ProducerProps) => parseProducerConfig(withRequiredSettings(props));

/** Settings and the message of the ConfigException that the Java client throws for them. */
const REFUSED: readonly (readonly [ProducerProps, string])[] = [
  [{ acks: null }, 'Invalid value null for configuration acks: String must be one of: all, -1, 0, 1'],
  [
    { acks: 1 },
    'Invalid value 1 for configuration acks: Expected value to be a string, but it was a java.lang.Integer',
  ],
  [{ acks: '+1' }, 'Invalid value +1 for configuration acks: String must be one of: all, -1, 0, 1'],
  [{ 'linger.ms': '5.5' }, 'Invalid value 5.5 for configuration linger.ms: Not a number of type LONG'],
  [
    { 'linger.ms': 5.5 },
    'Invalid value 5.5 for configuration linger.ms: Expected value to be a 64-bit integer (long), but it was a java.lang.Double',
  ],
  [
    { 'linger.ms': true },
    'Invalid value true for configuration linger.ms: Expected value to be a 64-bit integer (long), but it was a java.lang.Boolean',
  ],
  [{ 'linger.ms': null }, 'Invalid value null for configuration linger.ms: Value must be non-null'],
  [{ 'linger.ms': '' }, 'Invalid value  for configuration linger.ms: Not a number of type LONG'],
  [
    { 'linger.ms': '9223372036854775808' },
    'Invalid value 9223372036854775808 for configuration linger.ms: Not a number of type LONG',
  ],
  [
    { retries: 3000000000 },
    'Invalid value 3000000000 for configuration retries: Expected value to be a 32-bit integer, but it was a java.lang.Long',
  ],
  [{ retries: '3000000000' }, 'Invalid value 3000000000 for configuration retries: Not a number of type INT'],
  [{ retries: '-1' }, 'Invalid value -1 for configuration retries: Value must be at least 0'],
  [
    { retries: [1] },
    'Invalid value [1] for configuration retries: Expected value to be a 32-bit integer, but it was a java.util.ArrayList',
  ],
  [
    { 'enable.idempotence': 'yes' },
    'Invalid value yes for configuration enable.idempotence: Expected value to be either true or false',
  ],
  [
    { 'enable.idempotence': 1 },
    'Invalid value 1 for configuration enable.idempotence: Expected value to be either true or false',
  ],
  [{ 'transactional.id': '' }, 'Invalid value  for configuration transactional.id: String must be non-empty'],
  [
    { 'transactional.id': ' ' },
    'Invalid value  for configuration transactional.id: String must be non-empty',
  ],
  [
    { 'transactional.id': 'x', 'enable.idempotence': false },
    'Cannot set a transactional.id without also enabling idempotence.',
  ],
  [
    { 'transactional.id': null, 'enable.idempotence': false },
    'Cannot set a transactional.id without also enabling idempotence.',
  ],
  [
    { 'partitioner.class': 'Foo' },
    'Invalid value Foo for configuration partitioner.class: Class Foo could not be found.',
  ],
  [
    { 'partitioner.class': '' },
    'Invalid value  for configuration partitioner.class: Class  could not be found.',
  ],
  [
    { 'partitioner.class': 5 },
    'Invalid value 5 for configuration partitioner.class: Expected a Class instance or class name.',
  ],
  [
    { 'metadata.recovery.strategy': 'nix' },
    'Invalid value nix for configuration metadata.recovery.strategy: String must be one of (case insensitive): REBOOTSTRAP, NONE',
  ],
  [
    { 'security.protocol': 'foo' },
    'Invalid value foo for configuration security.protocol: String must be one of (case insensitive): SASL_SSL, PLAINTEXT, SSL, SASL_PLAINTEXT',
  ],
  [
    { 'metadata.max.idle.ms': 4999 },
    'Invalid value 4999 for configuration metadata.max.idle.ms: Value must be at least 5000',
  ],
  [
    { 'compression.gzip.level': 0 },
    'Invalid value 0 for configuration compression.gzip.level: Value must be between 1 and 9 or equal to -1',
  ],
  [
    { 'compression.gzip.level': 10 },
    'Invalid value 10 for configuration compression.gzip.level: Value must be between 1 and 9 or equal to -1',
  ],
  [
    { 'compression.lz4.level': 18 },
    'Invalid value 18 for configuration compression.lz4.level: Value must be no more than 17',
  ],
  [
    { 'compression.lz4.level': 0 },
    'Invalid value 0 for configuration compression.lz4.level: Value must be at least 1',
  ],
  [
    { 'compression.zstd.level': 23 },
    'Invalid value 23 for configuration compression.zstd.level: Value must be no more than 22',
  ],
  [
    { 'compression.zstd.level': -131073 },
    'Invalid value -131073 for configuration compression.zstd.level: Value must be at least -131072',
  ],
  [
    { 'bootstrap.servers': '' },
    "Configuration 'bootstrap.servers' must not be empty. Valid values include: any non-empty value",
  ],
  [{ 'bootstrap.servers': 'a,,b' }, "Configuration 'bootstrap.servers' values must not be empty."],
  [{ 'interceptor.classes': ',' }, "Configuration 'interceptor.classes' values must not be empty."],
  [
    { 'client.dns.lookup': 'default' },
    'Invalid value default for configuration client.dns.lookup: String must be one of: use_all_dns_ips, resolve_canonical_bootstrap_servers_only',
  ],
  [
    { 'metrics.recording.level': 'info' },
    'Invalid value info for configuration metrics.recording.level: String must be one of: INFO, DEBUG, TRACE',
  ],
  [
    { 'metrics.num.samples': 0 },
    'Invalid value 0 for configuration metrics.num.samples: Value must be at least 1',
  ],
  [
    { 'max.in.flight.requests.per.connection': 0 },
    'Invalid value 0 for configuration max.in.flight.requests.per.connection: Value must be at least 1',
  ],
  [
    { 'max.in.flight.requests.per.connection': 6, acks: '1', 'linger.ms': -1 },
    'Invalid value -1 for configuration linger.ms: Value must be at least 0',
  ],
  [
    { 'batch.size': 'x', acks: 'x' },
    'Invalid value x for configuration acks: String must be one of: all, -1, 0, 1',
  ],
  [{ 'max.block.ms': -1 }, 'Invalid value -1 for configuration max.block.ms: Value must be at least 0'],
  [
    { 'send.buffer.bytes': -2 },
    'Invalid value -2 for configuration send.buffer.bytes: Value must be at least -1',
  ],
  [
    { 'delivery.timeout.ms': 1000, 'request.timeout.ms': 996 },
    'delivery.timeout.ms should be equal to or larger than linger.ms + request.timeout.ms',
  ],
  [
    { 'delivery.timeout.ms': null },
    'Invalid value null for configuration delivery.timeout.ms: Value must be non-null',
  ],
  [
    { 'client.id': 5 },
    'Invalid value 5 for configuration client.id: Expected value to be a string, but it was a java.lang.Integer',
  ],
  [
    { acks: '1', retries: 0, 'enable.idempotence': 'true' },
    'Must set retries to non-zero when using the idempotent producer.',
  ],
  [
    { acks: '0', 'max.in.flight.requests.per.connection': 7 },
    'To use the idempotent producer, max.in.flight.requests.per.connection must be set to at most 5. Current value is 7.',
  ],
  [
    { 'buffer.memory': '32mb' },
    'Invalid value 32mb for configuration buffer.memory: Not a number of type LONG',
  ],
  [
    { 'buffer.memory': [1, 2] },
    'Invalid value [1, 2] for configuration buffer.memory: Expected value to be a 64-bit integer (long), but it was a java.util.ArrayList',
  ],
  [
    { 'compression.type': 'GZIP' },
    'Invalid value GZIP for configuration compression.type: String must be one of: none, gzip, snappy, lz4, zstd',
  ],
  [
    { 'transaction.timeout.ms': 5, 'transaction.two.phase.commit.enable': 'true' },
    'Cannot set transaction.timeout.ms when transaction.two.phase.commit.enable is set to true. Transactions will not expire with two-phase commit enabled.',
  ],
  [
    { 'partitioner.availability.timeout.ms': -1 },
    'Invalid value -1 for configuration partitioner.availability.timeout.ms: Value must be at least 0',
  ],
  [{ 'config.providers': null }, "Configuration 'config.providers' values must not be null."],
  [
    { 'metadata.max.age.ms': -5 },
    'Invalid value -5 for configuration metadata.max.age.ms: Value must be at least 0',
  ],
  [
    { 'metadata.recovery.rebootstrap.trigger.ms': -1 },
    'Invalid value -1 for configuration metadata.recovery.rebootstrap.trigger.ms: Value must be at least 0',
  ],
  [
    { 'max.request.size': -1 },
    'Invalid value -1 for configuration max.request.size: Value must be at least 0',
  ],
  [
    { 'key.serializer': 'Foo' },
    'Invalid value Foo for configuration key.serializer: Class Foo could not be found.',
  ],
];

describe('refused settings', () => {
  it.each(REFUSED)('%j', (props, message) => {
    expect(conflictOf(props)).toBe(message);
    expect(() => parse(props)).toThrow(expect.objectContaining({ exception: 'ConfigException' }));
  });

  it('are complained about in the order of the definition', () => {
    expect(() => parseProducerConfig({})).toThrow(
      'Missing required configuration "bootstrap.servers" which has no default value.',
    );
    expect(() => parseProducerConfig({ 'bootstrap.servers': 'a:1' })).toThrow(
      'Missing required configuration "key.serializer" which has no default value.',
    );
  });

  it('trip over a null where Java does', () => {
    expect(() => parse({ 'enable.idempotence': null })).toThrow('Boolean.booleanValue()');
  });
});

describe('accepted settings', () => {
  it('have the defaults of 4.3', () => {
    expect(parse({})).toMatchObject({
      acks: -1,
      enableIdempotence: true,
      retries: 2147483647,
      maxInFlightRequestsPerConnection: 5,
      batchSize: 16384,
      lingerMs: 5,
      requestTimeoutMs: 30000,
      deliveryTimeoutMs: 120000,
      retryBackoffMs: 100,
      retryBackoffMaxMs: 1000,
      reconnectBackoffMs: 50,
      reconnectBackoffMaxMs: 1000,
      metadataRecoveryStrategy: 'rebootstrap',
      transactionalId: null,
      partitionerClass: null,
      clientId: 'producer-1',
    });
  });

  it.each([
    [{ acks: ' all ' }, { acks: -1, enableIdempotence: true }],
    [{ acks: '1' }, { acks: 1, enableIdempotence: false }],
    [{ acks: '0' }, { acks: 0, enableIdempotence: false }],
    [{ retries: '0' }, { retries: 0, enableIdempotence: false }],
    [
      { 'enable.idempotence': 'FALSE', 'max.in.flight.requests.per.connection': 6 },
      { enableIdempotence: false },
    ],
    [{ 'linger.ms': '+7' }, { lingerMs: 7 }],
    [{ 'linger.ms': '200000' }, { deliveryTimeoutMs: 230000 }],
    [{ 'linger.ms': 3e9 }, { lingerMs: 3e9, deliveryTimeoutMs: 2147483647 }],
    [{ 'delivery.timeout.ms': 1000, 'request.timeout.ms': 995 }, { deliveryTimeoutMs: 1000 }],
    [{ 'reconnect.backoff.ms': '70' }, { reconnectBackoffMaxMs: 70 }],
    [{ 'reconnect.backoff.ms': 2000, 'reconnect.backoff.max.ms': 1 }, { reconnectBackoffMaxMs: 1 }],
    [{ 'metadata.recovery.strategy': 'NONE' }, { metadataRecoveryStrategy: 'none' }],
    [{ 'bootstrap.servers': ' a:1 , b:2,a:1' }, { bootstrapServers: ['a:1', 'b:2'] }],
    [{ 'transactional.id': 'orders' }, { clientId: 'producer-orders', transactionalId: 'orders' }],
    [{ 'transactional.id': 'orders', 'client.id': '' }, { clientId: '' }],
    [{ 'no.such.setting': 'x' }, { acks: -1 }],
  ] as const)('%j', (props: ProducerProps, expected) => {
    expect(parse(props)).toMatchObject(expected);
    expect(conflictOf(props)).toBeNull();
  });

  it('are adjusted where the accumulator is made', () => {
    expect(effectiveBatchSize(parse({ 'batch.size': 0 }))).toBe(1);
    expect(effectiveLingerMs(parse({ 'linger.ms': '9223372036854775807' }))).toBe(2147483647);
  });

  it('count clients without a name', () => {
    let number = 6;
    const next = (): number => ++number;
    expect(parseProducerConfig(withRequiredSettings({}), next).clientId).toBe('producer-7');
    expect(parseProducerConfig(withRequiredSettings({ 'client.id': 'mine' }), next).clientId).toBe('mine');
    expect(number).toBe(7);
  });
});

/** Name, type, importance and default of the Java definition, in its order. */
const DEFINITION = `
bootstrap.servers|list|high|REQ
client.dns.lookup|string|medium|use_all_dns_ips
buffer.memory|long|high|33554432
retries|int|high|2147483647
acks|string|low|all
compression.type|string|high|none
compression.gzip.level|int|medium|-1
compression.lz4.level|int|medium|9
compression.zstd.level|int|medium|3
batch.size|int|medium|16384
partitioner.adaptive.partitioning.enable|boolean|low|true
partitioner.availability.timeout.ms|long|low|0
partitioner.ignore.keys|boolean|medium|false
linger.ms|long|medium|5
delivery.timeout.ms|int|medium|120000
client.id|string|medium|
send.buffer.bytes|int|medium|131072
receive.buffer.bytes|int|medium|32768
max.request.size|int|medium|1048576
reconnect.backoff.ms|long|low|50
reconnect.backoff.max.ms|long|low|1000
retry.backoff.ms|long|low|100
retry.backoff.max.ms|long|low|1000
enable.metrics.push|boolean|low|true
max.block.ms|long|medium|60000
request.timeout.ms|int|medium|30000
metadata.max.age.ms|long|low|300000
metadata.max.idle.ms|long|low|300000
metrics.sample.window.ms|long|low|30000
metrics.num.samples|int|low|2
metrics.recording.level|string|low|INFO
metric.reporters|list|low|[org.apache.kafka.common.metrics.JmxReporter]
max.in.flight.requests.per.connection|int|low|5
key.serializer|class|high|REQ
value.serializer|class|high|REQ
socket.connection.setup.timeout.ms|long|medium|10000
socket.connection.setup.timeout.max.ms|long|medium|30000
connections.max.idle.ms|long|medium|540000
partitioner.class|class|medium|null
interceptor.classes|list|low|[]
security.protocol|string|medium|PLAINTEXT
security.providers|string|low|null
enable.idempotence|boolean|low|true
transaction.timeout.ms|int|low|60000
transactional.id|string|low|null
transaction.two.phase.commit.enable|boolean|low|false
metadata.recovery.strategy|string|low|rebootstrap
metadata.recovery.rebootstrap.trigger.ms|long|low|300000
config.providers|list|low|[]
`;

it('the table is that of the Java client', () => {
  const shown = (value: unknown): string => (Array.isArray(value) ? `[${value.join(', ')}]` : String(value));
  const ours = SETTINGS.map((s) =>
    [s.key, s.type, s.importance, s.default === undefined ? 'REQ' : shown(s.default)].join('|'),
  );
  expect(ours).toEqual(DEFINITION.trim().split('\n'));
});
