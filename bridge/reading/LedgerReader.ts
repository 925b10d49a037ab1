/**
 * Reads topics from a moment on, partition by partition, and hands over what stands in them. It follows leaders by asking
 * for metadata again whenever something is wrong, and never reads a record twice.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { byTopic, type OfTopic } from '../kafkaBytes/Api.ts';
import {
  FETCH,
  LIST_OFFSETS,
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
}

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
    for (const { topic, partition, offset } of await this.ends(limitMs))
      this.position(topic, partition).offset = offset;
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
    if (position === undefined) this.positions.set(name, (position = { topic, partition, offset: 0 }));
    return position;
  }

  /** The high watermark of every partition, asked until all leaders answer. */
  private async ends(limitMs: number): Promise<readonly Position[]> {
    const limit = performance.now() + limitMs;
    for (;;) {
      const ends = await this.tryEnds();
      if (ends !== null) return ends;
      if (performance.now() > limit) throw new Error('the ends of its partitions are not known');
      await sleep(PAUSE_MS);
    }
  }

  private async tryEnds(): Promise<readonly Position[] | null> {
    const ends: Position[] = [];
    this.leaders.forget();
    const { isolationLevel } = this;
    for (const [leader, led] of await this.leaders.byLeader())
      for (const { topic, partitions } of (await this.list(leader, led, 'latest', { isolationLevel })) ?? [])
        for (const { partition, error, offset } of partitions)
          if (error === 'NONE') ends.push({ topic, partition, offset });
    return ends.length === this.leaders.partitionCount ? ends : null;
  }

  private list(
    leader: number,
    led: readonly PlainPartition[],
    at: 'earliest' | 'latest',
    how: Pick<ListOffsetsRequest, 'isolationLevel' | 'isOfReplica'>,
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
        for (const fetched of partitions)
          read += this.takePartition(this.position(topic, fetched.partition), fetched);
    }
    return read;
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

const topicsOf = <T>(
  partitions: readonly PlainPartition[],
  of: (partition: PlainPartition) => T,
): readonly OfTopic<T>[] =>
  byTopic(partitions, ({ topic }) => topic).map((one) => ({ ...one, partitions: one.partitions.map(of) }));
