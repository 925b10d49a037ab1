/** For tests and the soak: a run against a cluster, with its ledger, from the first record to an orderly end. */
import { setTimeout as sleep } from 'node:timers/promises';
import { known } from '#base/assert';
import type { EventType, PipelineEvent } from '#events/catalogue';
import type { EventReader } from '#events/EventLogView';
import type { CommandBody, Scenario } from '#model/Scenario';
import type { ClientName } from '../arguments.ts';
import { createKafkajsEngine, type KafkajsEngine } from '../kafkajsEngine.ts';
import { Ledger } from '../Ledger.ts';
import { LedgerReader } from '../reading/LedgerReader.ts';
import { LiveLedger } from '../LiveLedger.ts';
import { LiveRun } from '../LiveRun.ts';
import type { OwnBrokers } from '../ownBrokers.ts';
import { liveScenario, type LiveScenarioOptions } from '../liveScenario.ts';
import { ledgerNumber } from '../RecordContents.ts';
import { processWall } from '../WallClock.ts';
import { findTopics, type BrokerEndpoint } from './topics.ts';

export interface LiveOnCluster {
  readonly run: LiveRun;
  readonly engine: KafkajsEngine;
  readonly ledger: Ledger;
  readonly command: (body: CommandBody) => void;
  /** The account takes in what the producer has said since; a long run asks for it now and then. */
  readonly follow: () => void;
  /** Until the workload has sent what it was to send, and every record has an outcome; then the topic is read to its end. */
  readonly settle: (limitMs: number) => Promise<void>;
  /** Settled, and read again until nothing acked is missing: with acks=0 nobody knows when the brokers have it all. */
  readonly arrive: (limitMs: number) => Promise<void>;
  readonly count: (type: EventType) => number;
  readonly events: () => readonly PipelineEvent[];
  /** Records of this run that a reader of committed ones gets, from the topic's beginning. */
  readonly committed: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

export interface LiveOnClusterOptions extends Pick<LiveScenarioOptions, 'workload' | 'application'> {
  readonly endpoints: readonly BrokerEndpoint[];
  readonly topic: string;
  /** Further ones that it may write to; made like the first. */
  readonly otherTopics?: readonly string[];
  readonly partitions: number;
  readonly ledgerRun: number;
  /** Whose producer it is; the engine's own unless told. */
  readonly client?: ClientName;
  readonly own?: OwnBrokers;
  /** Where the ledger reads; `endpoints` unless told: a cut link would hold the reader up too. */
  readonly readAt?: readonly BrokerEndpoint[];
  /** Told of every event, as the account follows. */
  readonly watch?: (event: PipelineEvent) => void;
  /** With the ledger that viewers of the bridge are told. */
  readonly hasLiveLedger?: boolean;
}

const LOOK_MS = 50;
const COMMITTED_LIMIT_MS = 30_000;

export async function liveOnCluster(options: LiveOnClusterOptions): Promise<LiveOnCluster> {
  const { endpoints, topic, otherTopics = [], partitions, ledgerRun, workload, application, watch } = options;
  const readAt = options.readAt ?? endpoints;
  const like = { partitions, replicationFactor: null, minInsyncReplicas: null };
  const others = otherTopics.map((other) => ({ ...like, topic: other }));
  const [found, ...further] = await findTopics(endpoints, [{ ...like, topic }, ...others]);
  const topics = [topic, ...otherTopics];
  const ledger = new Ledger(ledgerRun);
  let followed = 0;
  const scenario = liveScenario({
    seed: ledgerRun,
    brokers: found.brokers.length,
    topics: [found.topic, ...further.map((one) => one.topic)],
    ...(workload === undefined ? {} : { workload }),
    ...(application === undefined ? {} : { application }),
  });
  const engines: KafkajsEngine[] = [];
  const liveLedger = new LiveLedger({ ledgerRun, bootstrap: readAt, topics });
  if (options.hasLiveLedger === true) await liveLedger.begin();
  const run = new LiveRun({
    wall: processWall,
    hasWholeLog: true,
    ...(options.hasLiveLedger === true ? { ledger: liveLedger } : {}),
    engine: (openLog) => {
      const engine = createKafkajsEngine({
        scenario,
        client: options.client ?? 'linger',
        brokers: found.brokers,
        bootstrap: endpoints,
        own: options.own ?? null,
        watchAt: readAt,
        ledgerRun,
        openLog,
        beganAtMs: Date.now(),
      });
      engines.push(engine);
      return engine;
    },
  });
  const follow = (): void => {
    const { endSeq } = run.wholeTape;
    const events = run.wholeTape.read(followed);
    ledger.follow(watch === undefined ? events : watched(events, watch), endSeq);
    followed = endSeq;
  };
  const reader = new LedgerReader({
    bootstrap: readAt,
    topics,
    notes: {
      take(of, partition, records) {
        follow();
        ledger.read(of, partition, records);
      },
      reached: (of, partition, offset) => ledger.reached(of, partition, offset, null),
      gone(of, partition, from, to) {
        follow();
        ledger.gone(of, partition, from, to);
      },
      cutOff: (of, partition, from, to) => ledger.cutOff(of, partition, from, to),
    },
  });
  await reader.begin();
  run.start();
  const engine = known(engines[0], 'the engine of the run');
  const settle = async (limitMs: number): Promise<void> => {
    const limit = performance.now() + limitMs;
    const wanted = toSend(engine.scenario);
    for (follow(); !isSettled(ledger, wanted); follow()) {
      if (run.failure !== null) throw new Error(run.failure);
      if (performance.now() > limit)
        throw new Error(`not settled within ${limitMs} ms: ${JSON.stringify(ledger.counts)}`);
      await sleep(LOOK_MS);
    }
    await reader.readToEnd(limitMs);
  };
  return {
    run,
    engine,
    ledger,
    follow,
    command(body) {
      const sentence = run.execute(body);
      if (sentence !== null) throw new Error(sentence);
    },
    settle,
    async arrive(limitMs) {
      const limit = performance.now() + limitMs;
      for (await settle(limitMs); ledger.counts.ackedAndMissing > 0; await settle(limitMs)) {
        if (performance.now() > limit) throw new Error(`not all arrived: ${JSON.stringify(ledger.counts)}`);
        await sleep(LOOK_MS);
      }
    },
    count: (type) => eventsOf(run).filter((event) => event.type === type).length,
    events: () => eventsOf(run),
    async committed() {
      const seen = new Set<number>();
      const committed = new LedgerReader({
        bootstrap: readAt,
        topics,
        isolationLevel: 'read_committed',
        notes: {
          take(_of, _partition, records) {
            for (const record of records) seen.add(ledgerNumber(record, ledgerRun) ?? -1);
          },
        },
      });
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

/** The same reader, with somebody who looks over its shoulder. */
const watched = (events: EventReader, watch: (event: PipelineEvent) => void): EventReader => ({
  get seq() {
    return events.seq;
  },
  next() {
    const event = events.next();
    watch(event);
    return event;
  },
});

function eventsOf({ wholeTape: tape }: LiveRun): readonly PipelineEvent[] {
  const events: PipelineEvent[] = [];
  const reader = tape.read(tape.startSeq);
  while (reader.seq < tape.endSeq) events.push(reader.next());
  return events;
}

/** Records that the workload sends in all; 1 of one that has been stopped: it sent what it sent. */
function toSend({ applications, commands }: Scenario): number {
  const set = commands.findLast((command) => command.do === 'workload.set');
  const { recordsPerS, records } = { ...known(applications[0], 'an application').workload, ...set?.workload };
  if (recordsPerS === 0) return 1;
  if (records === 0) throw new Error('a workload without an end never settles: stop it first');
  return records;
}

/** Between two records everything that was sent may have its outcome, long before the last one. */
const isSettled = ({ counts }: Ledger, wanted: number): boolean =>
  counts.sent >= wanted && counts.acked + counts.failed === counts.sent;
