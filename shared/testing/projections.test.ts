import { describe, expect, test } from 'vitest';
import { createRandom } from '#base/random';
import { batchId, recordId, requestId } from '#base/ids';
import { describe as sentenceOf } from '#explain/describe';
import { why, type Entity } from '#explain/why/why';
import type { EventTape } from '#events/EventTape';
import { loggedRun } from '#model/loggedRun';
import { randomScenario } from './randomScenario.ts';
import { applyEvent, pipelineProjection } from '#projections/pipelineProjection';
import { RunProjections } from '#projections/RunProjections';

const LENGTH_MS = 400;
const SEEDS = Array.from({ length: 16 }, (_, i) => 3 * i + 2);

function runOf(seed: number): { tape: EventTape; run: RunProjections } {
  const { model, tape } = loggedRun(randomScenario(seed));
  model.runUntil(LENGTH_MS * 1000, 2_000_000);
  const run = new RunProjections(tape);
  run.extend();
  return { tape, run };
}

/** Runs of the real engine, made at random: what is derived from their logs must agree with itself. */
describe.each(SEEDS)('a run of the model (seed %i)', (seed) => {
  const { tape, run } = runOf(seed);
  const random = createRandom(seed);
  const anySeq = (): number => random.below(tape.endSeq + 1);

  test('every record is accounted for at every moment', () => {
    for (let i = 0; i < 40; i++) {
      const { counters, batches, threads } = run.moveTo(anySeq());
      let waiting = 0;
      for (const batch of batches.values()) if (!batch.expired) waiting += batch.records;
      for (const thread of threads.values()) if (thread.sending !== null) waiting++;
      expect(counters.recordsSent).toBe(waiting + counters.recordsAcked + counters.recordsFailed);
    }
  });

  test('any jump is the fold from zero', () => {
    for (let i = 0; i < 5; i++) {
      const seq = anySeq();
      const folded = pipelineProjection.initial();
      const reader = tape.read(0);
      for (let at = 0; at < seq; at++) applyEvent(folded, reader.next());
      const { counters: _theirs, ownBatches: _shared, ...state } = run.moveTo(seq);
      const { counters: _ours, ownBatches: _own, ...expected } = folded;
      expect(state).toEqual(expected);
    }
  });

  test('outcomes of the records are the counters', () => {
    const { counters } = run.moveTo(tape.endSeq);
    let acked = 0;
    let failed = 0;
    for (let record = 0; record < run.records.length; record++) {
      const outcome = run.outcomes.outcomeOf(recordId(record), tape.endAt);
      if (outcome.kind === 'acked') acked++;
      if (outcome.kind === 'failed') failed++;
    }
    expect([acked, failed]).toEqual([counters.recordsAcked, counters.recordsFailed]);
  });

  test('journeys touch and add up', () => {
    for (let i = 0; i < 40 && run.records.length > 0; i++) {
      const record = recordId(random.below(run.records.length));
      const journey = run.journey(record, tape.endAt);
      let at = run.records.sentAt(record);
      for (const part of journey?.parts ?? []) {
        expect(part.fromUs).toBe(at);
        at = part.toUs;
      }
      const outcome = run.outcomes.outcomeOf(record, tape.endAt);
      expect(journey?.isOver === true || outcome.kind !== 'acked').toBe(true);
    }
  });

  test('whatever is there has its sentence', () => {
    for (let i = 0; i < 10; i++) {
      const seq = anySeq();
      const state = run.moveTo(seq);
      const context = {
        state,
        cursor: { seq, at: state.at },
        records: run.records,
        lifelines: run.lifelines,
        outcomes: run.outcomes,
      };
      const entities: Entity[] = [
        ...[...state.batches.keys()].map((id): Entity => ({ kind: 'batch', id })),
        ...[...state.requests.keys()].map((id): Entity => ({ kind: 'request', id })),
        ...[...state.partitions.keys()].map((id): Entity => ({ kind: 'partition', id })),
        ...[...state.brokers.keys()].map((id): Entity => ({ kind: 'broker', id })),
        { kind: 'record', id: recordId(random.below(run.records.length + 1)) },
        { kind: 'batch', id: batchId(random.below(run.lifelines.batchCount + 1)) },
        { kind: 'request', id: requestId(random.below(run.lifelines.requestCount + 1)) },
      ];
      for (const entity of entities) {
        expect(why(entity, context)).toMatch(/^[A-Z].*[.!?]$/);
        expect(why(entity, context)).not.toMatch(/undefined|NaN|null|\bInfinity|[ =]-1\b/);
      }
      if (seq < tape.endSeq) expect(sentenceOf(tape.at(seq))).toMatch(/[.!?]$/);
    }
  });
});
