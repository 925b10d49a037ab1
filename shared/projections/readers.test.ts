import { describe, expect, it } from 'vitest';
import { tpId } from '#base/ids';
import { HandMadeLog } from '#testing/HandMadeLog';
import { Readers, type TransactionSpan } from './readers.ts';
import { LifelineTables } from './lifelines/LifelineTables.ts';
import { RecordTable } from './recordTable.ts';

const TP = tpId(0);

/** A partition with a transactional producer (client 0, producer id 7) and a plain one (client 1). */
class Story {
  readonly log = new HandMadeLog();
  private end = 0;
  private batch = 0;

  constructor() {
    this.log
      .write('client.started', { client: 0, config: { 'transactional.id': 'tx' } })
      .write('client.started', { client: 1, config: {} })
      .write('partition.named', { tp: TP, topic: 't', partition: 0 })
      .write('leader.elected', { tp: TP, leader: 1, leaderEpoch: 0 });
  }

  append(records: number, client: number, producerId = 7): this {
    const batch = this.batch++;
    this.log
      .write('batch.created', { batch, client, tp: TP })
      .write('batch.stamped', { batch, producerId, producerEpoch: 0, baseSequence: 0, reason: 'drained' });
    const logEndOffset = this.end + records;
    this.log.write('log.appended', { tp: TP, node: 1, batch, baseOffset: this.end, logEndOffset });
    this.end = logEndOffset;
    return this;
  }

  mark(commit: boolean, producerId = 7): this {
    this.log.write('log.marked', { tp: TP, offset: this.end, commit, producerId, node: 1 });
    this.end++;
    return this;
  }

  known(highWatermark: number, lastStableOffset: number, leaderEpoch = 0): this {
    this.log.write('highWatermark.advanced', { tp: TP, highWatermark, lastStableOffset, leaderEpoch });
    return this;
  }

  get seq(): number {
    return this.log.tape.endSeq;
  }

  readers(): Readers {
    const { tape } = this.log;
    const records = new RecordTable();
    const lifelines = new LifelineTables(records);
    const readers = new Readers(lifelines);
    const reader = tape.read(0);
    for (let seq = 0; seq < tape.endSeq; seq++) {
      const event = reader.next();
      records.add(event);
      lifelines.add(event);
      readers.add(event);
    }
    return readers;
  }
}

function spans(readers: Readers, seq: number): string[] {
  const found: string[] = [];
  readers.walkBack(TP, seq, ({ kind, baseOffset, endOffset }: TransactionSpan) => {
    found.unshift(`${baseOffset}-${endOffset} ${kind}`);
    return true;
  });
  return found;
}

describe('two readers', () => {
  it('have the same where nobody has transactions', () => {
    const story = new Story().append(4, 1).known(4, 4);
    expect(story.readers().at(TP, story.seq)).toBeNull();
  });

  it('part while a transaction is open and after it was aborted', () => {
    const story = new Story().append(2, 1).known(2, 2).append(3, 0).append(1, 1).known(6, 2);
    const open = story.seq;
    story.mark(false).known(7, 7);
    const aborted = story.seq;
    story.append(5, 0).known(12, 7).mark(true).known(13, 13);
    const readers = story.readers();
    expect(readers.at(TP, open)).toEqual({
      uncommitted: { position: 6, delivered: 6, aborted: 0 },
      committed: { position: 2, delivered: 2, skipped: 0 },
    });
    expect(spans(readers, open)).toEqual(['2-5 open']);
    expect(readers.at(TP, aborted)).toEqual({
      uncommitted: { position: 7, delivered: 6, aborted: 3 },
      committed: { position: 7, delivered: 3, skipped: 3 },
    });
    expect(spans(readers, aborted)).toEqual(['2-5 aborted', '6-7 abort-marker']);
    expect(readers.at(TP, story.seq)).toEqual({
      uncommitted: { position: 13, delivered: 11, aborted: 3 },
      committed: { position: 13, delivered: 8, skipped: 3 },
    });
    expect(spans(readers, story.seq)).toEqual([
      '2-5 aborted',
      '6-7 abort-marker',
      '7-12 committed',
      '12-13 commit-marker',
    ]);
    // Asked again for an earlier moment, it answers as it did.
    expect(spans(readers, open)).toEqual(['2-5 open']);
  });

  it('keep transactions of two producers apart: the earlier open one holds back what is committed behind it', () => {
    const story = new Story().append(2, 0, 7).append(2, 0, 8).mark(true, 8).known(5, 0);
    const held = story.seq;
    story.mark(true, 7).known(6, 6);
    const readers = story.readers();
    expect(readers.at(TP, held)?.committed).toEqual({ position: 0, delivered: 0, skipped: 0 });
    expect(spans(readers, held)).toEqual(['0-2 open', '2-4 committed', '4-5 commit-marker']);
    expect(readers.at(TP, story.seq)?.committed).toEqual({ position: 6, delivered: 4, skipped: 0 });
  });

  it('fall back to the end of a new leader that lacks the tail, and do not take back what was delivered', () => {
    const story = new Story().append(3, 0).known(3, 0);
    story.log.write('replica.fetched', { tp: TP, node: 2, logEndOffset: 3, leader: 1 });
    story.append(2, 0).known(5, 0);
    const before = story.seq;
    story.log.write('leader.elected', { tp: TP, leader: 2, leaderEpoch: 1, unclean: true });
    // The old leader does not know yet that it leads no more.
    story.known(9, 9, 0).known(3, 0, 1);
    const readers = story.readers();
    expect(spans(readers, story.seq)).toEqual(['0-3 open']);
    expect(spans(readers, before)).toEqual(['0-3 open', '3-5 open']);
    expect(readers.at(TP, story.seq)?.uncommitted).toEqual({ position: 3, delivered: 5, aborted: 0 });
  });

  it('begin anew with a topic that was deleted', () => {
    const story = new Story().append(3, 0).mark(true).known(4, 4);
    story.log.write('topic.changed', { topic: 't', partitions: 0 });
    expect(spans(story.readers(), story.seq)).toEqual([]);
    expect(story.readers().at(TP, story.seq)?.committed.position).toBe(0);
  });
});
