/** What a link can say of the parts of a scenario, for its writer and its reader. */
import type { Micros } from '#base/time';
import { SETTINGS } from '#engine/ProducerConfig';
import type { CpuCosts } from '#engine/RunContext';
import { flagField, numberFields, within, textField, wordField, type QueryFields } from './queryFields.ts';
import {
  CLUSTER_RANGES,
  COST_RANGES,
  PATTERNS,
  SEED_RANGE,
  STARTS,
  THREADS_RANGE,
  TRANSACTION_RANGES,
} from './ranges.ts';
import type { ApplicationSpec, ClusterSpec, Scenario, TransactionSpec } from './Scenario.ts';

/** Last parameter of a link that is whole. */
export const END = 'end';

export interface Playhead {
  readonly at: Micros;
  /** Between events of the same instant; null: after all of them. */
  readonly seq: number | null;
  readonly paused: boolean;
}

const TRANSACTION_FIELDS: QueryFields<TransactionSpec> = [
  ...numberFields<TransactionSpec>(TRANSACTION_RANGES),
  textField('txtopic', 'alsoTopic', /^[a-zA-Z0-9._-]{0,249}$/),
  textField('txgroup', 'offsetsGroup', /^[\w.-]{0,100}$/),
];

export const APPLICATION_FIELDS: QueryFields<ApplicationSpec> = [
  textField('app', 'name', /^[\w -]{1,40}$/),
  wordField('pattern', 'pattern', PATTERNS),
  ...numberFields<ApplicationSpec>({ threads: THREADS_RANGE }),
  ...within<ApplicationSpec, 'transactions'>('transactions', TRANSACTION_FIELDS),
  flagField('standby', 'isStandby'),
];
export const CLUSTER_FIELDS: QueryFields<ClusterSpec> = [
  ...numberFields<ClusterSpec>(CLUSTER_RANGES),
  wordField('start', 'start', STARTS),
  {
    key: 'tv',
    write: ({ transactionVersion }) => String(transactionVersion),
    read: (text, into) =>
      text === '1' || text === '2'
        ? { ...into, transactionVersion: text === '1' ? 1 : 2 }
        : `${text} is neither 1 nor 2`,
  },
];
export const COST_FIELDS: QueryFields<CpuCosts> = numberFields<CpuCosts>(COST_RANGES);
export const SCENARIO_FIELDS: QueryFields<Scenario> = numberFields<Scenario>({ seed: SEED_RANGE });
export const SETTING_KEYS: ReadonlySet<string> = new Set(SETTINGS.map(({ key }) => key));
