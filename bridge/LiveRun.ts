/**
 * One live run for all viewers: an engine that follows the wall clock, its log, and what a viewer needs of it: the state
 * to begin with, and frames. It knows no sockets. Viewers take frames; nothing waits for them and nothing is kept for
 * them, so a slow one costs nothing.
 */
import { randomBytes } from 'node:crypto';
import type { RecordId } from '#base/ids';
import { EventTape } from '#events/EventTape';
import type { TapeClock } from '#events/tape/TapeWriter';
import { BLOCK_EVENTS } from '#events/tape/layout';
import type { CommandBody } from '#model/Scenario';
import { applyEvent, pipelineProjection } from '#projections/pipelineProjection';
import type { Counters } from '#projections/pipelineState';
import { encodeWireFrame } from '#wire/frame';
import { vocabulary, type Role, type StateMessage } from '#wire/messages';
import { KEPT_EVENTS, MAX_FRAME_EVENTS, PROTOCOL_VERSION } from '#wire/protocol';
import { encodeState } from '#wire/snapshot';
import { Ceiling, DEFAULT_CEILINGS, type Ceilings } from './ceilings.ts';
import type { EngineContent, LiveEngine } from './LiveEngine.ts';
import type { RunLedger } from './LiveLedger.ts';
import { applicationsOf, type BeginAnother } from './PresentRun.ts';
import { stopwatch, type Wall } from './WallClock.ts';

/** Trimmed in pieces of this share, so that it is rare. */
const TRIM_SHARE = 32;
const STEP_MS = 5;
/** An engine that says when it has something to do is left alone till then: only viewers want their frames. */
const FRAME_STEP_MS = 15;
/** Nobody looks: the run goes on, in larger steps. */
const UNWATCHED_STEP_MS = 50;
/** Work of one step, after which the process looks at its sockets. */
const BUDGET_US = 10_000;
const STEPS_PER_LOOK = 256;
const US_PER_MS = 1000;
/** A run that is further behind the wall than this gives up the time that it has lost. */
const MAX_LAG_US = 2_000_000;
/** How long it is said that time was lost. */
const WARNED_US = 5_000_000;
/** Frames that are made once and given to every viewer that stands there. */
const CACHED_FRAMES = 8;

export interface LiveFrame {
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly bytes: Uint8Array;
}

/** Where a live run is written. */
export interface LiveLogs {
  /** What viewers get: at a high rate not every record. */
  readonly told: EventTape;
  /** Every event, for the account of all records; null: nobody keeps one. */
  readonly whole: EventTape | null;
}
/** Called once by the engine, when it has a clock. */
export type OpenLog = (clock: TapeClock) => LiveLogs;

export interface LiveRunOptions {
  readonly wall: Wall;
  readonly engine: (openLog: OpenLog) => LiveEngine;
  readonly ceilings?: Ceilings;
  readonly keptEvents?: number;
  /** What is read back from the log; absent: nobody reads it. */
  readonly ledger?: RunLedger;
  /** Absent: this run is the only one. */
  readonly beginAnother?: BeginAnother;
  /** Somebody besides the ledger keeps account of every record. */
  readonly hasWholeLog?: boolean;
}

export class LiveRun {
  readonly runId = randomBytes(8).toString('hex');
  readonly tape: EventTape;
  /** With every record; the same as `tape` when nobody keeps account. */
  readonly wholeTape: EventTape;
  readonly ledger: RunLedger | null;
  /** Another run has taken its place. */
  isOver = false;
  private readonly engine: LiveEngine;
  private readonly wall: Wall;
  private readonly ceilings: Ceilings;
  private readonly ceiling: Ceiling;
  private readonly beginAnother: BeginAnother | null;
  private readonly keptEvents: number;
  private readonly watchers = new Set<() => void>();
  private elapsedUs: (() => number) | null = null;
  /** Wall time that the run did not keep up with. */
  private lostUs = 0;
  private lateAt = -Infinity;
  /** The last step did not get to its end: the next one follows at once. */
  private isBehind = false;
  private cancelStep: (() => void) | null = null;
  private isStepSoon = false;
  /** The state before the last whole block. */
  private readonly state = pipelineProjection.initial();
  private frames: LiveFrame[] = [];

