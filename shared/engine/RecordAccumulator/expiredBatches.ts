/** RecordAccumulator.expiredBatches: what has waited in a deque for delivery.timeout.ms since it was created. */
import type { ProducerBatch } from '../ProducerBatch.ts';
import type { RecordAccumulator } from './RecordAccumulator.ts';

/** Takes them out, muted or not, in the order of sending; the first that stays tells when to look again. */
export function expiredBatches(accumulator: RecordAccumulator, nowMs: number): ProducerBatch[] {
  const expired: ProducerBatch[] = [];
  for (const topicInfo of accumulator.topics.all) {
    for (const deque of topicInfo.deques) {
      for (let batch = deque.peekFirst(); batch !== undefined; batch = deque.peekFirst()) {
        if (!batch.hasReachedDeliveryTimeout(accumulator.getDeliveryTimeoutMs(), nowMs)) {
          accumulator.maybeUpdateNextBatchExpiryTime(batch);
          break;
        }
        deque.pollFirst();
        batch.abortRecordAppends();
        expired.push(batch);
      }
    }
  }
  return expired;
}
