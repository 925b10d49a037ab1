/**
 * Reads a topic from a moment on, partition by partition, and hands over what stands in it. It follows leaders by asking
 * for metadata again whenever something is wrong, and never reads a record twice.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { KafkaConnection } from './kafkaBytes/KafkaConnection.ts';
import { METADATA, type MetadataResponse } from './kafkaBytes/apis/cluster.ts';
import {
  FETCH,
  LIST_OFFSETS,
  type FetchedPartition,
  type IsolationLevel,
} from './kafkaBytes/apis/reading.ts';
import {
  markerOf,
  readRecordBatches,
  readRecords,
  type ReadBatch,
  type ReadRecord,
} from './kafkaBytes/recordBatches.ts';
import { decompress } from './kafkajs/codecs.ts';
import { securityOf, type BrokerEndpoint } from './kafkajs/topics.ts';

const METADATA_VERSION = 8;
const LIST_OFFSETS_VERSION = 4;
const FETCH_VERSION = 11;
const FETCH_WAIT_MS = 200;
const FETCH_BYTES = 4_000_000;
const ANSWER_LIMIT_MS = 5000;
const PAUSE_MS = 100;

export type TakeRecords = (partition: number, records: readonly ReadRecord[]) => void;
/** After each answer: the next offset of the partition, and whether that is the end of what can be read of it now. */
export type NoteReached = (partition: number, offset: number, isEnd: boolean) => void;

export class LedgerReader {
  private readonly bootstrap: readonly BrokerEndpoint[];
  private readonly topic: string;
  private readonly take: TakeRecords;
  private readonly reached: NoteReached;
  private readonly isolationLevel: IsolationLevel;
  private readonly connections = new Map<number, KafkaConnection>();
  /** The next offset of each partition. */
  private readonly positions = new Map<number, number>();
  private metadata: MetadataResponse | null = null;
  private isClosed = false;

  constructor(
    bootstrap: readonly BrokerEndpoint[],
    topic: string,
    take: TakeRecords,
    isolationLevel: IsolationLevel = 'read_uncommitted',
    reached: NoteReached = () => {},
  ) {
    this.reached = reached;
    this.isolationLevel = isolationLevel;
    this.bootstrap = bootstrap;
    this.topic = topic;
    this.take = take;
  }

  /** Begins at the present end of every partition; before the run's first record. @throws Error when it cannot. */
  async begin(limitMs: number = ANSWER_LIMIT_MS): Promise<void> {
    const ends = await this.ends(limitMs);
    for (const [partition, offset] of ends) this.positions.set(partition, offset);
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
    while ([...ends].some(([partition, end]) => (this.positions.get(partition) ?? 0) < end)) {
      if (performance.now() > limit) throw new Error(`the topic was not read within ${limitMs} ms`);
      if ((await this.readOnce()) === 0) await sleep(PAUSE_MS);
    }
  }

  close(): void {
    this.isClosed = true;
    this.forgetConnections();
  }

  /** The high watermark of every partition, asked until all leaders answer. */
  private async ends(limitMs: number): Promise<Map<number, number>> {
    const limit = performance.now() + limitMs;
    for (;;) {
      const ends = await this.tryEnds();
      if (ends !== null) return ends;
      if (performance.now() > limit) throw new Error(`the ends of ${this.topic} are not known`);
      await sleep(PAUSE_MS);
    }
  }

  private async tryEnds(): Promise<Map<number, number> | null> {
    const ends = new Map<number, number>();
    this.metadata = null;
    for (const [leader, partitions] of await this.byLeader()) {
      const answer = await this.ask(leader, (connection) =>
        connection.request(
          LIST_OFFSETS,
          LIST_OFFSETS_VERSION,
          {
            isolationLevel: this.isolationLevel,
            topics: [
              {
                topic: this.topic,
                partitions: partitions.map((partition) => ({ partition, at: 'latest' as const })),
              },
            ],
          },
          ANSWER_LIMIT_MS,
        ),
      );
      for (const { partition, error, offset } of answer?.[0]?.partitions ?? [])
        if (error === 'NONE') ends.set(partition, offset);
    }
    const count = this.partitionCount();
    return count > 0 && ends.size === count ? ends : null;
  }

