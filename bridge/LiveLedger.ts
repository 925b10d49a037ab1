/**
 * The ledger of the bridge's own run: it follows the log of the run with each of its steps, and two readers follow its
 * topics beside it, one of everything and, once there are transactions, one of committed records.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventTape } from '#events/EventTape';
import {
  LEDGER_VERSION,
  MOST_LEDGER_PARTITIONS,
  MOST_LISTED_RECORDS,
  type LedgerCounts,
  type LedgerListing,
  type LedgerMessage,
} from '#wire/ledger';
import { Ledger } from './Ledger.ts';
import type { Tally } from './LedgerTallies.ts';
import { LedgerReader } from './reading/LedgerReader.ts';
import type { BrokerEndpoint } from './kafkajs/topics.ts';

/** What a live run and its viewers need of a ledger. */
export interface RunLedger {
  /** Reads on in the log of the run. */
  follow(tape: EventTape): void;
  message(): LedgerMessage;
  /** The newest records behind a count, newest first. */
  records(listing: LedgerListing, tp: number | null): number[];
  close(): void;
}

export interface LiveLedgerParts {
  /** The number that the records of this run carry. */
  readonly ledgerRun: number;
  readonly bootstrap: readonly BrokerEndpoint[];
  /** All that the run may write to. */
  readonly topics: readonly string[];
}

/**
 * An acknowledged record is missing when the log has ended before it for so long: above the time that a follower may be
 * behind (replica.lag.time.max.ms), before which the end that a reader sees may be behind the leader's.
 */
const GIVEN_UP_US = 35_000_000;
const RETRY_MS = 1000;

export class LiveLedger implements RunLedger {
  private readonly parts: LiveLedgerParts;
  private readonly ledger: Ledger;
  private readonly everything: LedgerReader;
  private readonly committed: LedgerReader;
  private tape: EventTape | null = null;
  private followed = 0;
  private hasTransactions = false;
  private trouble: string | null = null;
  private isClosed = false;

  constructor(parts: LiveLedgerParts) {
    const { ledgerRun, bootstrap, topics } = parts;
    this.parts = parts;
    this.ledger = new Ledger(ledgerRun);
    this.everything = new LedgerReader({
      bootstrap,
      topics,
      notes: {
        take: (topic, partition, records) => {
          this.followOn();
          this.ledger.read(topic, partition, records);
        },
        reached: (topic, partition, offset, isEnd) => {
          this.trouble = null;
          const endedAtUs = isEnd ? (this.tape?.endAt ?? 0) - GIVEN_UP_US : null;
          this.ledger.reached(topic, partition, offset, endedAtUs);
        },
        gone: (topic, partition, from, to) => {
          this.followOn();
          this.ledger.gone(topic, partition, from, to);
        },
        cutOff: (topic, partition, from, to) => this.ledger.cutOff(topic, partition, from, to),
      },
    });
    this.committed = new LedgerReader({
      bootstrap,
      topics,
      isolationLevel: 'read_committed',
      notes: {
        take: (topic, partition, records) => this.ledger.readCommitted(topic, partition, records),
        gone: (topic, partition, from, to) => this.ledger.goneCommitted(topic, partition, from, to),
      },
    });
  }

  /** Before the first record of the run: from the present ends of its topics on. @throws Error when it cannot be read. */
  async begin(): Promise<void> {
    await Promise.all([this.everything.begin(), this.committed.begin()]);
    void this.keepReading(this.everything);
  }

  /** What was acknowledged by now is known before what is read. */
  private followOn(): void {
    if (this.tape !== null) this.follow(this.tape);
  }

  private async keepReading(reader: LedgerReader): Promise<void> {
    while (!this.isClosed) {
      try {
        await reader.follow();
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        this.trouble = `The ledger cannot read ${topicsText(this.parts.topics)}: ${why}.`;
        await sleep(RETRY_MS);
      }
    }
  }

  follow(tape: EventTape): void {
    this.tape = tape;
    const { endSeq } = tape;
    if (endSeq === this.followed) return;
    this.ledger.follow(tape.read(this.followed), endSeq);
    this.followed = endSeq;
    if (!this.hasTransactions && this.ledger.hasTransactions) {
      this.hasTransactions = true;
      void this.keepReading(this.committed);
    }
  }

  message(): LedgerMessage {
    const { counts } = this.ledger;
    const of = (tally: Readonly<Tally>, awaited: number): LedgerCounts => ({
      acked: tally.acked,
      failed: tally.failed,
      present: tally.ackedAndPresent + tally.failedButPresent + tally.pendingAndPresent,
      ackedAndPresent: tally.ackedAndPresent,
      missing: tally.missing,
      awaited,
      duplicated: tally.duplicated,
      outOfOrder: tally.outOfOrder,
      failedButPresent: tally.failedButPresent,
      committed: this.hasTransactions ? tally.committed : null,
      byOffset: tally.byOffset,
      gone: tally.gone,
      goneOffsets: tally.goneOffsets,
      goneCommittedOffsets: this.hasTransactions ? tally.goneCommittedOffsets : 0,
      cutOffsets: tally.cutOffsets,
    });
    return {
      kind: 'ledger',
      version: LEDGER_VERSION,
      topic: this.parts.topics.join(', '),
      trouble: this.trouble,
      all: of(
        { ...counts, missing: counts.ackedAndMissing - counts.ackedAndAwaited },
        counts.ackedAndAwaited,
      ),
      partitions: this.ledger
        .partitions()
        .slice(0, MOST_LEDGER_PARTITIONS)
        .map(([tp, tally]) => [
          tp,
          of(tally, Math.max(0, tally.acked - tally.ackedAndPresent - tally.missing - tally.gone)),
        ]),
      forgotten: counts.forgotten,
    };
  }

  records(listing: LedgerListing, tp: number | null): number[] {
    return this.ledger.list(listing, tp, MOST_LISTED_RECORDS);
  }

  close(): void {
    this.isClosed = true;
    this.everything.close();
    this.committed.close();
  }
}

/** As a sentence has them. */
export const topicsText = (topics: readonly string[]): string =>
  `${topics.length === 1 ? 'the topic' : 'the topics'} ${topics.join(', ')}`;
