import { beforeAll, describe, expect, it } from 'vitest';
import type { Micros } from '#base/time';
import type { EventSink, PipelineEvent } from '#events/catalogue';
import { catalogue } from '#events/catalogue';
import { EventTape } from '#events/EventTape';
import { DEFAULT_SCENARIO } from '#model/defaultScenario';
import { createModelRun } from '#model/ModelRun';
import type { Scenario, WorkloadSpec } from '#model/Scenario';
import { RunProjections } from '#projections/RunProjections';
import { RecordSampler, TOLD_RECORDS_PER_S } from './RecordSampler.ts';

const SECOND_US = 1_000_000;

function logOf(
  workload: Partial<WorkloadSpec>,
  producer: Record<string, string>,
  seconds: number,
): EventTape {
  const scenario: Scenario = {
    ...DEFAULT_SCENARIO,
    // As live: a send() takes no time of the run but that which it waits.
    costs: { sendUs: 0, serializeUsPerKiB: 0, partitionUs: 0, appendUs: 0, callbackUs: 0 },
    applications: DEFAULT_SCENARIO.applications.map((application) => ({
      ...application,
      producer,
      workload: { ...application.workload, ...workload },
    })),
  };
  const tapes: EventTape[] = [];
  const run = createModelRun(scenario, (clock) => {
    const tape = new EventTape(clock);
    tapes.push(tape);
    return tape;
  });
  run.runUntil(seconds * SECOND_US, Infinity);
  return tapes[0] ?? new EventTape();
}

/** What viewers would have been told of a log, and the account of all. */
function sampled(log: EventTape): { readonly told: EventTape; readonly whole: EventTape } {
  let at = 0 as Micros;
  const clock = { nowUs: () => at };
  const told = new EventTape(clock);
  const whole = new EventTape(clock);
  const { sink } = new RecordSampler(clock, told, whole);
  const writers = new Map(
    (Object.keys(catalogue) as PipelineEvent['type'][]).map((type) => [type, anyWriter(sink, type)] as const),
  );
  const reader = log.read(0);
  while (reader.seq < log.endSeq) {
    const event = reader.next();
    at = event.at;
    const fields = catalogue[event.type].map(
      ({ name }) => (event as unknown as Record<string, unknown>)[name],
    );
    writers.get(event.type)?.(...fields);
  }
  return { told, whole };
}

const anyWriter = (sink: EventSink, type: PipelineEvent['type']): ((...fields: unknown[]) => void) =>
  sink.writer(type) as unknown as (...fields: unknown[]) => void;

function projected(log: EventTape): RunProjections {
  const projections = new RunProjections(log);
  projections.extend();
  return projections;
}

function count(log: EventTape, is: (event: PipelineEvent) => boolean): number {
  let found = 0;
  const reader = log.read(0);
  while (reader.seq < log.endSeq) if (is(reader.next())) found++;
  return found;
}

const FAST = { shape: 'steady', recordsPerS: 20_000 } as const;
const RUNS: readonly (readonly [string, Partial<WorkloadSpec>, Record<string, string>])[] = [
  ['fast', FAST, { 'linger.ms': '5' }],
  ['fast, with memory for a few batches', FAST, { 'buffer.memory': '150000', 'max.block.ms': '20' }],
  ['fast, and split because the topic takes less', { ...FAST, valueBytes: 400 }, { 'batch.size': '900000' }],
  ['in bursts', { shape: 'burst', recordsPerS: 12_000, burstRecords: 9000 }, { 'linger.ms': '5' }],
];

describe.each(RUNS)('what viewers get of a run that is %s', (_name, workload, producer) => {
  let log: EventTape;
  let told: EventTape;
  let whole: EventTape;
  beforeAll(() => {
    log = logOf(workload, producer, 2);
    ({ told, whole } = sampled(log));
  });

  it('has every event but those of records, and the account has those too', () => {
    // Named by their subject.
    const isOfBatch = ({ type }: PipelineEvent): boolean =>
      /^(batch|request|response|callbacks|client)\./.test(type);
    expect(count(told, isOfBatch)).toBe(count(log, isOfBatch));
    expect(whole.digest()).toBe(log.digest());
    const isSent = ({ type }: PipelineEvent): boolean => type === 'record.sent';
    expect(count(told, isSent)).toBeLessThan(count(log, isSent));
    expect(count(told, isSent)).toBeGreaterThan(TOLD_RECORDS_PER_S);
  });

  it('has the same sums', () => {
    const all = projected(log).moveTo(log.endSeq);
    const some = projected(told).moveTo(told.endSeq);
    // Records of batches that are still open are counted when these are closed.
    const open = [...all.batches.values()].reduce(
      (sum, { records, phase }) => sum + (phase === 'open' ? records : 0),
      0,
    );
    const { recordsSent, recordsAppended, ...rest } = some.counters;
    expect({ ...all.counters, recordsSent: 0, recordsAppended: 0 }).toEqual({
      ...rest,
      recordsSent: 0,
      recordsAppended: 0,
    });
    expect(all.counters.recordsSent - recordsSent).toBeLessThanOrEqual(open + 1);
    expect(all.counters.recordsAppended - recordsAppended).toBeLessThanOrEqual(open);
    expect([...some.partitions.values()].map(({ acked, failed, stored }) => [acked, failed, stored])).toEqual(
      [...all.partitions.values()].map(({ acked, failed, stored }) => [acked, failed, stored]),
    );
  });

  it('has the records that it has at their places', () => {
    const all = projected(log);
    const some = projected(told);
    const until = log.endAt;
    const rowsOf = ({ records, lifelines }: RunProjections) =>
      shown.map((record) => [
        records.sentAt(record),
        records.appendedAt(record),
        records.batchId(record),
        records.indexInBatch(record),
        lifelines.batches.batchOf(record, until),
      ]);
    const shown = Array.from({ length: some.records.length }, (_, record) => record).filter(
      (record) => some.records.appendedAt(record) >= 0,
    );
    expect(rowsOf(some)).toEqual(rowsOf(all));
    const { batches } = some.lifelines;
    const lost = shown.filter(
      (record) => !batches.recordsOf(batches.batchOf(record, until)).includes(record),
    );
    expect(lost).toEqual([]);
    expect(shown.length).toBeGreaterThan(TOLD_RECORDS_PER_S);
  });
});

it('tells all of a slow run', () => {
  const log = logOf({ shape: 'steady', recordsPerS: 1500 }, {}, 2);
  expect(sampled(log).told.digest()).toBe(log.digest());
});
