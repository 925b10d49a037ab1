/**
 * org.apache.kafka.clients.producer.Partitioner: what `partitioner.class` may name. There is no class path here, so
 * the list is closed: Java's one, and some of ours that show what a partitioner of one's own can do.
 */
import type { PartitionedBy } from '#events/words';
import { JavaException } from '#record/exceptions';
import type { MetadataSnapshot } from './MetadataSnapshot.ts';
import { RoundRobinPartitioner } from './RoundRobinPartitioner.ts';

export interface Partitioner {
  readonly by: PartitionedBy;
  /** `keyBytes` null: no key; `valueBytes`: length, −1 null. What is negative makes send() throw. */
  partition(
    topic: string,
    keyBytes: Uint8Array | null,
    valueBytes: number,
    cluster: MetadataSnapshot,
  ): number;
}

/** Everything to partition 0: what a constant key does to a topic. */
const createFirstPartitioner = (): Partitioner => ({ by: 'custom', partition: () => 0 });

const DIGIT_0 = 48;

/** The digits at the end of the key, read as a number, modulo the partitions; 0 without digits. */
function partitionBySuffix(keyBytes: Uint8Array | null, partitions: number): number {
  let remainder = 0;
  let weight = 1;
  for (let i = (keyBytes?.length ?? 0) - 1; i >= 0; i--) {
    const digit = (keyBytes?.[i] ?? 0) - DIGIT_0;
    if (digit < 0 || digit > 9) break;
    remainder = (remainder + digit * weight) % partitions;
    weight = (weight * 10) % partitions;
  }
  return remainder;
}

const createKeySuffixPartitioner = (): Partitioner => ({
  by: 'custom',
  partition: (topic, keyBytes, _valueBytes, cluster) =>
    partitionBySuffix(keyBytes, cluster.partitionsForTopic(topic).length),
});

/** Large values to the last partition: they do not hold up the small ones of the others. */
const LARGE_VALUE_BYTES = 4096;
const createValueSizePartitioner = (): Partitioner => {
  const inTurn = new RoundRobinPartitioner();
  return {
    by: 'custom',
    partition: (topic, keyBytes, valueBytes, cluster) => {
      const partitions = cluster.partitionsForTopic(topic).length;
      if (valueBytes >= LARGE_VALUE_BYTES || partitions === 1) return partitions - 1;
      return inTurn.partition(topic, keyBytes, valueBytes, cluster) % (partitions - 1);
    },
  };
};

export const ROUND_ROBIN_PARTITIONER = 'org.apache.kafka.clients.producer.RoundRobinPartitioner';

const PARTITIONERS: Readonly<Record<string, () => Partitioner>> = {
  [ROUND_ROBIN_PARTITIONER]: () => new RoundRobinPartitioner(),
  'linger.FirstPartitioner': createFirstPartitioner,
  'linger.KeySuffixPartitioner': createKeySuffixPartitioner,
  'linger.ValueSizePartitioner': createValueSizePartitioner,
};

export const PARTITIONER_CLASSES: readonly string[] = Object.keys(PARTITIONERS);

/** null: the built-in one. @throws ConfigException for a class that is not in the list, with Java's sentence. */
export function createPartitioner(className: string | null): Partitioner | null {
  if (className === null) return null;
  const create = PARTITIONERS[className];
  if (create === undefined)
    throw new JavaException(
      'ConfigException',
      `Invalid value ${className} for configuration partitioner.class: Class ${className} could not be found.`,
    );
  return create();
}
