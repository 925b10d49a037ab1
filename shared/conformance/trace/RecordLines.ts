/** Lines about records, from the log: what a send came to, and what became of its record. */
import type { BatchId, RecordId, ThreadId, TpId } from '#base/ids';
import { known } from '#base/assert';
import { clientMs, EPOCH_MS, MICROS_PER_MS } from '#base/time';
import { tpName, type TopicPartitions } from '#base/TopicPartition';
import { FULL, NEW_BATCH, type EventOf, type PipelineEvent } from '#events/catalogue';
import type { JavaException } from '#record/exceptions';
import type { NoteBody } from '../notes.ts';
import type { TraceLine } from './TraceLine.ts';

interface Send {
  readonly n: number;
  readonly topic: string;
  /** As the application asked for; −1: any. */
  readonly askedPartition: number;
  readonly startedMs: number;
  record: RecordId | null;
  /** The append that succeeded; a send can fail after it (transactions). */
  appended: EventOf<'record.appended'> | null;
  refused: EventOf<'record.refused'> | null;
}

type SendNote = Extract<NoteBody, { kind: 'send' }> & { readonly at: number };

/** Messages are texts in the log; Java has exceptions without one. */
const messageOf = (text: string): string | null => (text === '' ? null : text);

export class RecordLines {
  private readonly partitions: TopicPartitions;
  private readonly tpOfBatch: (batch: BatchId) => TpId;
  private readonly sends = new Map<number, Send>();
  /** The send that runs on a thread, until its record has a number. */
  private readonly unnumbered = new Map<ThreadId, Send>();
  private readonly byRecord = new Map<RecordId, Send>();
  private readonly timestamps = new Map<RecordId, number>();
  private readonly members = new Map<BatchId, RecordId[]>();
  /** Parts of a batch that is being split, until they are closed; they take its records one after another. */
  private readonly parentOf = new Map<BatchId, BatchId>();
  private readonly taken = new Map<BatchId, number>();

  constructor(partitions: TopicPartitions, tpOfBatch: (batch: BatchId) => TpId) {
    this.partitions = partitions;
    this.tpOfBatch = tpOfBatch;
  }

  send(note: SendNote): TraceLine {
    const { n, topic, partition, key, valueBytes, at } = note;
    const startedMs = Math.floor(at / MICROS_PER_MS);
    const askedPartition = partition ?? -1;
    const send: Send = {
      n,
      topic,
      askedPartition,
      startedMs,
      record: null,
      appended: null,
      refused: null,
    };
    this.sends.set(n, send);
    this.unnumbered.set(note.thread, send);
    return { t: startedMs, ev: 'send', n, topic, partition, key, valueBytes };
  }

  /** `failure`: what the call threw, for a send that ended before its record had a number. */
  sendReturned(n: number, at: number, failure: JavaException | null): TraceLine {
    const send = known(this.sends.get(n), `send ${n}`);
    const t = Math.floor(at / MICROS_PER_MS);
    const { appended, refused } = send;
    const line: Record<string, unknown> = { n, result: 'appended', blockedMs: t - send.startedMs };
    if (refused !== null) line['result'] = refused.thrown ? 'thrown' : 'failed';
    else if (failure !== null) line['result'] = 'thrown';
    if (appended !== null) {
      line['partition'] = known(this.partitions.all[this.tpOfBatch(appended.batch)], 'tp').partition;
      line['newBatch'] = (appended.fullOrNew & NEW_BATCH) !== 0;
      line['batchFull'] = (appended.fullOrNew & FULL) !== 0;
    }
    if (refused?.thrown === true) {
      line['exception'] = refused.exception;
      line['message'] = messageOf(refused.message);
    } else if (failure !== null) {
      line['exception'] = failure.exception;
      line['message'] = failure.text;
    }
    return { t, ev: 'sendReturned', ...line };
  }

  apply(event: PipelineEvent): readonly TraceLine[] {
    switch (event.type) {
      case 'record.sent':
        this.sent(event);
        return [];
      case 'record.timestamped':
        this.timestamps.set(event.record, event.timestampMs);
        return [];
      case 'batch.created':
        this.members.set(event.batch, []);
        if (event.parentBatch !== null) this.parentOf.set(event.batch, event.parentBatch);
        return [];
      case 'batch.closed':
        this.closed(event);
        return [];
      case 'record.appended':
        this.appended(event);
        return [];
      case 'record.refused':
        return this.refused(event);
      case 'batch.completed':
        return this.completed(event);
      default:
        return [];
    }
  }

  private sent(event: EventOf<'record.sent'>): void {
    const send = known(this.unnumbered.get(event.thread), `send on thread ${event.thread}`);
    this.unnumbered.delete(event.thread);
    send.record = event.record;
    this.byRecord.set(event.record, send);
    this.timestamps.set(event.record, clientMs(event.at));
  }

  private sendOf(record: RecordId): Send {
    return known(this.byRecord.get(record), `send of record ${record}`);
  }

  private appended(event: EventOf<'record.appended'>): void {
    this.membersOf(event.batch).push(event.record);
    this.sendOf(event.record).appended ??= event;
  }

  private closed(event: EventOf<'batch.closed'>): void {
    const parent = this.parentOf.get(event.batch);
    if (parent === undefined) return;
    this.parentOf.delete(event.batch);
    const first = this.taken.get(parent) ?? 0;
    const end = first + event.records;
    this.taken.set(parent, end);
    this.members.set(event.batch, this.membersOf(parent).slice(first, end));
  }

  private membersOf(batch: BatchId): RecordId[] {
    return known(this.members.get(batch), `batch ${batch}`);
  }

  private refused(event: EventOf<'record.refused'>): readonly TraceLine[] {
    const send = this.sendOf(event.record);
    send.refused = event;
    if (event.thrown) return [];
    // A partition that does not exist is not named in the log.
    const tp =
      event.tp === null
        ? tpName({ topic: send.topic, partition: send.askedPartition })
        : tpName(known(this.partitions.all[event.tp], 'tp'));
    return [this.failLine(event.at, send, tp, event)];
  }

  private completed(event: EventOf<'batch.completed'>): readonly TraceLine[] {
    const { at, batch, baseOffset } = event;
    const tp = tpName(known(this.partitions.all[this.tpOfBatch(batch)], 'tp'));
    return this.membersOf(batch).map((record, index) => ({
      t: Math.floor(at / MICROS_PER_MS),
      ev: 'ack',
      n: this.sendOf(record).n,
      tp,
      offset: baseOffset < 0 ? -1 : baseOffset + index,
      timestamp:
        (event.logAppendTimeMs >= 0
          ? event.logAppendTimeMs
          : known(this.timestamps.get(record), 'timestamp')) - EPOCH_MS,
    }));
  }

  /** `ownFailures`: exceptions of records that differ from their batch's. */
  failed(
    event: EventOf<'batch.failed'>,
    ownFailures: ReadonlyMap<RecordId, EventOf<'record.failed'>>,
  ): readonly TraceLine[] {
    const tp = tpName(known(this.partitions.all[this.tpOfBatch(event.batch)], 'tp'));
    return this.membersOf(event.batch).map((record) =>
      this.failLine(event.at, this.sendOf(record), tp, ownFailures.get(record) ?? event),
    );
  }

  private failLine(
    at: number,
    send: Send,
    tp: string,
    failure: { readonly exception: string; readonly message: string },
  ): TraceLine {
    const { exception, message } = failure;
    const t = Math.floor(at / MICROS_PER_MS);
    return { t, ev: 'fail', n: send.n, tp, exception, message: messageOf(message) };
  }
}
