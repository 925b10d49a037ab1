import { micros } from '#base/time';
import type { PipelineEvent } from '#events/catalogue';
import { EventTape } from '#events/EventTape';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SCENARIO } from './defaultScenario.ts';
import { createModelRun, type ModelRun } from './ModelRun.ts';
import { randomScenario } from './randomScenario.ts';
import type { Command, Scenario } from './Scenario.ts';

const LENGTH_MS = 1500;
/** Nothing is timed here; a busy machine just needs longer. */
const PATIENCE_MS = 120_000;
/** Longer than any delivery timeout: whatever was under way has come to its end. */
const SETTLED_US = 140_000_000;

function begin(scenario: Scenario): { run: ModelRun; tape: EventTape } {
  let tape: EventTape | undefined;
  const run = createModelRun(scenario, (clock) => (tape = new EventTape(clock)));
  if (tape === undefined) throw new Error('no log was opened');
  return { run, tape };
}

function runTo(scenario: Scenario, atUs: number): EventTape {
  const { run, tape } = begin(scenario);
  run.runUntil(atUs);
  expect(run.failure).toBeNull();
  return tape;
}

function eventsOf(tape: EventTape): PipelineEvent[] {
  const reader = tape.read(0);
  return Array.from({ length: tape.endSeq }, () => reader.next());
}

/** The scenario, then everything healed and nothing sent any more. */
function healed(scenario: Scenario): Scenario {
  const at = micros(LENGTH_MS * 1000);
  const nodes = Array.from({ length: scenario.cluster.brokers }, (_, node) => node);
  const end: Command[] = [
    ...scenario.applications.map((_, application): Command => ({ do: 'workload.pause', application, at })),
    { do: 'network.set', network: { lossPpm: 0 }, at },
    { do: 'link.set', node: null, addedUs: 0, cut: false, at },
    ...nodes.map((node): Command => ({ do: 'broker.restart', node, at })),
    ...nodes.map((node): Command => ({ do: 'replica.catchUp', node, at })),
  ];
  return { ...scenario, commands: [...scenario.commands, ...end] };
}

