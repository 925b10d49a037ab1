/** kafkajs's own producer in the place of the engine's: the exhibit of a live run. */
import type { CompressionTypes, Message, Producer } from 'kafkajs';
import type { RecordId } from '#base/ids';
import { configAsText } from '#engine/KafkaProducer/createKafkaProducer';
import { parseProducerConfig, withRequiredSettings, type ProducerConfig } from '#engine/ProducerConfig';
import type { CompressionType } from '#record/CompressionType';
import { wholeKafkajs } from '../kafkajsLibrary.ts';
import { createCompress, decompress, type CodecSettings } from '../codecs.ts';
import type { LiveProducer, LiveProducerParts } from '../startProducer.ts';
import { isHonoured } from './exhibit.ts';
import { KafkajsProducer, type KafkajsConnector } from './KafkajsProducer.ts';
import { ProducerWire } from './ProducerWire.ts';
import { SendCall, type CallBatch, type KafkajsError } from './SendCall.ts';
import type { SentRecord } from './SentRecord.ts';

/** kafkajs's names. */
const COMPRESSIONS = {
  none: 'None',
  gzip: 'GZIP',
  snappy: 'Snappy',
  lz4: 'LZ4',
  zstd: 'ZSTD',
} as const satisfies Record<CompressionType, keyof typeof CompressionTypes>;

/** @throws ConfigException what Java refuses, which has been checked before. */
export function startKafkajs(
  parts: LiveProducerParts,
  properties: Readonly<Record<string, string>>,
): LiveProducer {
  const { run, soon, brokers, ledgerRun, stored } = parts;
  const config = parseProducerConfig(withRequiredSettings(properties), parts.nextClientNumber);
  const client = run.ids.nextClient();
  const told = Object.entries(configAsText(config)).filter(([key]) => isHonoured(key));
  run.events.writer('client.started')(client, `kafkajs ${config.clientId}`, Object.fromEntries(told));
  const batchOf = new Map<RecordId, CallBatch>();
  const { acks } = config;
  const wire = new ProducerWire({ run, client, ledgerRun, acks, brokers, batchOf, soon, stored });
  const connector = new Connector(parts, config, wire, (records) => {
    return new SendCall({ run, client, records, batchOf });
  });
  const producer = new KafkajsProducer({ run, client, config, connector });
  return { producer, client, selector: wire, ioThread: producer.ioThread };
}

/** What kafkajs promises is told at an instant of the run. */
class Connector implements KafkajsConnector {
  private readonly parts: LiveProducerParts;
  private readonly config: ProducerConfig;
  private readonly wire: ProducerWire;
  private readonly newCall: (records: readonly SentRecord[]) => SendCall;
  private readonly library: Producer;
  /** Told the partition of a message whose send() is under way. */
  private readonly chosen = new Map<Message, (partition: number) => void>();

  constructor(
    parts: LiveProducerParts,
    config: ProducerConfig,
    wire: ProducerWire,
    newCall: (records: readonly SentRecord[]) => SendCall,
  ) {
    this.parts = parts;
    this.config = config;
    this.wire = wire;
    this.newCall = newCall;
    this.library = libraryProducer(parts, config, wire, (message, partition) =>
      this.chosen.get(message)?.(partition),
    );
    const { REQUEST_TIMEOUT } = this.library.events;
    this.library.on(REQUEST_TIMEOUT, ({ payload: { broker, correlationId } }) =>
      parts.soon(() => wire.timedOut(broker, correlationId)),
    );
  }

  connect(done: () => void, failed: () => void): void {
    const { soon, trouble } = this.parts;
    this.library.connect().then(
      () => soon(done),
      (error: unknown) => {
        if (!this.wire.isClosed) trouble(wordsOf(error).message);
        soon(failed);
      },
    );
  }

