/** Sets of producer settings that people know by name, each with the reason for every line of it. */

export interface PresetSetting {
  readonly key: string;
  readonly value: string;
  readonly why: string;
}
export interface Preset {
  readonly id: string;
  readonly name: string;
  /** One line: whom it is for. */
  readonly reason: string;
  /** What differs from the defaults of 4.3; everything else has Kafka's default. */
  readonly settings: readonly PresetSetting[];
}

export const PRESETS: readonly Preset[] = [
  {
    id: 'java-4',
    name: 'Java 4.x defaults',
    reason: 'What new KafkaProducer(…) does today: acks=all, idempotence on, linger.ms=5.',
    settings: [],
  },
  {
    id: 'java-2',
    name: 'Java 2.x defaults',
    reason: 'What it did before 3.0, and what many old guides still describe.',
    settings: [
      { key: 'acks', value: '1', why: 'The leader alone answered, until KIP-679 (3.0).' },
      {
        key: 'enable.idempotence',
        value: 'false',
        why: 'Off by default until 3.0: a retry could store twice.',
      },
      { key: 'linger.ms', value: '0', why: 'Nothing waited for company until KIP-1030 (4.0).' },
      { key: 'retry.backoff.max.ms', value: '100', why: 'Back-off did not grow before KIP-580 (3.7).' },
      {
        key: 'partitioner.adaptive.partitioning.enable',
        value: 'false',
        why: 'Slow brokers were not avoided before KIP-794 (3.3).',
      },
      { key: 'metadata.recovery.strategy', value: 'none', why: 'No way back to bootstrap before 3.8.' },
    ],
  },
  {
    id: 'throughput',
    name: 'High throughput',
    reason: 'Fewer, larger, compressed requests: more records a second for some latency.',
    settings: [
      { key: 'linger.ms', value: '50', why: 'Batches have time to fill.' },
      { key: 'batch.size', value: '131072', why: 'Room for eight times as many records a batch.' },
      { key: 'compression.type', value: 'lz4', why: 'Cheap for the CPU, and fuller batches shrink further.' },
      {
        key: 'buffer.memory',
        value: '67108864',
        why: 'Larger batches for many partitions need more memory.',
      },
    ],
  },
  {
    id: 'latency',
    name: 'Low latency',
    reason: 'Every record leaves at once: more requests, less waiting.',
    settings: [
      { key: 'linger.ms', value: '0', why: 'No waiting for company.' },
      {
        key: 'acks',
        value: '1',
        why: 'The leader answers without its followers: what only it has can be lost.',
      },
      {
        key: 'enable.idempotence',
        value: 'false',
        why: 'Needs acks=all; without it a retry can store twice.',
      },
      { key: 'compression.type', value: 'none', why: 'Small batches gain little from it.' },
    ],
  },
  {
    id: 'durability',
    name: 'Max durability',
    reason: 'No acked record may be lost, doubled or out of order.',
    settings: [
      { key: 'acks', value: 'all', why: 'An ack means that every in-sync replica has it.' },
      { key: 'enable.idempotence', value: 'true', why: 'A repeated batch is recognised, and order holds.' },
      { key: 'retries', value: '2147483647', why: 'Only time ends the tries.' },
      { key: 'delivery.timeout.ms', value: '300000', why: 'Five minutes: longer than most outages.' },
      {
        key: 'max.in.flight.requests.per.connection',
        value: '5',
        why: 'A broker remembers five batches: more could not be recognised.',
      },
    ],
  },
  {
    id: 'fire-and-forget',
    name: 'Fire and forget',
    reason: 'Nobody answers, nobody asks: as fast as it goes, and losses stay unseen.',
    settings: [
      { key: 'acks', value: '0', why: 'The broker never answers; "acked" means written to the socket.' },
      { key: 'enable.idempotence', value: 'false', why: 'Without answers there is nothing to recognise.' },
      { key: 'retries', value: '0', why: 'Nothing is known to have failed.' },
      { key: 'linger.ms', value: '0', why: 'No waiting for company.' },
    ],
  },
];

export const DEFAULT_PRESET = 'java-4';

export const presetOf = (id: string): Preset | null => PRESETS.find((preset) => preset.id === id) ?? null;

/** The preset as properties. */
export function presetProperties(preset: Preset): Readonly<Record<string, string>> {
  const properties: Record<string, string> = {};
  for (const { key, value } of preset.settings) properties[key] = value;
  return properties;
}
