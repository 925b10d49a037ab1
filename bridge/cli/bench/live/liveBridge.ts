/**
 * Its own process: the live run of the product on a real cluster, told nothing but its workload. Prints where its door
 * is (when it has one) and, when all records are acknowledged, what they took. Ends with its input.
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventReader } from '#events/EventLogView';
import { createKafkajsEngine } from '../../../kafkajsEngine.ts';
import { findTopic } from '../../../kafkajs/topics.ts';
import { liveScenario } from '../../../liveScenario.ts';
import { LiveRun } from '../../../LiveRun.ts';
import { startServer } from '../../../server.ts';
import { processWall } from '../../../WallClock.ts';
import { welcomeViewer } from '../../../welcomeViewer.ts';
import type { Ack, BridgePlan, BridgeReport, Effort } from './plan.ts';
import { startStopwatch } from './stopwatch.ts';

const LOOK_MS = 50;
const US_PER_MS = 1000;
const FIRST_PORT = 4700;
const NO_CEILINGS = { recordsPerS: Infinity, bytesPerS: Infinity };
/** Answers are looked up in the log afterwards: of a fast stream it does not hold them any more. */
const MOST_LOOKED_UP = 20_000;

const plan = JSON.parse(process.argv[2] ?? '{}') as BridgePlan;
const all = plan.warmUpRecords + plan.records;

async function createRun(): Promise<LiveRun> {
  const { endpoints, topic, partitions, lingerMs, recordsPerS, valueBytes } = plan;
  const wanted = { topic, partitions, replicationFactor: null, minInsyncReplicas: null };
  const found = await findTopic(endpoints, wanted);
  const scenario = liveScenario({
    seed: 1,
    brokers: found.brokers.length,
    topics: [found.topic],
    workload: {
      shape: 'steady',
      recordsPerS,
      valueBytes,
      valueSpreadPercent: 0,
      keys: 0,
      headerBytes: 0,
      records: all,
    },
    application: { producer: { acks: '1', 'linger.ms': String(lingerMs) } },
  });
  return new LiveRun({
    wall: processWall,
    ceilings: NO_CEILINGS,
    engine: (openLog) =>
      createKafkajsEngine({
        scenario,
        brokers: found.brokers,
        bootstrap: endpoints,
        own: null,
        ledgerRun: 1,
        openLog,
        beganAtMs: Date.now(),
      }),
  });
}

async function untilAcked(run: LiveRun, records: number): Promise<void> {
  while (run.recordsAcked < records) {
    if (run.failure !== null) throw new Error(run.failure);
    if (run.counters.recordsFailed > 0) throw new Error(`${run.counters.recordsFailed} records failed`);
    await sleep(LOOK_MS);
  }
}

/** From the log: when each record of the stream was acknowledged, `startMs` being the wall's time of its beginning. */
function acksIn(run: LiveRun, startMs: number): Pick<BridgeReport, 'ackMs' | 'acks'> {
  const sentAt = new Map<number, number>();
  const batches = new Map<number, number[]>();
  const ackMs: number[] = [];
  const acks: Ack[] = [];
  const { tape } = run;
  const reader: EventReader = tape.read(tape.startSeq);
  while (reader.seq < tape.endSeq) {
    const event = reader.next();
    if (event.type === 'record.sent') sentAt.set(event.record, event.at);
    else if (event.type === 'record.appended')
      batches.set(event.batch, [...(batches.get(event.batch) ?? []), event.record]);
    else if (event.type === 'batch.completed') {
      acks.push({ seq: event.seq, atMs: startMs + event.at / US_PER_MS });
      for (const record of batches.get(event.batch) ?? [])
        if (record >= plan.warmUpRecords)
          ackMs.push((event.at - (sentAt.get(record) ?? Number.NaN)) / US_PER_MS);
    }
  }
  return { ackMs, acks };
}

const run = await createRun();
const server =
  plan.pageFolder === null
    ? null
    : await startServer({
        port: FIRST_PORT,
        pageFolder: plan.pageFolder,
        page: null,
        live: 'kafka',
        onViewer: (socket) => welcomeViewer(socket, run, processWall, 'presenter'),
      });
if (server !== null) console.log(JSON.stringify({ port: server.port, token: server.token }));
// With a door it begins with the first viewer: nothing is to be missed.
while (server !== null && run.viewers === 0) await sleep(LOOK_MS);
run.start();
const startMs = performance.timeOrigin + performance.now() - run.nowUs / US_PER_MS;
await untilAcked(run, plan.warmUpRecords);
const already = run.recordsAcked;
const stop = startStopwatch();
await untilAcked(run, all);
const effort: Effort = stop(all - already);
const looked = all <= MOST_LOOKED_UP ? acksIn(run, startMs) : { ackMs: [], acks: [] };
console.log(JSON.stringify({ ...effort, ...looked } satisfies BridgeReport));

process.stdin.resume();
process.stdin.on('end', () => {
  void Promise.allSettled([run.stop(), server?.close()]).then(() => process.exit(0));
});
