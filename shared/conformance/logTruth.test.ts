/** The log against what the application and the network saw: the page shows nothing but the log. */
import { describe, expect, test } from 'vitest';
import { clientMs, EPOCH_MS } from '#base/time';
import type { Clock } from '#engine/Clock';
import type { PipelineEvent } from '#events/catalogue';
import { EventTape } from '#events/EventTape';
import { ArrayLog } from '#testing/ArrayLog';
import { CaseRun, type CaseLog } from './CaseRun.ts';
import { parseCase } from './caseSchema.ts';
import type { Notes } from './notes.ts';
import { randomCase } from './randomCase.ts';
import { configOf, traceOfRun, type TraceLine } from './traceOf.ts';

const SEEDS = Array.from({ length: 60 }, (_, i) => 500 + i);

/** null: the settings of this seed are refused. */
function runOf(seed: number, createLog: (clock: Clock) => CaseLog): CaseRun | null {
  const spec = parseCase(JSON.parse(JSON.stringify(randomCase(seed))));
  try {
    const run = new CaseRun(spec, configOf(spec), createLog);
    run.run();
    return run;
  } catch (error) {
    if (error instanceof Error && error.name === 'JavaException') return null;
    throw error;
  }
}

const arrayLog = (clock: Clock): CaseLog => new ArrayLog(() => clock.nowUs());

/** What the callbacks were told, in the words of a trace. */
const observedOutcomes = ({ outcomes }: Notes): readonly object[] =>
  outcomes.map(({ metadata, exception }) => {
    const tp = `${metadata.topic}-${metadata.partition}`;
    return exception === null
      ? { ev: 'ack', tp, offset: metadata.offset, timestamp: metadata.timestampMs - EPOCH_MS }
      : { ev: 'fail', tp, exception: exception.exception, message: exception.text };
  });

function toldOutcomes(trace: readonly TraceLine[]): readonly object[] {
  return trace
    .filter(({ ev }) => ev === 'ack' || ev === 'fail')
    .map((line) =>
      Object.fromEntries(Object.entries(line).filter(([field]) => field !== 't' && field !== 'n')),
    );
}

const endings = { broker: 'broker', refused: 'refused' } as const;

/** Connections as the log has them, in the words of a trace, sorted: within one select their order is another. */
const loggedConnections = (events: readonly PipelineEvent[]): readonly string[] =>
  events
    .flatMap((event) => {
      if (event.type !== 'connection.moved') return [];
      const t = clientMs(event.at) - EPOCH_MS;
      if (event.to === 'connecting') return [`${t} connect ${event.node}`];
      if (event.because === 'connected') return [`${t} connected ${event.node}`];
      if (event.to !== 'disconnected') return [];
      const reason = event.because in endings ? event.because : 'client';
      return [`${t} disconnect ${event.node} ${reason}`];
    })
    .toSorted();

const tracedConnections = (trace: readonly TraceLine[]): readonly string[] =>
  trace
    .flatMap((line) => {
      if (line.ev === 'connect' || line.ev === 'connected')
        return [`${line.t} ${line.ev} ${String(line['node'])}`];
      return line.ev === 'disconnect'
        ? [`${line.t} disconnect ${String(line['node'])} ${String(line['reason'])}`]
        : [];
    })
    .toSorted();

describe('the log tells the truth', () => {
  test.each(SEEDS)('of what callbacks are told and connections do, seed %i', (seed) => {
    const run = runOf(seed, arrayLog);
    if (run === null) return;
    const trace = traceOfRun(run);
    expect(toldOutcomes(trace)).toEqual(observedOutcomes(run.notes));
    expect(loggedConnections(run.events().slice(run.startSeq))).toEqual(tracedConnections(trace));
  });

  test.each(SEEDS.slice(0, 20))('on the tape as in plain objects, seed %i', (seed) => {
    const plain = runOf(seed, arrayLog);
    const taped = runOf(seed, (clock) => new EventTape(clock));
    expect(taped?.events()).toEqual(plain?.events());
  });
});