  constructor(options: LiveRunOptions) {
    const { wall, engine, ceilings, keptEvents, ledger, hasWholeLog = ledger !== undefined } = options;
    const opened: LiveLogs[] = [];
    this.wall = wall;
    this.ledger = ledger ?? null;
    this.beginAnother = options.beginAnother ?? null;
    this.keptEvents = keptEvents ?? KEPT_EVENTS;
    this.engine = engine((clock) => {
      const logs = { told: new EventTape(clock), whole: hasWholeLog ? new EventTape(clock) : null };
      opened.push(logs);
      return logs;
    });
    this.ceilings = ceilings ?? DEFAULT_CEILINGS;
    this.ceiling = new Ceiling(this.ceilings, this.engine.scenario);
    const [logs] = opened;
    this.tape = logs?.told ?? new EventTape();
    this.wholeTape = logs?.whole ?? this.tape;
    this.engine.onWake?.(() => this.stepSoon());
  }

  /** Time begins with the first call; later ones change nothing. */
  start(): void {
    if (this.elapsedUs !== null) return;
    this.elapsedUs = stopwatch(this.wall);
    this.planStep();
  }

  async stop(): Promise<void> {
    this.cancelStep?.();
    this.cancelStep = null;
    this.watchers.clear();
    this.ledger?.close();
    await this.engine.close();
  }

  /** Ends because another one begins: the viewers are told, and come back to that one. */
  async handOver(): Promise<void> {
    this.isOver = true;
    for (const watcher of this.watchers) watcher();
    await this.stop();
  }

  /** Called after every step. Returns how to take it back. */
  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  get viewers(): number {
    return this.watchers.size;
  }

  /** Why the run has ended; null: it goes on. */
  get failure(): string | null {
    return this.engine.failure;
  }

  /** What is wrong with a run that goes on; null: nothing. */
  get warning(): string | null {
    const isLate = this.elapsedUs !== null && this.elapsedUs() - this.lateAt < WARNED_US;
    if (isLate) return 'This machine is too slow for the workload: the run has fallen behind the clock.';
    return this.engine.warning ?? null;
  }

  /** µs of run time that have passed. */
  get nowUs(): number {
    return this.elapsedUs === null ? 0 : this.elapsedUs() - this.lostUs;
  }

  /** What has come of all records, up to the last whole block of the log. */
  get counters(): Readonly<Counters> {
    return this.state.counters;
  }

  /** Up to now. */
  get recordsAcked(): number {
    const { counters, batches } = this.state;
    let { recordsAcked } = counters;
    const closed = new Map<number, number>();
    const reader = this.tape.read(this.state.seq);
    while (reader.seq < this.tape.endSeq) {
      const event = reader.next();
      if (event.type === 'batch.closed') closed.set(event.batch, event.records);
      else if (event.type === 'batch.completed')
        recordsAcked += closed.get(event.batch) ?? batches.get(event.batch)?.records ?? 0;
    }
    return recordsAcked;
  }

  private planStep(pauseMs = this.pauseMs()): void {
    this.cancelStep?.();
    this.cancelStep = this.wall.after(pauseMs, () => {
      this.isStepSoon = false;
      this.step();
      // What the step itself brought (a broker that was frozen at once) has planned the next one.
      if (!this.isStepSoon) this.planStep();
    });
  }

  /** Until the next step, if nothing comes from outside. */
  private pauseMs(): number {
    if (this.isBehind) return 0;
    const isWatched = this.watchers.size > 0;
    const { nextDueUs } = this.engine;
    if (nextDueUs === undefined || this.elapsedUs === null) return isWatched ? STEP_MS : UNWATCHED_STEP_MS;
    const pauseMs = isWatched ? FRAME_STEP_MS : UNWATCHED_STEP_MS;
    // What is due at an instant is done when that instant is over.
    const untilDueMs = Math.floor((nextDueUs - (this.elapsedUs() - this.lostUs)) / US_PER_MS) + 1;
    return Math.max(0, Math.min(pauseMs, untilDueMs));
  }

  private stepSoon(): void {
    if (this.isStepSoon || this.cancelStep === null) return;
    this.isStepSoon = true;
    this.planStep(0);
  }

