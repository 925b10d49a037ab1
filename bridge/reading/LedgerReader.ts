/**
 * Reads topics from a moment on, partition by partition, and hands over what stands in them. It follows leaders by asking
 * for metadata again whenever something is wrong, and never reads a record twice.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { byTopic, type OfTopic } from '../kafkaBytes/Api.ts';
import {
  FETCH,
  LIST_OFFSETS,
  OFFSET_FOR_LEADER_EPOCH,
  type FetchedPartition,
  type IsolationLevel,
  type ListedOffset,
  type ListOffsetsRequest,
} from '../kafkaBytes/apis/reading.ts';
import { readRecordBatches, readRecords, type ReadRecord } from '../kafkaBytes/recordBatches.ts';
import { decompress } from '../kafkajs/codecs.ts';
import type { BrokerEndpoint } from '../kafkajs/topics.ts';
import { AbortedTransactions } from './AbortedTransactions.ts';
import { TopicLeaders, type LedPartition } from './TopicLeaders.ts';

const LIST_OFFSETS_VERSION = 4;
const LEADER_EPOCH_VERSION = 3;
const FETCH_VERSION = 11;
const FETCH_WAIT_MS = 200;
const FETCH_BYTES = 4_000_000;
const ANSWER_LIMIT_MS = 5000;
const PAUSE_MS = 100;

/** Who is told what has been read. */
export interface ReaderNotes {
  take(topic: string, partition: number, records: readonly ReadRecord[]): void;
  /** After each answer: the next offset, and whether that is the end of what can be read of the partition now. */
  reached?(topic: string, partition: number, offset: number, isEnd: boolean): void;
  /** These offsets, up to before `to`, were no longer in the log (retention, DeleteRecords): it goes on behind them. */
  gone?(topic: string, partition: number, from: number, to: number): void;
  /** A leader had less than what was read, so that these offsets do not hold any more: it goes on at `from`. */
  cutOff?(topic: string, partition: number, from: number, to: number): void;
}

export interface LedgerReaderParts {
  readonly bootstrap: readonly BrokerEndpoint[];
  readonly topics: readonly string[];
  /** `read_uncommitted` unless told. */
  readonly isolationLevel?: IsolationLevel;
  readonly notes: ReaderNotes;
}

interface Position {
  readonly topic: string;
  readonly partition: number;
  /** The next one. */
  offset: number;
  /** Of the batch that was read last; −1: not known. */
  epoch: number;
  /** The leader of this epoch has been asked whether its log has what was read. */
  checkedEpoch: number;
}

type ListHow = Pick<ListOffsetsRequest, 'isolationLevel' | 'isOfReplica'>;
type PartitionEnd = ListedOffset & { readonly topic: string };

export class LedgerReader {
  private readonly notes: ReaderNotes;
  private readonly isolationLevel: IsolationLevel;
  private readonly leaders: TopicLeaders;
  private readonly positions = new Map<string, Position>();
  private isClosed = false;

  constructor({ bootstrap, topics, isolationLevel = 'read_uncommitted', notes }: LedgerReaderParts) {
    this.notes = notes;
    this.isolationLevel = isolationLevel;
    this.leaders = new TopicLeaders(bootstrap, topics, ANSWER_LIMIT_MS);
  }

  /** Begins at the present end of every partition; before the run's first record. @throws Error when it cannot. */
  async begin(limitMs: number = ANSWER_LIMIT_MS): Promise<void> {
    for (const { topic, partition, offset, leaderEpoch } of await this.ends(limitMs)) {
      const position = this.position(topic, partition);
      position.offset = offset;
      position.epoch = leaderEpoch;
      position.checkedEpoch = leaderEpoch;
    }
  }

  /** Reads until `close`. */
  async follow(): Promise<void> {
    while (!this.isClosed) {
      const read = await this.readOnce();
      if (read === 0 && !this.isClosed) await sleep(PAUSE_MS);
    }
  }

  /** Reads up to the ends that the log has now. @throws Error at the limit. */
  async readToEnd(limitMs: number): Promise<void> {
    const limit = performance.now() + limitMs;
    const ends = await this.ends(limitMs);
    while (ends.some(({ topic, partition, offset }) => this.position(topic, partition).offset < offset)) {
      if (performance.now() > limit) throw new Error(`the topic was not read within ${limitMs} ms`);
      if ((await this.readOnce()) === 0) await sleep(PAUSE_MS);
    }
  }

  close(): void {
    this.isClosed = true;
    this.leaders.close();
  }

  private position(topic: string, partition: number): Position {
    const name = `${topic}-${partition}`;
    let position = this.positions.get(name);
    if (position === undefined) {
      position = { topic, partition, offset: 0, epoch: -1, checkedEpoch: -1 };
      this.positions.set(name, position);
    }
    return position;
  }

  /** The high watermark of every partition, asked until all leaders answer. */
  private async ends(limitMs: number): Promise<readonly PartitionEnd[]> {
    const limit = performance.now() + limitMs;
    for (;;) {
      const ends = await this.tryEnds();
      if (ends !== null) return ends;
      if (performance.now() > limit) throw new Error('the ends of its partitions are not known');
      await sleep(PAUSE_MS);
    }
  }

  private async tryEnds(): Promise<readonly PartitionEnd[] | null> {
    const ends: PartitionEnd[] = [];
    this.leaders.forget();
    const { isolationLevel } = this;
    for (const [leader, led] of await this.leaders.byLeader()) {
      // The same offset could be the end of another history.
      await this.checkHistory(leader, led);
      for (const { topic, partitions } of (await this.list(leader, led, 'latest', { isolationLevel })) ?? [])
        for (const listed of partitions) if (listed.error === 'NONE') ends.push({ topic, ...listed });
    }
    return ends.length === this.leaders.partitionCount ? ends : null;
  }

