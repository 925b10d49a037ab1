/** Its own process: jumps to random points of a run of a million events; prints the p99 of each round, then the rival's. */
import { performance } from 'node:perf_hooks';
import { createRandom } from '#base/random';
import { pipelineProjection } from '#projections/pipelineProjection';
import { Projector } from '#projections/Projector';
import { RunProjections } from '#projections/RunProjections';
import { percentile } from './Measure.ts';
import { modelLog, scenarioWith } from './modelLog.ts';

const EVENTS = 1_000_000;
const JUMPS = 400;
/** From zero each takes most of a second. */
const RIVAL_JUMPS = 7;

const rounds = Number(process.argv[2] ?? 1);
const { tape } = modelLog(scenarioWith({ recordsPerS: 20_000 }), ({ endSeq }) => endSeq >= EVENTS);
const projections = new RunProjections(tape);
projections.extend();
const random = createRandom(1);

const timeOf = (work: () => void): number => {
  const start = performance.now();
  work();
  return performance.now() - start;
};
/** What the page does: the event at that time, and the state there. */
const jump = (): void => {
  projections.moveTo(tape.seqAfter(random.below(tape.endAt)));
};
const foldFromZero = (): void => {
  new Projector(tape, pipelineProjection).moveTo(random.below(EVENTS));
};

for (let i = 0; i < JUMPS; i++) jump();
foldFromZero();
for (let round = 0; round < rounds; round++) {
  const times = Array.from({ length: JUMPS }, () => timeOf(jump));
  const rivalTimes = Array.from({ length: RIVAL_JUMPS }, () => timeOf(foldFromZero));
  console.log(`${percentile(times, 0.99)} ${percentile(rivalTimes, 0.99)}`);
}
