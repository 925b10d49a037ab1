/**
 * The live run of the moment. What only holds from the start of a run (threads, sync or async, transactions, another
 * application) is had by beginning another one: it takes this one's place, on the same topic, for all viewers.
 */
import type { ApplicationSpec, Scenario } from '#model/Scenario';
import { readLink } from '#model/scenarioQuery';
import { validateScenario } from '#model/validateScenario';
import { ceilingSentence, type Ceilings } from './ceilings.ts';
import type { LiveRun } from './LiveRun.ts';

/** Makes ready another run; null: done, else a sentence that says why the present one goes on. */
export type BeginAnother = (applications: readonly ApplicationSpec[]) => Promise<string | null>;

/** `applications`: null for the first run. @throws Error with a sentence. */
export type MakeRun = (
  applications: readonly ApplicationSpec[] | null,
  beginAnother: BeginAnother,
) => Promise<LiveRun>;

export interface PresentRun {
  readonly run: LiveRun;
  stop(): Promise<void>;
}

/**
 * The applications of a link on the cluster of `present`, or a sentence that says why they cannot be. `refusals`: of the
 * engine (`LiveEngine`).
 */
export function applicationsOf(
  link: string,
  present: Scenario,
  ceilings: Ceilings,
  refusals: ReadonlyMap<string, string> = new Map(),
): readonly ApplicationSpec[] | string {
  const { scenario, notices } = readLink(link);
  const { applications } = scenario;
  const wanted = { ...present, applications, commands: [] };
  const [sentence] = [...notices, ...validateScenario(wanted)];
  const workloads = applications.map(({ workload }) => workload);
  const settings = applications.flatMap(({ producer }) => Object.entries(producer));
  const refused = settings.map((setting) => refusals.get(setting.join('='))).find((one) => one !== undefined);
  return sentence ?? refused ?? ceilingSentence(ceilings, workloads) ?? applications;
}

/** @throws Error with a sentence when the first run cannot be made. */
export async function presentRun(make: MakeRun): Promise<PresentRun> {
  let isChanging = false;
  let isStopped = false;
  const beginAnother: BeginAnother = async (applications) => {
    if (isChanging || isStopped) return 'Another run is being begun already.';
    isChanging = true;
    try {
      const next = await make(applications, beginAnother);
      const before = run;
      run = next;
      await before.handOver();
      if (isStopped) await next.stop();
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      isChanging = false;
    }
  };
  let run = await make(null, beginAnother);
  return {
    get run() {
      return run;
    },
    stop() {
      isStopped = true;
      return run.stop();
    },
  };
}
