/** The bytes of a batch that a script describes. */
import { recordBatchBytes } from '#record/recordBatchBytes';
import type { BatchShape } from './Side.ts';

export function batchBytes(shape: BatchShape): Uint8Array {
  const header = {
    compression: 'none',
    producerId: shape.producerId ?? -1,
    producerEpoch: shape.producerEpoch ?? (shape.producerId === undefined ? -1 : 0),
    baseSequence: shape.baseSequence ?? (shape.producerId === undefined ? -1 : 0),
    isTransactional: shape.isTransactional ?? false,
  } as const;
  const timestampMs = Date.now();
  const records = Array.from({ length: shape.records ?? 1 }, () => ({
    timestampMs,
    key: null,
    value: new Uint8Array(shape.valueBytes ?? 10),
    headers: [],
  }));
  return recordBatchBytes(header, records);
}