  send(records: readonly SentRecord[], ended: (call: SendCall) => void): SendCall {
    const { soon } = this.parts;
    const { acks, requestTimeoutMs, compressionType } = this.config;
    const { CompressionTypes } = wholeKafkajs();
    const call = this.newCall(records);
    const messages = records.map((record) => messageOf(this.parts, record));
    const partitions: number[] = [];
    for (const message of messages)
      this.chosen.set(message, (partition) => {
        // A retry asks again.
        if (partitions.push(partition) === messages.length) soon(() => call.chosen(partitions));
      });
    const end = (work: () => void): void =>
      soon(() => {
        for (const message of messages) this.chosen.delete(message);
        // What kafkajs goes on with after its end, nobody hears of any more.
        if (!this.wire.isClosed) work();
        ended(call);
      });
    this.library
      .send({
        topic: records[0]?.topic ?? '',
        messages,
        acks,
        timeout: requestTimeoutMs,
        compression: CompressionTypes[COMPRESSIONS[compressionType]],
      })
      .then(
        () => end(() => call.resolved()),
        (error: unknown) => end(() => call.rejected(wordsOf(error))),
      );
    return call;
  }

  disconnect(isOrderly: boolean): void {
    const { wire, parts } = this;
    if (!isOrderly) wire.closeAll();
    const end = (): void => parts.soon(() => wire.closeAll());
    this.library.disconnect().then(end, end);
  }
}

function libraryProducer(
  { bootstrap, security: { tls, sasl } }: LiveProducerParts,
  config: ProducerConfig,
  wire: ProducerWire,
  chose: (message: Message, partition: number) => void,
): Producer {
  const { Kafka, logLevel, Partitioners } = wholeKafkajs();
  registerCodec(config);
  const { clientId, requestTimeoutMs, socketConnectionSetupTimeoutMs, metadataMaxAgeMs } = config;
  const { retries, retryBackoffMs, retryBackoffMaxMs, enableIdempotence } = config;
  const retry = { retries, initialRetryTime: retryBackoffMs, maxRetryTime: retryBackoffMaxMs };
  const kafka = new Kafka({
    brokers: bootstrap.map(({ host, port }) => `${host}:${port}`),
    clientId,
    requestTimeout: requestTimeoutMs,
    connectionTimeout: socketConnectionSetupTimeoutMs,
    retry,
    socketFactory: wire.socketFactory,
    logLevel: logLevel.NOTHING,
    ...(tls === null ? {} : { ssl: tls }),
    ...(sasl === null ? {} : { sasl: { ...sasl, mechanism: sasl.mechanism.toLowerCase() as 'plain' } }),
  });
  return kafka.producer({
    idempotent: enableIdempotence,
    metadataMaxAge: metadataMaxAgeMs,
    retry,
    allowAutoTopicCreation: false,
    createPartitioner: () => {
      const choose = Partitioners.DefaultPartitioner();
      return (args) => {
        const partition = choose(args);
        chose(args.message, partition);
        return partition;
      };
    },
  });
}

/** kafkajs brings gzip and asks for the others. */
function registerCodec({ compressionType: type, ...settings }: CodecSettings): void {
  if (type === 'none' || type === 'gzip') return;
  const compress = createCompress({ compressionType: type, ...settings });
  const { CompressionCodecs, CompressionTypes } = wholeKafkajs();
  CompressionCodecs[CompressionTypes[COMPRESSIONS[type]]] = () => ({
    compress: ({ buffer }: { readonly buffer: Buffer }) =>
      Promise.resolve(Buffer.from(compress?.(buffer) ?? buffer)),
    decompress: (bytes: Buffer) => Promise.resolve(Buffer.from(decompress(type, bytes))),
  });
}

function messageOf({ contents }: LiveProducerParts, record: SentRecord): Message {
  const { id, explicitPartition, valueBytes, sentMs } = record;
  const text = contents.text(id);
  return {
    key: text?.key ?? null,
    value: valueBytes < 0 ? null : (text?.value ?? ''),
    headers: Object.fromEntries(
      (text?.headers ?? []).map(({ key, value }) => [key, Buffer.from(value, 'hex')]),
    ),
    timestamp: String(contents.wallMs(sentMs)),
    ...(explicitPartition === null ? {} : { partition: explicitPartition }),
  };
}

const wordsOf = (error: unknown): KafkajsError =>
  error instanceof Error ? error : { name: 'KafkaJSError', message: String(error) };
