/** What a page may ask of the workload at most: set when the bridge starts, never by a page. */
import type { CommandBody, Scenario, WorkloadSpec } from '#model/Scenario';

export interface Ceilings {
  /** Of all applications together. */
  readonly recordsPerS: number;
  /** Of their values and headers. */
  readonly bytesPerS: number;
}
export const DEFAULT_CEILINGS: Ceilings = { recordsPerS: 50_000, bytesPerS: 50_000_000 };

const bytesOf = ({ valueBytes, headerBytes }: WorkloadSpec): number => valueBytes + headerBytes;

/** The scenario, slowed down as far as it has to be to stay below. */
export function withinCeilings(scenario: Scenario, { recordsPerS, bytesPerS }: Ceilings): Scenario {
  const share = 1 / scenario.applications.length;
  const applications = scenario.applications.map((application) => {
    const { workload } = application;
    const most = Math.min(recordsPerS, bytesPerS / Math.max(1, bytesOf(workload)));
    const slowed = Math.max(1, Math.floor(Math.min(workload.recordsPerS, most * share)));
    return { ...application, workload: { ...workload, recordsPerS: slowed } };
  });
  return { ...scenario, applications };
}

/** Why these workloads together would go beyond; null: they do not. */
export function ceilingSentence(
  { recordsPerS, bytesPerS }: Ceilings,
  workloads: readonly WorkloadSpec[],
): string | null {
  const records = workloads.reduce((sum, workload) => sum + workload.recordsPerS, 0);
  const bytes = workloads.reduce((sum, workload) => sum + workload.recordsPerS * bytesOf(workload), 0);
  if (records > recordsPerS) return `This bridge allows at most ${recordsPerS} records/s.`;
  return bytes > bytesPerS ? `This bridge allows at most ${bytesPerS} bytes/s.` : null;
}

/** Knows what the workloads are after every command that was carried out. */
export class Ceiling {
  private readonly ceilings: Ceilings;
  private readonly workloads: WorkloadSpec[];

  constructor(ceilings: Ceilings, { applications }: Scenario) {
    this.ceilings = ceilings;
    this.workloads = applications.map(({ workload }) => workload);
  }

  /** Why a command would go beyond, as a sentence; null: it does not. */
  refusalOf(command: CommandBody): string | null {
    const { bytesPerS } = this.ceilings;
    if (command.do === 'record.send')
      return command.valueBytes > bytesPerS ? `This bridge allows at most ${bytesPerS} bytes/s.` : null;
    if (command.do !== 'workload.set') return null;
    return ceilingSentence(this.ceilings, this.after(command));
  }

  /** The command was carried out. */
  follow(command: CommandBody): void {
    if (command.do === 'workload.set') this.workloads.splice(0, Infinity, ...this.after(command));
  }

  private after({ application, workload }: Extract<CommandBody, { do: 'workload.set' }>): WorkloadSpec[] {
    return this.workloads.map((present, i) => (i === application ? { ...present, ...workload } : present));
  }
}
