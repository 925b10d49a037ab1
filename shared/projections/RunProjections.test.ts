import { describe, expect, test } from 'vitest';
import { createRandom } from '#base/random';
import { batchId, recordId } from '#base/ids';
import { busyLog } from '#testing/busyLog';
import { applyEvent, pipelineProjection } from './pipelineProjection.ts';
import type { PipelineState } from './pipelineState.ts';
import { RunProjections } from './RunProjections.ts';
import type { EventLogView } from '#events/EventLogView';

const SEEDS = [1, 2, 3, 4, 5, 6];

function foldedTo(log: EventLogView, seq: number): PipelineState {
  const state = pipelineProjection.initial();
  const reader = log.read(0);
  for (let i = 0; i < seq; i++) applyEvent(state, reader.next());
  return state;
}

/** Without the four counters that only the outcomes know. */
function facts(state: PipelineState): unknown {
  const {
    recordsDuplicated: _a,
    recordsLostAfterAck: _b,
    recordsFailedYetStored: _c,
    ...rest
  } = state.counters;
  return { ...state, ownBatches: null, counters: { ...rest, recordsReordered: 0 } };
}

const projected = (log: EventLogView): RunProjections => {
  const run = new RunProjections(log);
  run.extend();
  return run;
};

describe('RunProjections', () => {
  test.each(SEEDS)('any jump is the fold from zero (seed %i)', (seed) => {
    const { tape } = busyLog(seed, 6000);
    const run = projected(tape);
    const random = createRandom(seed);
    for (let i = 0; i < 12; i++) {
      const seq = random.below(tape.endSeq + 1);
      expect(facts(run.moveTo(seq))).toEqual(facts(foldedTo(tape, seq)));
    }
    expect(facts(run.moveTo(0))).toEqual(facts(pipelineProjection.initial()));
  });

  test.each(SEEDS)('every record is accounted for at every moment (seed %i)', (seed) => {
    const { tape } = busyLog(seed, 3000, 10, 80);
    const run = projected(tape);
    for (let seq = 0; seq <= tape.endSeq; seq += 997) {
      const { counters, batches, threads } = run.moveTo(seq);
      let waiting = 0;
      for (const batch of batches.values()) if (!batch.expired) waiting += batch.records;
      for (const thread of threads.values()) if (thread.sending !== null) waiting++;
      expect(counters.recordsSent).toBe(waiting + counters.recordsAcked + counters.recordsFailed);
      let failed = 0;
      for (const records of counters.failedBy.values()) failed += records;
      expect(failed).toBe(counters.recordsFailed);
    }
  });

  test.each(SEEDS)('in pieces or whole: the same indexes (seed %i)', (seed) => {
    const { tape } = busyLog(seed, 2000);
    const whole = projected(tape);
    const pieces = new RunProjections(tape);
    const random = createRandom(seed);
    while (!pieces.extend(1 + random.below(700)));
    const rows = (run: RunProjections): unknown =>
      Array.from({ length: run.lifelines.batchCount }, (_, id) => run.lifelines.batch(batchId(id)));
    expect(rows(pieces)).toEqual(rows(whole));
    expect(pieces.metrics.summary(0, tape.endAt)).toEqual(whole.metrics.summary(0, tape.endAt));
    expect(pieces.outcomes.counts(tape.endSeq)).toEqual(whole.outcomes.counts(tape.endSeq));
  });

  test('after a cut everything is as if the rest had never been', () => {
    const long = busyLog(9, 4000).tape;
    const run = projected(long);
    const cut = Math.floor(long.endSeq * 0.6);
    run.moveTo(long.endSeq);
    long.truncate(cut);
    run.truncate(cut);
    run.extend();
    const fresh = projected(long);
    expect(facts(run.moveTo(cut))).toEqual(facts(fresh.moveTo(cut)));
    expect(run.records.length).toBe(fresh.records.length);
    expect(run.lifelines.batch(batchId(3))).toEqual(fresh.lifelines.batch(batchId(3)));
    expect(run.marks.all).toEqual(fresh.marks.all);
  });

  test.each(SEEDS)('from a later beginning on everything is as from the first (seed %i)', (seed) => {
    const { tape } = busyLog(seed, 6000);
    const whole = projected(tape);
    const from = Math.floor(tape.endSeq / 2);
    const later = new RunProjections(tape, whole.stateAt(from));
    later.extend();
    const random = createRandom(seed);
    const states: unknown[] = [];
    for (const seq of [from, tape.endSeq, from + random.below(tape.endSeq - from)]) {
      states.push(facts(later.moveTo(seq)));
      expect(states.at(-1)).toEqual(facts(foldedTo(tape, seq)));
    }
    // What was handed out is not changed by what is asked afterwards.
    const state = later.stateAt(from);
    later.moveTo(tape.endSeq);
    expect(facts(state)).toEqual(states[0]);

    const born = later.lifelines.batchCount - 5;
    expect(later.lifelines.batch(batchId(born))).toEqual(whole.lifelines.batch(batchId(born)));
    const since = tape.timeOf(from);
    const shown = later.lifelines.batchesBetween(tape.endAt - 1000, tape.endAt);
    const alive = whole.lifelines.batchesBetween(tape.endAt - 1000, tape.endAt);
    expect(shown).toEqual(alive.filter((id) => whole.lifelines.batches.createdAt(id) >= since));
    expect(later.metrics.batchSizes(0, tape.endAt).length).toBeGreaterThan(0);
  });

  test('a batch is its first row and a chain of as many', () => {
    const { tape } = busyLog(4, 3000, 25);
    const run = projected(tape);
    const seen = new Map<number, number[]>();
    const reader = tape.read(0);
    for (let seq = 0; seq < tape.endSeq; seq++) {
      const event = reader.next();
      if (event.type === 'record.appended')
        seen.set(event.batch, [...(seen.get(event.batch) ?? []), event.record]);
    }
    for (const [batch, records] of seen) {
      expect(run.lifelines.recordsOf(batchId(batch))).toEqual(records);
      records.forEach((record, index) => {
        expect(run.records.batchId(record)).toBe(batch);
        expect(run.records.indexInBatch(record)).toBe(index);
      });
    }
  });

  test.each(SEEDS)('the stages of a journey touch and add up to its latency (seed %i)', (seed) => {
    const { tape } = busyLog(seed, 1500, 10, 100);
    const run = projected(tape);
    const random = createRandom(seed);
    for (let i = 0; i < 60; i++) {
      const record = recordId(random.below(run.records.length));
      const until = random.below(3) === 0 ? random.below(tape.endAt) : tape.endAt;
      const journey = run.journey(record, until);
      if (run.records.sentAt(record) > until) {
        expect(journey).toBeNull();
        continue;
      }
      const parts = journey?.parts ?? [];
      let at = run.records.sentAt(record);
      for (const part of parts) {
        expect(part.fromUs).toBe(at);
        expect(part.toUs).toBeGreaterThanOrEqual(at);
        at = part.toUs;
      }
      expect(journey?.totalUs).toBe(at - run.records.sentAt(record));
      const batch = run.lifelines.batchOf(record, until);
      const line = batch === null ? null : run.lifelines.batch(batch);
      if (journey?.isOver === true && line !== null && line.completedAt >= 0)
        expect(at).toBe(line.completedAt);
      if (journey?.isOver === false && batch !== null) expect(at).toBe(until);
    }
  });

  test('at ten records a batch, log and indexes keep at most 60 bytes a record', () => {
    const records = 150_000;
    const { tape } = busyLog(1, records, 10, 0);
    const run = projected(tape);
    expect((tape.bytesKept + run.bytesKept) / records).toBeLessThan(60);
  });
});
