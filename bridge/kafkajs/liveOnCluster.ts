/** For tests: a run against a cluster, with its ledger, from the first record to an orderly end. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventType, PipelineEvent } from '#events/catalogue';
import type { CommandBody } from '#model/Scenario';
import { createKafkajsEngine, type OwnBrokers } from '../kafkajsEngine.ts';
import { Ledger } from '../Ledger.ts';
import { LedgerReader } from '../LedgerReader.ts';
import { LiveRun } from '../LiveRun.ts';
import { liveScenario, type LiveScenarioOptions } from '../liveScenario.ts';
import { ledgerNumber } from '../RecordContents.ts';
import { processWall } from '../WallClock.ts';
import { findTopic, type BrokerEndpoint } from './topics.ts';

export interface LiveOnCluster {
  readonly run: LiveRun;
  readonly ledger: Ledger;
  readonly command: (body: CommandBody) => void;
  /** Until every record that was sent has an outcome; then the topic is read to its end. */
  readonly settle: (limitMs: number) => Promise<void>;
  readonly count: (type: EventType) => number;
  readonly events: () => readonly PipelineEvent[];
  /** Records of this run that a reader of committed ones gets, from the topic's beginning. */
  readonly committed: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

export interface LiveOnClusterOptions extends Pick<LiveScenarioOptions, 'workload' | 'application'> {
  readonly endpoints: readonly BrokerEndpoint[];
  readonly topic: string;
  readonly partitions: number;
  readonly ledgerRun: number;
  readonly own?: OwnBrokers;
}

const LOOK_MS = 50;
const COMMITTED_LIMIT_MS = 30_000;

export async function liveOnCluster(options: LiveOnClusterOptions): Promise<LiveOnCluster> {
  const { endpoints, topic, partitions, ledgerRun, workload, application } = options;
  const wanted = { topic, partitions, replicationFactor: null, minInsyncReplicas: null };
  const found = await findTopic(endpoints, wanted);
  const nodes = found.brokers.map(({ node }) => node);
  const ledger = new Ledger(ledgerRun, topic);
  let followed = 0;
  const scenario = liveScenario({
    seed: ledgerRun,
    brokers: nodes.length,
    topic: found.topic,
    ...(workload === undefined ? {} : { workload }),
    ...(application === undefined ? {} : { application }),
  });
  const run = new LiveRun({
    wall: processWall,
    engine: (openLog) =>
      createKafkajsEngine({
        scenario,
        nodes,
        bootstrap: endpoints,
        own: options.own ?? null,
        ledgerRun,
        openLog,
        beganAtMs: Date.now(),
      }),
  });
  const follow = (): void => {
    const { endSeq } = run.tape;
    ledger.follow(run.tape.read(followed), endSeq);
    followed = endSeq;
  };
  const reader = new LedgerReader(endpoints, topic, (partition, records) => {
    follow();
    ledger.read(partition, records);
  });
  await reader.begin();
  run.start();
  return {
    run,
    ledger,
    command(body) {
      const sentence = run.execute(body);
      if (sentence !== null) throw new Error(sentence);
    },
    async settle(limitMs) {
      const limit = performance.now() + limitMs;
      for (follow(); !isSettled(ledger); follow()) {
        if (run.failure !== null) throw new Error(run.failure);
        if (performance.now() > limit)
          throw new Error(`not settled within ${limitMs} ms: ${JSON.stringify(ledger.counts)}`);
        await sleep(LOOK_MS);
      }
      await reader.readToEnd(limitMs);
    },
    count: (type) => eventsOf(run).filter((event) => event.type === type).length,
    events: () => eventsOf(run),
    async committed() {
      const seen = new Set<number>();
      const committed = new LedgerReader(
        endpoints,
        topic,
        (_, records) => {
          for (const record of records) seen.add(ledgerNumber(record, ledgerRun) ?? -1);
        },
        'read_committed',
      );
      try {
        await committed.readToEnd(COMMITTED_LIMIT_MS);
      } finally {
        committed.close();
      }
      seen.delete(-1);
      return seen.size;
    },
    async stop() {
      reader.close();
      await run.stop();
    },
  };
}

function eventsOf({ tape }: LiveRun): readonly PipelineEvent[] {
  const events: PipelineEvent[] = [];
  const reader = tape.read(tape.startSeq);
  while (reader.seq < tape.endSeq) events.push(reader.next());
  return events;
}

const isSettled = ({ counts }: Ledger): boolean =>
  counts.sent > 0 && counts.acked + counts.failed === counts.sent;
