/**
 * What became of each record: one outcome for the application, and beside it what stands in the logs. The two can
 * disagree (§3.6, §7.4): that is found here and counted, with its cause. An index: filled in order, read as of a seq.
 */
import { recordId, type RecordId, type RequestId } from '#base/ids';
import type { EventOf, PipelineEvent } from '#events/catalogue';
import { Column } from './columns.ts';
import type { LifelineTables } from './lifelines/LifelineTables.ts';
import { PartitionLogs } from './outcomes/PartitionLogs.ts';
import { outcomeOf, type Failure, type RecordOutcome } from './outcomes/outcomeOf.ts';
import { Incidents, type Incident, type IncidentCounts, type IncidentKind } from './outcomes/Incidents.ts';
import type { RecordColumns } from './RecordColumns.ts';

export type { Incident, IncidentCounts, IncidentKind } from './outcomes/Incidents.ts';
export type { RecordOutcome } from './outcomes/outcomeOf.ts';

export class Outcomes {
  readonly incidents = new Incidents();
  private readonly records: RecordColumns;
  private readonly lifelines: LifelineTables;
  /** Per tp: whole logs, for an unclean election can cut anywhere. */
  private readonly logs = new Map<number, PartitionLogs>();
  private readonly topics = new Map<string, number[]>();
  private readonly copies = new Column();
  /** In the log of a leader that has been replaced, and not in that of its successor: the broker, by batch. */
  private readonly strays = new Map<number, number>();
  /** Recognised by a broker as a repetition, though it stands nowhere: sequences that were used before. */
  private readonly mistaken = new Set<number>();
  /** Rank of the last batch of a client in a partition's log: the batch it was born as, and the place in it. */
  private readonly lastRank = new Map<string, { root: number; start: number }>();
  /** acks=0: acked before a broker wrote them. */
  private readonly unwritten = new Set<number>();
  /** Only a run of the model, which says that it begins: elsewhere nobody knows what a broker read. */
  private seesNetwork = false;
  private readonly refused = new Map<number, Failure>();
  /** KIP-467: records whose exception is not their batch's. */
  private readonly own = new Map<number, Failure>();

  constructor(records: RecordColumns, lifelines: LifelineTables) {
    this.records = records;
    this.lifelines = lifelines;
  }

  /** With events [0, seq) applied. */
  counts(seq: number): IncidentCounts {
    return this.incidents.counts(seq);
  }

  incidentsOf(kind: IncidentKind, seq: number): readonly Incident[] {
    return this.incidents.asOf(kind, seq);
  }

  incidentsAbout(batch: number, kind: IncidentKind, seq: number): readonly Incident[] {
    return this.incidents.about(batch, kind, seq);
  }

  /** The records behind a counter, at most `limit`. */
  recordsBehind(kind: IncidentKind, seq: number, limit: number): readonly RecordId[] {
    const found: RecordId[] = [];
    for (const incident of this.incidents.asOf(kind, seq)) {
      for (const record of this.lifelines.batches.recordsOf(incident.batch)) {
        if (found.length >= limit) return found;
        found.push(recordId(record));
      }
    }
    return found;
  }

  /** Copies of the batch in the logs, at the end of the log; also of a batch that failed. */
  copiesOf(batch: number): number {
    return Math.max(0, this.copies.get(batch));
  }

  /** With those that the batch it was split from, or a part of it, left there. */
  private storedCopies(batch: number): number {
    const { batches } = this.lifelines;
    let copies = this.copiesOf(batch);
    for (let parent = batches.parent(batch); parent >= 0; parent = batches.parent(parent)) {
      copies += this.copiesOf(parent);
    }
    return copies + this.copiesOfParts(batch);
  }

  private copiesOfParts(batch: number): number {
    let most = 0;
    for (const part of this.lifelines.batches.partsOf(batch)) {
      most = Math.max(most, this.copiesOf(part) + this.copiesOfParts(part));
    }
    return most;
  }

  /** Run time at which `send()` refused it; null: it did not. */
  refusedAt(record: RecordId): number | null {
    return this.refused.get(record)?.at ?? null;
  }