  private list(
    leader: number,
    led: readonly PlainPartition[],
    at: 'earliest' | 'latest',
    how: ListHow,
  ): Promise<readonly OfTopic<ListedOffset>[] | null> {
    const topics = topicsOf(led, ({ partition }) => ({ partition, at }));
    return this.leaders.ask(leader, (connection) =>
      connection.request(LIST_OFFSETS, LIST_OFFSETS_VERSION, { ...how, topics }, ANSWER_LIMIT_MS),
    );
  }

  /** Returns how many records were read. */
  private async readOnce(): Promise<number> {
    let read = 0;
    for (const [leader, led] of await this.leaders.byLeader()) {
      await this.checkHistory(leader, led);
      const request = {
        isolationLevel: this.isolationLevel,
        maxWaitMs: FETCH_WAIT_MS,
        minBytes: 1,
        maxBytes: FETCH_BYTES,
        topics: topicsOf(led, ({ topic, partition }) => ({
          partition,
          offset: this.position(topic, partition).offset,
          maxBytes: FETCH_BYTES,
        })),
      };
      const answer = await this.leaders.ask(leader, (connection) =>
        connection.request(FETCH, FETCH_VERSION, request, ANSWER_LIMIT_MS),
      );
      for (const { topic, partitions } of answer?.topics ?? [])
        for (const fetched of partitions) {
          const position = this.position(topic, fetched.partition);
          if (fetched.error === 'OFFSET_OUT_OF_RANGE') await this.findPlace(leader, position);
          else read += this.takePartition(position, fetched);
        }
    }
    return read;
  }

  /** A leader of another epoch may have cut off what was read from the one before, and have written on since. */
  private async checkHistory(leader: number, led: readonly LedPartition[]): Promise<void> {
    const unchecked = led.filter(({ topic, partition, leaderEpoch }) => {
      const { epoch, checkedEpoch } = this.position(topic, partition);
      return epoch >= 0 && leaderEpoch > checkedEpoch;
    });
    if (unchecked.length === 0) return;
    const topics = topicsOf(unchecked, ({ topic, partition, leaderEpoch }) => ({
      partition,
      currentLeaderEpoch: leaderEpoch,
      leaderEpoch: this.position(topic, partition).epoch,
    }));
    const answer = await this.leaders.ask(leader, (connection) =>
      connection.request(OFFSET_FOR_LEADER_EPOCH, LEADER_EPOCH_VERSION, { topics }, ANSWER_LIMIT_MS),
    );
    for (const { topic, partitions } of answer ?? [])
      for (const { partition, error, endOffset } of partitions) {
        const asked = unchecked.find((one) => one.topic === topic && one.partition === partition);
        const position = this.position(topic, partition);
        if (error !== 'NONE' || asked === undefined) this.leaders.forget();
        else {
          position.checkedEpoch = asked.leaderEpoch;
          if (endOffset >= 0) this.cutAt(position, endOffset);
        }
      }
  }

  /** Out of range: what is below the log is gone, and what is above its end has been cut off. */
  private async findPlace(leader: number, position: Position): Promise<void> {
    const { topic, partition, offset } = position;
    const { isolationLevel } = this;
    const start = await this.offsetAt(leader, position, 'earliest', { isolationLevel });
    if (start === null) this.leaders.forget();
    else if (start > offset) {
      this.notes.gone?.(topic, partition, offset, start);
      position.offset = start;
      this.notes.reached?.(topic, partition, start, false);
    } else {
      // The end of the log, not of what consumers may read: below it nothing is to be read twice.
      const end = await this.offsetAt(leader, position, 'latest', { isolationLevel, isOfReplica: true });
      if (end !== null) this.cutAt(position, end);
    }
  }

  private async offsetAt(
    leader: number,
    position: Position,
    at: 'earliest' | 'latest',
    how: ListHow,
  ): Promise<number | null> {
    const listed = (await this.list(leader, [position], at, how))?.[0]?.partitions[0];
    return listed?.error === 'NONE' ? listed.offset : null;
  }

  private cutAt(position: Position, end: number): void {
    const { topic, partition, offset } = position;
    if (end >= offset) return;
    position.offset = end;
    this.notes.cutOff?.(topic, partition, end, offset);
  }

  private takePartition(position: Position, fetched: FetchedPartition): number {
    const { error, records, abortedTransactions, highWatermark } = fetched;
    if (error !== 'NONE') {
      this.leaders.forget();
      return 0;
    }
    const { topic, partition } = position;
    let read = 0;
    const aborted = new AbortedTransactions(abortedTransactions);
    for (const batch of readRecordBatches(records)) {
      const from = position.offset;
      if (batch.lastOffset < from) continue;
      position.offset = batch.lastOffset + 1;
      position.epoch = batch.leaderEpoch;
      if (aborted.hides(batch) || batch.isControl) continue;
      const all = readRecords(batch, decompress(batch.compression, batch.payload)).filter(
        ({ offset }) => offset >= from,
      );
      this.notes.take(topic, partition, all);
      read += all.length;
    }
    this.notes.reached?.(topic, partition, position.offset, position.offset >= highWatermark);
    return read;
  }
}

type PlainPartition = Pick<LedPartition, 'topic' | 'partition'>;

const topicsOf = <P extends PlainPartition, T>(
  partitions: readonly P[],
  of: (partition: P) => T,
): readonly OfTopic<T>[] =>
  byTopic(partitions, ({ topic }) => topic).map((one) => ({ ...one, partitions: one.partitions.map(of) }));
