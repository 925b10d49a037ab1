/** The run that both lessons about transactions start from: six records a transaction, to two topics. */
import type { ClientId } from '#base/ids';
import {
  DEFAULT_APPLICATION,
  DEFAULT_CLUSTER,
  DEFAULT_SCENARIO,
  DEFAULT_TOPIC,
  DEFAULT_WORKLOAD,
} from '#model/defaultScenario';
import type { Command, Scenario } from '#model/Scenario';
import type { ClientState } from '#projections/pipelineState';
import type { RunFacts } from './RunFacts.ts';

export const TRANSACTIONAL_ID = 'shop-tx';
export const RECORDS_OF_ONE = 6;

interface Spec {
  readonly records: number;
  /** Every so-many-th transaction is aborted; 0: none. */
  readonly abortEvery: number;
  readonly commands: readonly Command[];
  readonly producer?: Readonly<Record<string, string>>;
}

/** A record every 5 ms, sent at once. */
export const transactionRun = ({ records, abortEvery, commands, producer }: Spec): Scenario => ({
  ...DEFAULT_SCENARIO,
  seed: 7,
  cluster: {
    ...DEFAULT_CLUSTER,
    topics: [
      { ...DEFAULT_TOPIC, partitions: 2 },
      { ...DEFAULT_TOPIC, topic: 'audit', partitions: 1 },
    ],
  },
  applications: [
    {
      ...DEFAULT_APPLICATION,
      pattern: 'transaction-loop',
      transactions: { records: RECORDS_OF_ONE, abortEvery, alsoTopic: 'audit', offsetsGroup: '' },
      producer: { 'transactional.id': TRANSACTIONAL_ID, 'linger.ms': '0', ...producer },
      workload: {
        ...DEFAULT_WORKLOAD,
        recordsPerS: 200,
        valueBytes: 100,
        valueSpreadPercent: 0,
        keys: 6,
        keySkewPercent: 0,
        records,
      },
    },
  ],
  commands,
});

/** The n-th producer of the run, from 0; undefined: it has not started yet. */
export const producerOf = ({ state }: RunFacts, n: number): ClientState | undefined =>
  state.clients.get(n as ClientId);

export const markersIn = ({ state }: RunFacts): number =>
  [...state.partitions.values()].reduce((sum, { markers }) => sum + markers, 0);

/** Partitions that an open transaction holds back: there is more in them than a read_committed reader may see. */
export const heldBackIn = ({ state }: RunFacts): number =>
  [...state.partitions.values()].filter(
    ({ highWatermark, lastStableOffset }) => lastStableOffset < highWatermark,
  ).length;