  /** Brings the run to the present, within its budget, and tells the viewers. */
  step(): void {
    if (this.elapsedUs === null) return;
    const nowUs = this.elapsedUs();
    const toUs = nowUs - this.lostUs;
    while (this.engine.reachedUs < toUs && this.engine.failure === null) {
      this.engine.runUntil(toUs, STEPS_PER_LOOK);
      if (this.elapsedUs() - nowUs > BUDGET_US) break;
    }
    const lagUs = toUs - this.engine.reachedUs;
    this.isBehind = lagUs > 0 && this.engine.failure === null;
    if (lagUs > MAX_LAG_US && this.engine.failure === null) {
      this.lostUs += lagUs;
      this.lateAt = nowUs;
    }
    this.foldState();
    this.ledger?.follow(this.wholeTape);
    this.trim(this.tape);
    this.trim(this.wholeTape);
    for (const watcher of this.watchers) watcher();
  }

  private trim(tape: EventTape): void {
    const surplus = tape.endSeq - tape.startSeq - this.keptEvents;
    if (surplus > this.keptEvents / TRIM_SHARE) tape.trim(tape.endSeq - this.keptEvents);
  }

  private foldState(): void {
    const toSeq = Math.floor(this.tape.endSeq / BLOCK_EVENTS) * BLOCK_EVENTS;
    if (toSeq === this.state.seq) return;
    const reader = this.tape.read(this.state.seq);
    while (reader.seq < toSeq) applyEvent(this.state, reader.next());
  }

  /** Now. null: done; else a sentence that says why not. */
  execute(command: CommandBody): string | null {
    if (!this.engine.commands.has(command.do)) return 'This live run cannot do that.';
    if (this.engine.failure !== null) return this.engine.failure;
    const sentence = this.ceiling.refusalOf(command) ?? this.engine.execute(command);
    if (sentence === null) this.ceiling.follow(command);
    return sentence;
  }

  /** Another run in the place of this one, with the applications of a link. null: it has begun, else a sentence. */
  async begin(link: string): Promise<string | null> {
    if (this.beginAnother === null) return 'This live run cannot be begun anew.';
    const { scenario, refusals } = this.engine;
    const applications = applicationsOf(link, scenario, this.ceilings, refusals);
    return typeof applications === 'string' ? applications : this.beginAnother(applications);
  }

  content(record: RecordId): EngineContent | null {
    return this.engine.content(record);
  }

  /** Whether a viewer that holds everything before `seq` of this run can go on there. */
  canResume(runId: string, seq: number): boolean {
    return runId === this.runId && seq > 0 && seq >= this.tape.startSeq && seq <= this.tape.endSeq;
  }

  /** What a viewer begins with; `resumeSeq`: it goes on there with what it holds. */
  stateMessage(resumeSeq: number | null, role: Role): StateMessage {
    const { provenance, commands, refusals = new Map<string, string>(), scenario } = this.engine;
    return {
      kind: 'state',
      protocolVersion: PROTOCOL_VERSION,
      runId: this.runId,
      seq: resumeSeq ?? this.state.seq,
      at: this.state.at,
      snapshot: resumeSeq === null ? encodeState(this.state) : null,
      role,
      scenario,
      capabilities: {
        events: Object.fromEntries(provenance),
        commands: role === 'viewer' ? [] : [...commands],
        canBegin: role === 'presenter' && this.beginAnother !== null,
        refusals: Object.fromEntries(refusals),
      },
      vocabulary: vocabulary(),
    };
  }

  /** The first frame of a viewer that begins at a block: with all texts so far. */
  firstFrame(fromSeq: number): LiveFrame {
    return this.cut(fromSeq, 0);
  }

  /** What follows `fromSeq`; empty when nothing does. The same bytes for everybody who asks at the same place. */
  frame(fromSeq: number): LiveFrame {
    const made = this.frames.find((frame) => frame.fromSeq === fromSeq && frame.toSeq > fromSeq);
    if (made !== undefined) return made;
    const frame = this.cut(fromSeq);
    if (frame.toSeq > fromSeq) this.frames = [...this.frames.slice(1 - CACHED_FRAMES), frame];
    return frame;
  }

  private cut(fromSeq: number, firstText?: number): LiveFrame {
    const toSeq = Math.min(this.tape.endSeq, fromSeq + MAX_FRAME_EVENTS);
    // Of the instant that has been reached nothing has happened yet; of the last event's instant more may follow.
    const endAt = toSeq === this.tape.endSeq ? this.engine.reachedUs : this.tape.timeOf(toSeq);
    const slice = this.tape.frame(fromSeq, toSeq, firstText);
    return { fromSeq, toSeq, bytes: encodeWireFrame(Math.max(0, endAt - 1), slice) };
  }
}
