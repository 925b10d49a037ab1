/**
 * How a page has its bridge start a local cluster: an HTTP POST that is answered with a line of JSON for each step, and
 * a last one that says how it ended.
 */
import * as v from 'valibot';

export const START_CLUSTER_PATH = '/start-cluster';

const report = v.variant('kind', [
  v.strictObject({ kind: v.literal('step'), line: v.string() }),
  /** Live mode is there. */
  v.strictObject({ kind: v.literal('started') }),
  v.strictObject({ kind: v.literal('failed'), sentence: v.string() }),
]);
export type StartReport = v.InferOutput<typeof report>;

export const writeStartReport = (one: StartReport): string => `${JSON.stringify(one)}\n`;

/** null: no such report. */
export function parseStartReport(line: string): StartReport | null {
  try {
    const read = v.safeParse(report, JSON.parse(line));
    return read.success ? read.output : null;
  } catch {
    return null;
  }
}
