/** What a run on a real cluster begins with: slow enough for the eye, and every record carries its number. */
import { DEFAULT_APPLICATION, DEFAULT_SCENARIO, DEFAULT_WORKLOAD } from '#model/defaultScenario';
import type { ApplicationSpec, Scenario, TopicSpec, WorkloadSpec } from '#model/Scenario';
import { LEDGER_HEADER_BYTES } from './RecordContents.ts';
import type { Topics } from './kafkajs/topics.ts';

const RECORDS_PER_S = 200;

export interface LiveScenarioOptions {
  readonly seed: number;
  readonly brokers: number;
  /** The application writes to the first one. */
  readonly topics: Topics<TopicSpec>;
  /** Known of brokers of our own; the page says it beside the button that stops one. */
  readonly brokerSessionTimeoutMs?: number;
  readonly workload?: Partial<WorkloadSpec>;
  readonly application?: Partial<Omit<ApplicationSpec, 'workload'>>;
}

export function liveScenario(options: LiveScenarioOptions): Scenario {
  const { seed, brokers, topics, workload, application } = options;
  const { cluster } = DEFAULT_SCENARIO;
  const { brokerSessionTimeoutMs = cluster.brokerSessionTimeoutMs } = options;
  return {
    ...DEFAULT_SCENARIO,
    seed,
    cluster: { ...cluster, brokers, topics, start: 'cold', brokerSessionTimeoutMs },
    // Time is the wall's: what the work costs is measured, and nothing is added.
    costs: { sendUs: 0, serializeUsPerKiB: 0, partitionUs: 0, appendUs: 0, callbackUs: 0 },
    applications: [
      {
        ...DEFAULT_APPLICATION,
        ...application,
        workload: {
          ...DEFAULT_WORKLOAD,
          recordsPerS: RECORDS_PER_S,
          headerBytes: LEDGER_HEADER_BYTES,
          ...workload,
          topic: topics[0].topic,
        },
      },
    ],
  };
}
