/**
 * org.apache.kafka.clients.producer.{ProducerRecord, RecordMetadata, Callback}. The engine needs the bytes of a key,
 * because they decide the partition, and of a value only how many: content stays with whoever made it.
 */
import type { RecordId } from '#base/ids';
import { JavaException } from '#record/exceptions';
import type { HeaderSize } from '#record/recordSizes';
import type { Blocking } from './Blocking.ts';

/** RecordMetadata.UNKNOWN_PARTITION. */
export const UNKNOWN_PARTITION = -1;
export const NO_HEADERS: readonly HeaderSize[] = [];

export interface ProducerRecord {
  readonly topic: string;
  /** null: the partitioner chooses. */
  readonly partition: number | null;
  /** Client clock; null: the time of send(). */
  readonly timestampMs: number | null;
  /** Serialized; null: no key. An empty key is a key. */
  readonly keyBytes: Uint8Array | null;
  /** A number for the key, dense within a workload, that the log and the screen name it by; −1: no key. */
  readonly keyId: number;
  /** Length of the serialized value; −1: null. */
  readonly valueBytes: number;
  readonly headers: readonly HeaderSize[];
}

/** What acknowledgement brings. Of a failed record: partition −1 if none was chosen, the numbers −1. */
export interface RecordMetadata {
  readonly topic: string;
  readonly partition: number;
  /** −1: unknown. */
  readonly offset: number;
  /** Client clock, ms; −1: none. */
  readonly timestampMs: number;
  readonly serializedKeySize: number;
  readonly serializedValueSize: number;
}

/**
 * Callback.onCompletion, with the record's number, so that one function serves all records of a thread. It runs on
 * the sender thread, or on the calling thread for an error before the append. It may block where a generator is
 * returned: then the sender thread waits. What it throws is logged by Java and changes nothing.
 */
export type Callback = (
  metadata: RecordMetadata,
  exception: JavaException | null,
  record: RecordId,
) => Blocking<void> | void;

/** RecordMetadata of a record that failed. */
export const failedMetadata = (topic: string, partition: number): RecordMetadata => ({
  topic,
  partition,
  offset: -1,
  timestampMs: -1,
  serializedKeySize: -1,
  serializedValueSize: -1,
});

/** The checks of ProducerRecord's constructor. @throws IllegalArgumentException as it does. */
export function validateProducerRecord(record: ProducerRecord): void {
  const { timestampMs, partition } = record;
  if (timestampMs !== null && timestampMs < 0)
    throw new JavaException(
      'IllegalArgumentException',
      `Invalid timestamp: ${timestampMs}. Timestamp should always be non-negative or null.`,
    );
  if (partition !== null && partition < 0)
    throw new JavaException(
      'IllegalArgumentException',
      `Invalid partition: ${partition}. Partition number should always be non-negative or null.`,
    );
}

/** A record with nothing but a topic, unless told. @throws IllegalArgumentException as Java's constructor does. */
export function createProducerRecord(
  fields: Pick<ProducerRecord, 'topic'> & Partial<ProducerRecord>,
): ProducerRecord {
  const record: ProducerRecord = {
    topic: fields.topic,
    partition: fields.partition ?? null,
    timestampMs: fields.timestampMs ?? null,
    keyBytes: fields.keyBytes ?? null,
    keyId: fields.keyId ?? -1,
    valueBytes: fields.valueBytes ?? -1,
    headers: fields.headers ?? NO_HEADERS,
  };
  validateProducerRecord(record);
  return record;
}
