/** The writers of the accumulator's events. */
import type { EventSink, WriterOf } from '#events/catalogue';

export interface AccumulatorEvents {
  readonly recordPartitioned: WriterOf<'record.partitioned'>;
  readonly recordAppended: WriterOf<'record.appended'>;
  readonly batchDrained: WriterOf<'batch.drained'>;
  readonly batchRequeued: WriterOf<'batch.requeued'>;
  readonly batchSplit: WriterOf<'batch.split'>;
  readonly nodeDrained: WriterOf<'node.drained'>;
  readonly drainStopped: WriterOf<'drain.stopped'>;
  readonly batchReady: WriterOf<'batch.ready'>;
  readonly batchFreed: WriterOf<'batch.freed'>;
  readonly partitionMuted: WriterOf<'partition.muted'>;
  readonly partitionUnmuted: WriterOf<'partition.unmuted'>;
}

export const createAccumulatorEvents = (events: EventSink): AccumulatorEvents => ({
  recordPartitioned: events.writer('record.partitioned'),
  recordAppended: events.writer('record.appended'),
  batchDrained: events.writer('batch.drained'),
  batchRequeued: events.writer('batch.requeued'),
  batchSplit: events.writer('batch.split'),
  nodeDrained: events.writer('node.drained'),
  drainStopped: events.writer('drain.stopped'),
  batchReady: events.writer('batch.ready'),
  batchFreed: events.writer('batch.freed'),
  partitionMuted: events.writer('partition.muted'),
  partitionUnmuted: events.writer('partition.unmuted'),
});
