/** What a link can say of the parts of a scenario, for its writer and its reader. */
import type { Micros } from '#base/time';
import { SETTINGS } from '#engine/ProducerConfig';
import type { CpuCosts } from '#engine/RunContext';
import { numberFields, textField, wordField, type QueryFields } from './queryFields.ts';
import { CLUSTER_RANGES, COST_RANGES, PATTERNS, SEED_RANGE, STARTS, THREADS_RANGE } from './ranges.ts';
import type { ApplicationSpec, ClusterSpec, Scenario } from './Scenario.ts';

/** Last parameter of a link that is whole. */
export const END = 'end';

export interface Playhead {
  readonly at: Micros;
  /** Between events of the same instant; null: after all of them. */
  readonly seq: number | null;
  readonly paused: boolean;
}

export const APPLICATION_FIELDS: QueryFields<ApplicationSpec> = [
  textField('app', 'name', /^[\w -]{1,40}$/),
  wordField('pattern', 'pattern', PATTERNS),
  ...numberFields<ApplicationSpec>({ threads: THREADS_RANGE }),
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
