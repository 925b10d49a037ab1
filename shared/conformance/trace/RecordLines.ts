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
  /** What each record's callback is to be told. */
  private readonly outcomes = new Map<RecordId, { readonly ev: string; readonly [field: string]: unknown }>();
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
    if (failure !== null) line['result'] = 'thrown';
    else if (refused !== null) line['result'] = 'failed';
    if (appended !== null) {
      line['partition'] = known(this.partitions.all[this.tpOfBatch(appended.batch)], 'tp').partition;
      line['newBatch'] = (appended.fullOrNew & NEW_BATCH) !== 0;
      line['batchFull'] = (appended.fullOrNew & FULL) !== 0;
    }
    if (failure !== null) {
      // The log tells why the record was refused; another exception can come on top (a state that cannot be left).
      const isTold = refused?.thrown === true;
      line['exception'] = isTold ? refused.exception : failure.exception;
      line['message'] = isTold ? messageOf(refused.message) : failure.text;
    }
    return { t, ev: 'sendReturned', ...line };
  }

  /** The application's callback runs: what it is told is what the log has told last. */
  completedLine(t: number, record: RecordId): TraceLine {
    return { t, ...known(this.outcomes.get(record), `an outcome of record ${record}`) };
  }

  /** Takes in an event about records. */
  apply(event: PipelineEvent): void {
    switch (event.type) {
      case 'record.sent':
        this.sent(event);
        break;
      case 'record.timestamped':
        this.timestamps.set(event.record, event.timestampMs);
        break;
      case 'batch.created':
        this.members.set(event.batch, []);
        if (event.parentBatch !== null) this.parentOf.set(event.batch, event.parentBatch);
        break;
      case 'batch.closed':
        this.closed(event);
        break;
      case 'record.appended':
        this.appended(event);
        break;
      case 'record.refused':
        this.refused(event);
        break;
      case 'batch.completed':
        this.completed(event);
        break;
      case 'batch.failed':
        for (const record of this.membersOf(event.batch)) this.fail(record, this.nameOf(event.batch), event);
        break;
      case 'record.failed':
        // KIP-467: it comes right after the failure of its batch.
        if (event.tp !== null)
          this.fail(event.record, tpName(known(this.partitions.all[event.tp], 'tp')), event);
        break;
      default:
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

  private refused(event: EventOf<'record.refused'>): void {
    const send = this.sendOf(event.record);
    send.refused = event;
    // A partition that does not exist is not named in the log.
    const tp =
      event.tp === null
        ? tpName({ topic: send.topic, partition: send.askedPartition })
        : tpName(known(this.partitions.all[event.tp], 'tp'));
    if (!event.thrown) this.fail(event.record, tp, event);
  }

  private completed({ batch, baseOffset, logAppendTimeMs }: EventOf<'batch.completed'>): void {
    const tp = this.nameOf(batch);
    this.membersOf(batch).forEach((record, index) => {
      const createdMs = known(this.timestamps.get(record), 'timestamp');
      this.outcomes.set(record, {
        ev: 'ack',
        n: this.sendOf(record).n,
        tp,
        offset: baseOffset < 0 ? -1 : baseOffset + index,
        timestamp: (logAppendTimeMs >= 0 ? logAppendTimeMs : createdMs) - EPOCH_MS,
      });
    });
  }

  private fail(
    record: RecordId,
    tp: string,
    { exception, message }: { readonly exception: string; readonly message: string },
  ): void {
    const { n } = this.sendOf(record);
    this.outcomes.set(record, { ev: 'fail', n, tp, exception, message: messageOf(message) });
  }

  private nameOf(batch: BatchId): string {
    return tpName(known(this.partitions.all[this.tpOfBatch(batch)], 'tp'));
  }
}