  /** For the application, at the run time `atUs`. */
  outcomeOf(record: RecordId, atUs: number): RecordOutcome {
    const { refused, own, records } = this;
    return outcomeOf(record, atUs, { refused, own, records, batches: this.lifelines.batches });
  }

  add(event: PipelineEvent): void {
    switch (event.type) {
      case 'record.refused':
        if (this.records.appendedAt(event.record) < 0) this.refused.set(event.record, event);
        return;
      case 'record.failed':
        if (this.records.appendedAt(event.record) >= 0) this.own.set(event.record, event);
        return;
      case 'run.began':
        this.seesNetwork = true;
        return;
      case 'batch.completed':
        this.completed(event);
        return;
      case 'batch.failed':
        this.failed(event);
        return;
      case 'request.dropped':
        this.droppedRequest(event.request, event.seq);
        return;
      default:
        this.addLog(event);
    }
  }

  get bytesKept(): number {
    const sparse = this.refused.size + this.own.size + this.incidents.all.length;
    let bytes = this.copies.bytesKept + sparse * 120;
    for (const log of this.logs.values()) bytes += log.bytesKept;
    return bytes;
  }

  private addLog(event: PipelineEvent): void {
    switch (event.type) {
      case 'log.appended':
        this.appended(event);
        return;
      case 'log.refused':
        if (event.batch !== null && this.unwritten.delete(event.batch)) {
          this.lose(
            event.batch,
            `the broker refused it (${event.error}), and acks=0 does not hear of it`,
            event.seq,
          );
        }
        return;
      case 'log.recognised':
        if (this.storedCopies(event.batch) === 0 && !this.strays.has(event.batch))
          this.mistaken.add(event.batch);
        return;
      case 'log.marked':
        this.logOf(event.tp).marked(event.node, event.offset + 1);
        return;
      case 'replica.fetched':
        for (const batch of this.logOf(event.tp).fetched(event.node, event.leader, event.logEndOffset))
          this.stored(event.tp, batch, `broker ${event.node} leads and has it twice`, event.seq);
        return;
      case 'log.truncated':
        this.logOf(event.tp).truncated(event.node, event.logEndOffset);
        return;
      case 'partition.named': {
        const tps = this.topics.get(event.topic);
        if (tps === undefined) this.topics.set(event.topic, [event.tp]);
        else tps.push(event.tp);
        return;
      }
      case 'topic.changed':
        if (event.partitions === 0)
          for (const tp of this.topics.get(event.topic) ?? []) this.deleted(tp, event.seq);
        return;
      case 'leader.elected':
        if (event.leader !== null) this.elected(event, event.leader);
        return;
      default:
    }
  }

  private completed(event: EventOf<'batch.completed'>): void {
    const { batch, seq } = event;
    if (this.storedCopies(batch) > 0) return;
    const stray = this.strays.get(batch);
    if (stray !== undefined) return this.strayed(batch, stray, seq);
    if (this.mistaken.has(batch))
      return this.lose(batch, 'the broker took it for another batch that has the same sequence', seq);
    const request = this.lifelines.batches.lastRequest(batch);
    // An answer proves that it was written; only without one the ack may be ahead of the log.
    if (event.baseOffset >= 0 || event.duplicate) return;
    if (this.seesNetwork && this.lifelines.requests.arrivesAt(request) < 0)
      this.lose(batch, 'the request never arrived, and acks=0 waits for no answer', seq);
    else this.unwritten.add(batch);
  }

  private failed({ batch, seq, exception }: EventOf<'batch.failed'>): void {
    if (this.copiesOf(batch) > 0)
      this.failedYetStored(batch, `${exception} came after a broker had written it`, seq);
  }

  /** A broker will not read it, or died over it. */
  private droppedRequest(request: RequestId, seq: number): void {
    for (const batch of this.lifelines.requests.batchesOf(request)) {
      if (!this.unwritten.delete(batch)) continue;
      this.lose(batch, 'its connection broke before a broker had written it, and acks=0 does not retry', seq);
    }
  }

  private logOf(tp: number): PartitionLogs {
    let log = this.logs.get(tp);
    if (log === undefined) {
      log = new PartitionLogs();
      this.logs.set(tp, log);
    }
    return log;
  }