describe('a run', () => {
  it(
    'is the same in pieces as in one',
    () => {
      for (let seed = 1; seed <= 12; seed++) {
        const scenario = randomScenario(seed, LENGTH_MS);
        const whole = runTo(scenario, 2_000_000);
        const { run, tape } = begin(scenario);
        for (let targetUs = 0; run.reachedUs < 2_000_000;) {
          const { stopped } = run.runUntil(targetUs, 1 + (seed % 40));
          if (!stopped) targetUs = Math.min(2_000_000, targetUs + 1 + seed * 1777);
        }
        expect(tape.digest()).toBe(whole.digest());
      }
    },
    PATIENCE_MS,
  );

  it(
    'is the same when its commands are given on the way',
    () => {
      for (let seed = 1; seed <= 12; seed++) {
        const scenario = randomScenario(seed, LENGTH_MS);
        const { run, tape } = begin({ ...scenario, commands: [] });
        for (const command of scenario.commands) {
          run.runUntil(command.at);
          expect(run.give(command)).toBe(true);
        }
        run.runUntil(2_000_000);
        expect(run.scenario).toEqual(scenario);
        expect(tape.digest()).toBe(runTo(scenario, 2_000_000).digest());
      }
    },
    PATIENCE_MS,
  );

  it('takes no command for an instant that is over', () => {
    const { run } = begin(DEFAULT_SCENARIO);
    run.runUntil(50_000);
    expect(run.give({ do: 'broker.kill', node: 1, at: micros(49_999) })).toBe(false);
    expect(run.give({ do: 'broker.kill', node: 1, at: micros(50_000) })).toBe(true);
    run.runUntil(60_000, 3);
    expect(run.give({ do: 'broker.kill', node: 2, at: run.reachedUs })).toBe(false);
  });

  it('shows batches of several records when nobody has touched anything', () => {
    const events = eventsOf(runTo(DEFAULT_SCENARIO, 1_000_000));
    const closed = events.filter((event) => event.type === 'batch.closed');
    const records = closed.reduce((sum, { records: count }) => sum + count, 0);
    expect(records / closed.length).toBeGreaterThan(3);
    expect(events.filter((event) => event.type === 'batch.failed')).toEqual([]);
    expect(records).toBeGreaterThan(1900);
  });

  it('makes the content of a record again, to the byte', () => {
    const application = DEFAULT_SCENARIO.applications[0];
    if (application === undefined) throw new Error('no application');
    const workload = { ...application.workload, headerBytes: 20, valueSpreadPercent: 100 };
    const { run, tape } = begin({
      ...DEFAULT_SCENARIO,
      applications: [{ ...application, workload }],
      commands: [
        { do: 'record.send', application: 0, key: 'vip', valueBytes: 5, partition: 2, at: micros(20_000) },
      ],
    });
    run.runUntil(100_000);
    for (const event of eventsOf(tape)) {
      if (event.type !== 'record.sent') continue;
      const { key, value, partition, headers } = run.content(event);
      expect(value).toHaveLength(event.valueBytes);
      if (event.valueBytes >= 2) JSON.parse(value);
      expect(headers.map((header) => header.key.length + header.value.length)).toEqual(
        key === 'vip' ? [] : [20],
      );
      expect(partition).toBe(key === 'vip' ? 2 : null);
      expect(run.content(event)).toEqual({ ...run.content(event) });
    }
  });

  it('a new producer takes over while the old one drains', () => {
    const scenario: Scenario = {
      ...DEFAULT_SCENARIO,
      commands: [
        { do: 'producer.replace', application: 0, producer: { 'linger.ms': '20' }, at: micros(100_000) },
      ],
    };
    const events = eventsOf(runTo(scenario, 400_000));
    expect(events.filter(({ type }) => type === 'client.started')).toHaveLength(2);
    expect(
      events.flatMap((event) => (event.type === 'client.closed' ? [`${event.client} ${event.how}`] : [])),
    ).toEqual(['0 graceful']);
    expect(
      events.flatMap((event) => (event.type === 'producerId.assigned' ? [event.producerId] : [])),
    ).toEqual([1000, 1001]);
    expect(events.filter(({ type }) => type === 'batch.failed' || type === 'record.refused')).toEqual([]);
  });
});

/** Facts of one log that the laws are about, gathered in one pass. */
class Ledger {
  readonly outcomes = new Map<number, string[]>();
  readonly available = new Map<number, string>();
  readonly dead = new Set<number>();
  /** A forced close leaves without the answers that would have returned the memory (KAFKA-19012). */
  readonly cutShort = new Set<number>();
  readonly memory = new Map<number, string>();
  private readonly batchOf = new Map<number, number>();
  private readonly clientOfBatch = new Map<number, number>();
  private readonly clientOfThread = new Map<number, number>();
  private readonly threadOf = new Map<number, number>();
  private readonly parts = new Map<number, number[]>();
  private readonly endsOf = new Map<number, readonly string[]>();
  private readonly ends = new Map<number, string[]>();
  private readonly logEnds = new Map<string, number>();
  private readonly marks = new Map<number, number>();
  private at = 0;

  constructor(events: readonly PipelineEvent[]) {
    for (const event of events) {
      this.law(event.at >= this.at, 'time never goes back');
      this.at = event.at;
      this.take(event);
    }
    for (const [record, batch] of this.batchOf) this.outcomes.get(record)?.push(...this.endOf(batch));
  }

  /** A split batch ends as its parts do; which part a record is in does not matter when all end. */
  private endOf(batch: number): readonly string[] {
    const told = this.endsOf.get(batch);
    if (told !== undefined) return told;
    const ends = this.ends.get(batch) ?? [];
    this.law(ends.length <= 1, `batch ${batch} ends once`);
    const areOver = (this.parts.get(batch) ?? []).every((part) => this.endOf(part).length === 1);
    const result = ends[0] === 'split' && !areOver ? [] : ends;
    this.endsOf.set(batch, result);
    return result;
  }

