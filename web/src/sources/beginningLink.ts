/** The applications of another live run as a link: the one text of a scenario that everybody reads without trusting it. */
import { DEFAULT_SCENARIO, DEFAULT_TOPIC } from '#model/defaultScenario';
import type { ApplicationSpec } from '#model/Scenario';
import { writeLink } from '#model/scenarioQuery';

/** null: it would be longer than a link may be. */
export function beginningLink(applications: readonly ApplicationSpec[]): string | null {
  const names = new Set(applications.map(({ workload }) => workload.topic));
  const topics = [...names].map((topic) => ({ ...DEFAULT_TOPIC, topic }));
  const cluster = { ...DEFAULT_SCENARIO.cluster, topics };
  const { query, fits } = writeLink({ ...DEFAULT_SCENARIO, cluster, applications, commands: [] }, null);
  return fits ? query : null;
}
