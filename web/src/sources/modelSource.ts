/**
 * The model in the page as a source: runs ahead of the cursor within a budget, and makes a run anew when its past is
 * changed. Of the page, only this file knows that there is a simulation.
 */
import { BugError } from '#base/assert';
import { micros, type Micros } from '#base/time';
import { catalogue, type EventType } from '#events/catalogue';
import type { EventTape } from '#events/EventTape';
import { SIMULATED_COMMANDS } from '#model/commandNames';
import { loggedRun } from '#model/loggedRun';
import { readCommand, writeCommand } from '#model/queryCommands';
import type { Command, Scenario } from '#model/Scenario';
import { readLink, writeLink } from '#model/scenarioQuery';
import { commandSentence, validateScenario } from '#model/validateScenario';
import { sentEvent } from '#projections/sentEvent';
import type { RestartableSource } from '../session/session.ts';
import type { Capabilities, LogChange, SourceStatus } from './Source.ts';

/** Steps between two looks at the clock: some tens of µs of work. */
const SLICE_STEPS = 64;
/** A run may get as long as this; beyond, the page would only fill the memory. */
const MAX_EVENTS = 5_000_000;
/** Events compared at a time, when a run made anew is held against the one before. */
const CHECK_EVENTS = 4096;

const capabilities: Capabilities = {
  events: new Map((Object.keys(catalogue) as EventType[]).map((type) => [type, 'simulated'] as const)),
  commands: new Set(SIMULATED_COMMANDS),
  commandsInThePast: true,
};

/** The same events before `untilUs` as in the run before: checked piece by piece, within the budget. */
interface PrefixCheck {
  readonly before: EventTape;
  readonly toSeq: number;
  seq: number;
}

/**
 * The scenario as its link says it: fields in the same order, so that whoever opens the link has the same log to the
 * byte. What does not fit into a link stays as it is.
 */
function asLinked(scenario: Scenario): Scenario {
  const written = writeLink(scenario, null);
  if (!written.fits) return scenario;
  const read = readLink(written.query);
  return read.notices.length === 0 ? read.scenario : scenario;
}

/** @throws BugError when the scenario is not valid: links and panels have checked it before. */
export function createModelSource(
  scenario: Scenario,
  nowMs: () => number = () => performance.now(),
): RestartableSource {
  const problems = validateScenario(scenario);
  if (problems.length > 0) throw new BugError(problems.join(' '));
  let run = loggedRun(scenario);
  /** A run made anew is behind until it has reached this. */
  let goalUs = 0;
  let check: PrefixCheck | null = null;
  let mismatch: string | null = null;
  const listeners = new Set<(change: LogChange) => void>();

  const replace = (next: Scenario, untilUs: number): void => {
    goalUs = untilUs;
    mismatch = null;
    run = loggedRun(next);
    for (const listener of listeners) listener({ kind: 'cut', endSeq: 0 });
  };

  /** Compares one piece. A difference is a bug of the model: it is said, and the run stops. */
  const checkPiece = (): void => {
    if (check === null) return;
    const to = Math.min(check.toSeq, check.seq + CHECK_EVENTS);
    if (to > run.tape.endSeq) return;
    if (!haveSameEvents(check.before, run.tape, check.seq, to)) {
      mismatch = `The run did not repeat itself (seed ${run.model.scenario.seed}, after event ${check.seq}): a bug of the model.`;
      check = null;
      return;
    }
    check = to >= check.toSeq ? null : { ...check, seq: to };
  };

  const isChecking = (): boolean => check !== null;
  const isStopped = (): boolean =>
    mismatch !== null || run.model.failure !== null || run.tape.endSeq >= MAX_EVENTS;
  const isBehind = (): boolean => run.model.reachedUs <= goalUs || check !== null;

  return {
    kind: 'model',
    capabilities,
    get log() {
      return run.tape;
    },
    get scenario() {
      return run.model.scenario;
    },
    get status(): SourceStatus {
      const failure = mismatch ?? run.model.failure;
      if (failure !== null) return { kind: 'failed', sentence: failure };
      if (run.tape.endSeq >= MAX_EVENTS) {
        return {
          kind: 'full',
          sentence: 'This run has 5 million events and stops here: start it anew to go on.',
        };
      }
      if (goalUs > 0 && isBehind())
        return { kind: 'rerunning', progress: Math.min(1, run.model.reachedUs / goalUs) };
      return { kind: 'running' };
    },
    ensure(at: Micros, budgetMs: number) {
      const until = nowMs() + budgetMs;
      // "Up to at" includes what happens at that instant.
      const target = Math.max(at, goalUs) + 1;
      do {
        if (isStopped()) break;
        if (run.model.reachedUs < target) run.model.runUntil(target, SLICE_STEPS);
        checkPiece();
      } while (nowMs() < until && (run.model.reachedUs < target || isChecking()));
      return micros(Math.max(0, run.model.reachedUs - 1));
    },
    execute(body, at) {
      const { scenario: now } = run.model;
      const given: Command = { ...body, at };
      const refusal = commandSentence(given, now);
      if (refusal !== null) return refusal;
      const command = readCommand(writeCommand(given)) ?? given;
      const before = run.tape;
      const toSeq = at === 0 ? 0 : before.seqAfter(at - 1);
      replace({ ...now, commands: [...now.commands.filter((earlier) => earlier.at <= at), command] }, at);
      // Commands of this very instant came first: what follows them is not the common past any more.
      check = { before, toSeq, seq: 0 };
      return null;
    },
    restart(next, untilUs) {
      const sentences = validateScenario(next);
      if (sentences.length > 0) return sentences.join(' ');
      check = null;
      replace(asLinked(next), untilUs);
      return null;
    },
    content(record) {
      const sent = sentEvent(run.tape, record);
      return sent === null ? 'gone' : run.model.content(sent);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function haveSameEvents(a: EventTape, b: EventTape, from: number, to: number): boolean {
  const left = a.frame(from, to).bytes;
  const right = b.frame(from, to).bytes;
  if (left.length !== right.length) return false;
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
  return true;
}
