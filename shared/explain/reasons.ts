/** Kafka's reasons in words, each a clause that fits behind a colon. */
import type { DrainStop, ReadyReason } from '#events/words';

export const READY_WORDS: Readonly<Record<ReadyReason, string>> = {
  full: 'it is full, or another batch waits behind it',
  'linger-expired': 'its linger.ms is over',
  'node-ready': 'taken along, because its broker was ready for another partition',
  'memory-exhausted': 'buffer.memory is exhausted, and that makes every partition sendable',
  flush: 'flush() is waiting, and that makes every partition sendable',
  close: 'the producer is closing, and that makes every partition sendable',
  'transaction-completing': 'its transaction is completing, and that makes every partition sendable',
};

export const STOP_WORDS: Readonly<Record<DrainStop, string>> = {
  'request-full': 'the request has reached max.request.size',
  'not-in-transaction': 'its partition is not in the transaction yet',
  'no-producer-id': 'the producer has no producer id yet',
  'stale-epoch-in-flight': 'batches with an older producer id or epoch are still in flight to its partition',
  'unresolved-sequence': 'a batch before it timed out, and whether that was written is not known yet',
  'not-next-in-sequence': 'a batch with a lower sequence of its partition is not through yet',
  'fatal-error': 'the transaction manager is in a fatal error',
};