  private appended({ tp, node, batch, baseOffset, logEndOffset, seq }: EventOf<'log.appended'>): void {
    this.unwritten.delete(batch);
    if (this.logOf(tp).appended(node, batch, logEndOffset)) {
      this.stored(tp, batch, `written again at offset ${baseOffset} by a retry`, seq);
    } else {
      this.strays.set(batch, node);
      if (this.lifelines.batches.isCompleted(batch)) this.strayed(batch, node, seq);
    }
  }

  /** A leader that had been replaced without knowing it wrote it, and nobody else ever will have it. */
  private strayed(batch: number, node: number, seq: number): void {
    if (this.storedCopies(batch) > 0) return;
    this.lose(batch, `broker ${node} answered for it when another one without it had been elected`, seq);
  }

  /** A copy in the log that counts. */
  private stored(tp: number, batch: number, ifSecond: string, seq: number): void {
    const { batches } = this.lifelines;
    this.strays.delete(batch);
    const before = this.storedCopies(batch);
    this.copies.set(batch, this.copiesOf(batch) + 1);
    const records = batches.recordCount(batch);
    if (before > 0) {
      this.incidents.open('duplicated', batch, tp, records, ifSecond, seq);
      return;
    }
    this.incidents.close('lost-after-ack', batch, seq);
    if (this.overtaken(tp, batch)) {
      const cause = 'written behind a batch that was made after it';
      this.incidents.open('reordered', batch, tp, records, cause, seq);
    }
    if (batches.isFailed(batch)) {
      this.failedYetStored(batch, 'written after it had failed for the application', seq);
    }
  }

  /** Whether a batch that was made later stands before it in the log. */
  private overtaken(tp: number, batch: number): boolean {
    const { batches } = this.lifelines;
    const key = `${tp}/${batches.clientOf(batch)}`;
    const rank = { root: batches.root(batch), start: batches.start(batch) };
    const last = this.lastRank.get(key);
    if (last === undefined || last.root < rank.root || (last.root === rank.root && last.start < rank.start)) {
      this.lastRank.set(key, rank);
      return false;
    }
    return true;
  }

  /** The new leader's log is the partition's from now on: what it does not have is gone (§7.4). */
  private elected({ tp, unclean, leaderEpoch, seq }: EventOf<'leader.elected'>, leader: number): void {
    const { gone, come, before } = this.logOf(tp).elected(leader);
    const how = unclean ? 'an unclean election made' : 'the election made';
    this.dropped(gone, `${how} broker ${leader} leader (epoch ${leaderEpoch}), which did not have it`, seq);
    // Whoever led before may still answer for what it has.
    for (const batch of gone) this.strays.set(batch, before);
    for (const batch of come) this.stored(tp, batch, `broker ${leader} leads and has it twice`, seq);
  }

  /** What stood in the logs of a deleted topic is gone, and nothing that comes later stands behind it. */
  private deleted(tp: number, seq: number): void {
    this.dropped(this.logOf(tp).deleted(), 'its topic was deleted', seq);
    for (const key of this.lastRank.keys()) if (key.startsWith(`${tp}/`)) this.lastRank.delete(key);
  }

  private dropped(batches: readonly number[], cause: string, seq: number): void {
    for (const batch of batches) {
      this.copies.set(batch, this.copiesOf(batch) - 1);
      const left = this.storedCopies(batch);
      if (left > 0) {
        this.incidents.close('duplicated', batch, seq);
        continue;
      }
      this.incidents.close('reordered', batch, seq);
      this.incidents.close('failed-yet-stored', batch, seq);
      if (this.lifelines.batches.isCompleted(batch)) this.lose(batch, cause, seq);
    }
  }

  private failedYetStored(batch: number, cause: string, seq: number): void {
    if (this.incidents.isOpen('failed-yet-stored', batch)) return;
    const { batches } = this.lifelines;
    this.incidents.open(
      'failed-yet-stored',
      batch,
      batches.tp(batch),
      batches.recordCount(batch),
      cause,
      seq,
    );
  }

  private lose(batch: number, cause: string, seq: number): void {
    const { batches } = this.lifelines;
    this.incidents.open('lost-after-ack', batch, batches.tp(batch), batches.recordCount(batch), cause, seq);
  }
}
