/** Answers and batches as text, the same for both sides. */
import type { ErrorName } from '#record/Errors';

interface PartitionAnswer {
  readonly error: ErrorName;
  readonly baseOffset: number;
  readonly logStartOffset: number;
  readonly currentLeader: { readonly leader: number; readonly leaderEpoch: number } | null;
}

export function partitionLine({ error, baseOffset, logStartOffset, currentLeader }: PartitionAnswer): string {
  const hint =
    currentLeader === null ? '' : ` leader ${currentLeader.leader} epoch ${currentLeader.leaderEpoch}`;
  return `${error} @${baseOffset} start ${logStartOffset}${hint}`;
}

interface LoggedBatch {
  readonly baseOffset: number;
  readonly recordCount: number;
  readonly sizeBytes: number;
  readonly leaderEpoch: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly isTransactional: boolean;
  readonly marker: 'commit' | 'abort' | null;
}

/** Without the producer's id: the two clusters give different ones. */
export function batchLine(batch: LoggedBatch): string {
  const producer =
    batch.producerId < 0 ? 'nobody' : `epoch ${batch.producerEpoch} sequence ${batch.baseSequence}`;
  const kind = batch.marker ?? (batch.isTransactional ? 'transactional' : 'plain');
  return `@${batch.baseOffset} x${batch.recordCount} ${batch.sizeBytes} B leader epoch ${batch.leaderEpoch} ${producer} ${kind}`;
}