  /** Thousands of times a run: an `expect` each would take longer than the run. */
  private law(holds: boolean, sentence: string): void {
    if (!holds) throw new Error(`${sentence}: broken at ${this.at} µs`);
  }

  private end(batch: number, how: string): void {
    this.ends.set(batch, [...(this.ends.get(batch) ?? []), how]);
  }

  private take(event: PipelineEvent): void {
    switch (event.type) {
      case 'client.started':
        this.memory.set(event.client, event.config['buffer.memory'] ?? '');
        break;
      case 'client.closed':
        if (event.how === 'died') this.dead.add(event.client);
        if (event.how !== 'graceful') this.cutShort.add(event.client);
        break;
      case 'thread.started':
        this.clientOfThread.set(event.thread, event.client);
        break;
      case 'record.sent':
        this.outcomes.set(event.record, []);
        this.threadOf.set(event.record, event.thread);
        break;
      case 'record.refused':
        this.outcomes.get(event.record)?.push('refused');
        break;
      case 'record.appended':
        this.law(!this.batchOf.has(event.record), 'a record is appended once');
        this.batchOf.set(event.record, event.batch);
        break;
      case 'batch.created':
        this.clientOfBatch.set(event.batch, event.client);
        if (event.parentBatch !== null) {
          this.parts.set(event.parentBatch, [...(this.parts.get(event.parentBatch) ?? []), event.batch]);
        }
        break;
      case 'batch.completed':
        this.end(event.batch, 'acked');
        break;
      case 'batch.failed':
        this.end(event.batch, 'failed');
        break;
      case 'batch.split':
        this.end(event.batch, 'split');
        break;
      case 'buffer.changed':
        this.law(
          event.availableBytes >= 0 && event.availableBytes <= Number(this.memory.get(event.client)),
          'memory is conserved',
        );
        this.available.set(event.client, `${event.availableBytes} ${event.waiters}`);
        break;
      case 'log.appended': {
        const place = `${event.tp}/${event.node}`;
        this.law(event.baseOffset === (this.logEnds.get(place) ?? 0), `offsets of ${place} are dense`);
        this.logEnds.set(place, event.logEndOffset);
        break;
      }
      case 'replica.fetched':
      case 'log.truncated': {
        const before = this.logEnds.get(`${event.tp}/${event.node}`) ?? 0;
        this.law(
          (event.type === 'log.truncated') === event.logEndOffset < before,
          'a fetch adds, a cut takes',
        );
        this.logEnds.set(`${event.tp}/${event.node}`, event.logEndOffset);
        break;
      }
      case 'leader.elected':
        this.marks.delete(event.tp);
        break;
      case 'highWatermark.advanced':
        this.law(
          event.highWatermark >= (this.marks.get(event.tp) ?? 0),
          'no high watermark falls in an epoch',
        );
        this.marks.set(event.tp, event.highWatermark);
        break;
      default:
        break;
    }
  }

  /** Records of processes that died may have no outcome: nobody was left to be told. */
  open(): number[] {
    return [...this.outcomes]
      .filter(([record, ends]) => {
        const batch = this.batchOf.get(record);
        const client =
          batch === undefined
            ? this.clientOfThread.get(this.threadOf.get(record) ?? -1)
            : this.clientOfBatch.get(batch);
        return ends.length !== 1 && !this.dead.has(client ?? -1);
      })
      .map(([record]) => record);
  }
}

describe('laws', () => {
  it.each(Array.from({ length: 40 }, (_, i) => i + 1))(
    'seed %d: one outcome a record, memory comes back, offsets are dense, no high watermark falls',
    (seed) => {
      const events = eventsOf(runTo(healed(randomScenario(seed, LENGTH_MS)), SETTLED_US));
      const ledger = new Ledger(events);
      expect(ledger.open()).toEqual([]);
      for (const [client, available] of ledger.available) {
        if (ledger.cutShort.has(client)) continue;
        expect({ client, available }).toEqual({ client, available: `${ledger.memory.get(client)} 0` });
      }
    },
    PATIENCE_MS,
  );
});