  /** Returns how many records were read. */
  private async readOnce(): Promise<number> {
    let read = 0;
    for (const [leader, partitions] of await this.byLeader()) {
      const answer = await this.ask(leader, (connection) =>
        connection.request(
          FETCH,
          FETCH_VERSION,
          {
            isolationLevel: this.isolationLevel,
            maxWaitMs: FETCH_WAIT_MS,
            minBytes: 1,
            maxBytes: FETCH_BYTES,
            topics: [
              {
                topic: this.topic,
                partitions: partitions.map((partition) => ({
                  partition,
                  offset: this.positions.get(partition) ?? 0,
                  maxBytes: FETCH_BYTES,
                })),
              },
            ],
          },
          ANSWER_LIMIT_MS,
        ),
      );
      for (const partition of answer?.topics[0]?.partitions ?? []) read += this.takePartition(partition);
    }
    return read;
  }

  private takePartition(fetched: FetchedPartition): number {
    const { partition, error, records, abortedTransactions, highWatermark } = fetched;
    if (error !== 'NONE') {
      this.metadata = null;
      return 0;
    }
    let read = 0;
    const aborted = new AbortedTransactions(abortedTransactions);
    for (const batch of readRecordBatches(records)) {
      const position = this.positions.get(partition) ?? 0;
      if (batch.lastOffset < position) continue;
      this.positions.set(partition, batch.lastOffset + 1);
      if (aborted.hides(batch) || batch.isControl) continue;
      const all = readRecords(batch, decompress(batch.compression, batch.payload)).filter(
        ({ offset }) => offset >= position,
      );
      this.take(partition, all);
      read += all.length;
    }
    const position = this.positions.get(partition) ?? 0;
    this.reached(partition, position, position >= highWatermark);
    return read;
  }

  private partitionCount(): number {
    return this.metadata?.topics[0]?.partitions.length ?? 0;
  }

  /** Partitions that have a leader, by its node. */
  private async byLeader(): Promise<ReadonlyMap<number, readonly number[]>> {
    this.metadata ??= await this.askMetadata();
    const leaders = new Map<number, number[]>();
    for (const { partition, leader } of this.metadata?.topics[0]?.partitions ?? []) {
      if (leader < 0) this.metadata = null;
      else leaders.set(leader, [...(leaders.get(leader) ?? []), partition]);
    }
    return leaders;
  }

  private async askMetadata(): Promise<MetadataResponse | null> {
    for (const endpoint of this.bootstrap) {
      if (this.isClosed) return null;
      try {
        const connection = await KafkaConnection.open(endpoint);
        try {
          return await connection.request(
            METADATA,
            METADATA_VERSION,
            { topics: [this.topic] },
            ANSWER_LIMIT_MS,
          );
        } finally {
          connection.close();
        }
      } catch {
        // The next one may be there.
      }
    }
    return null;
  }

  private async ask<T>(
    node: number,
    question: (connection: KafkaConnection) => Promise<T>,
  ): Promise<T | null> {
    try {
      let connection = this.connections.get(node);
      if (connection === undefined || !connection.isOpen) {
        const broker = this.metadata?.brokers.find((one) => one.node === node);
        if (broker === undefined) throw new Error(`node ${node} is not in the metadata`);
        connection = await KafkaConnection.open({ ...broker, security: securityOf(this.bootstrap) });
        this.connections.set(node, connection);
      }
      return await question(connection);
    } catch {
      // Its leaderships may be elsewhere now.
      this.connections.delete(node);
      this.metadata = null;
      return null;
    }
  }

  private forgetConnections(): void {
    for (const connection of this.connections.values()) connection.close();
    this.connections.clear();
  }
}

/** What a consumer of committed records leaves out: org.apache.kafka.clients.consumer.internals.CompletedFetch. */
class AbortedTransactions {
  private waiting: FetchedPartition['abortedTransactions'];
  private readonly producers = new Set<number>();

  constructor(transactions: FetchedPartition['abortedTransactions']) {
    this.waiting = transactions.toSorted((a, b) => a.firstOffset - b.firstOffset);
  }

  /** Batches in the order of their offsets. */
  hides(batch: ReadBatch): boolean {
    const begun = this.waiting.filter(({ firstOffset }) => firstOffset <= batch.lastOffset);
    for (const { producerId } of begun) this.producers.add(producerId);
    this.waiting = this.waiting.slice(begun.length);
    if (batch.isControl && markerOf(batch) === 'abort') this.producers.delete(batch.producerId);
    return batch.isTransactional && this.producers.has(batch.producerId);
  }
}
