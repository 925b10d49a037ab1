/** Why a record is where it is. */
import type { BatchId, RecordId } from '#base/ids';
import type { PipelineState, ThreadState } from '#projections/pipelineState';
import { bytes, count, plural, span, withStop } from '../words.ts';
import { whyBatch } from './batch.ts';
import { batchSoFar, setting, tpNameOf, type WhyContext } from './WhyContext.ts';

export function whyRecord(context: WhyContext, id: RecordId): string {
  const { state, cursor, records, lifelines } = context;
  const sentAt = records.sentAt(id);
  if (sentAt < 0 || sentAt > cursor.at) return 'It is not sent yet at this moment.';
  const thread = sendingThread(state, id);
  if (thread !== null) return whyInSend(context, thread);
  const outcome = context.outcomes.outcomeOf(id, cursor.at);
  const batch = lifelines.batchOf(id, cursor.at);
  if (batch === null) {
    return outcome.kind === 'failed'
      ? withStop(
          `Refused in send() after ${span(refusedAfter(context, id))}: ${outcome.exception}: ${outcome.message}`,
        )
      : 'It is inside send().';
  }
  if (state.batches.has(batch)) return `${place(context, id, batch)} ${whyBatch(context, batch)}`;
  return whyDone(context, id, batch);
}

function sendingThread(state: PipelineState, id: RecordId): ThreadState | null {
  for (const thread of state.threads.values()) if (thread.sending === id) return thread;
  return null;
}

function whyInSend(context: WhyContext, thread: ThreadState): string {
  const { state, cursor } = context;
  const client = state.clients.get(thread.client);
  const left = thread.blockedUntilUs === null ? null : thread.blockedUntilUs - cursor.at;
  const maxBlockMs = setting(client, 'max.block.ms', 60_000);
  const limit = left === null ? '' : ` max.block.ms=${maxBlockMs} has ${span(left)} to go.`;
  switch (thread.blockedOn) {
    case 'metadata':
      return `Blocked in send(): the client does not know the partitions of its topic yet and asks for metadata.${limit}`;
    case 'buffer-memory': {
      const free = client?.bufferAvailableBytes ?? 0;
      const total = client?.bufferTotalBytes ?? 0;
      const others = (client?.bufferWaiters ?? 1) - 1;
      const queue =
        others > 0
          ? ` ${plural(others, 'other caller')} ${others === 1 ? 'waits' : 'wait'} too, first come first served.`
          : '';
      return `Blocked in send(): buffer.memory has only ${count(free)} of ${bytes(total)} left, less than a batch needs.${limit}${queue}`;
    }
    default:
      return 'It is inside send(): being serialized, given a partition and appended.';
  }
}

function place({ records, lifelines }: WhyContext, id: RecordId, batch: BatchId): string {
  const index = records.indexInBatch(id) - lifelines.batches.start(batch) + 1;
  return `Number ${count(index)} in batch ${batch}.`;
}

/** A refused record has no end in any column: its send() is over, that is all. */
function refusedAfter(context: WhyContext, id: RecordId): number {
  return (context.outcomes.refusedAt(id) ?? context.cursor.at) - context.records.sentAt(id);
}

function whyDone(context: WhyContext, id: RecordId, batchId: BatchId): string {
  const { cursor, records, outcomes } = context;
  const batch = batchSoFar(context, batchId);
  const outcome = outcomes.outcomeOf(id, cursor.at);
  if (batch === null) return 'It is inside send().';
  if (outcome.kind === 'acked') {
    const took = span(batch.completedAt - records.sentAt(id));
    const [lost] = outcomes.incidentsAbout(batchId, 'lost-after-ack', cursor.seq);
    const again = outcomes.incidentsAbout(batchId, 'duplicated', cursor.seq).length;
    const where =
      outcome.offset === null
        ? 'without an offset'
        : `offset ${count(outcome.offset)} of ${tpNameOf(context, batch.tp)}`;
    const fate =
      lost !== undefined
        ? ` Yet it is lost: ${lost.cause}.`
        : again > 0
          ? ` It stands in the log ${again + 1} times: enable.idempotence would have kept it at one.`
          : '';
    return `Acked ${took} after send(): ${where}.${fate}`;
  }
  if (outcome.kind === 'failed') {
    const [stored] = outcomes.incidentsAbout(batchId, 'failed-yet-stored', cursor.seq);
    const yet = stored === undefined ? '' : ` It is in the log all the same: ${stored.cause}.`;
    return `${withStop(`Failed ${span(batch.failedAt - records.sentAt(id))} after send() with ${outcome.exception}${outcome.message === '' ? '' : `: ${outcome.message}`}`)}${yet}`;
  }
  return whyBatch(context, batchId);
}
