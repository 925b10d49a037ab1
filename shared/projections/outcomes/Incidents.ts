/** Where the log and what the application was told disagree: each such finding, from one seq to another. */
import { countBefore } from '#base/countBefore';

export const INCIDENT_KINDS = ['duplicated', 'lost-after-ack', 'failed-yet-stored', 'reordered'] as const;
export type IncidentKind = (typeof INCIDENT_KINDS)[number];

export interface Incident {
  readonly kind: IncidentKind;
  readonly batch: number;
  readonly tp: number;
  readonly records: number;
  /** One clause that says how it came about. */
  readonly cause: string;
  readonly fromSeq: number;
  /** Infinity: it still is so. */
  toSeq: number;
}

export type IncidentCounts = Readonly<Record<IncidentKind, number>>;

const NONE: IncidentCounts = { duplicated: 0, 'lost-after-ack': 0, 'failed-yet-stored': 0, reordered: 0 };

export class Incidents {
  readonly all: Incident[] = [];
  private readonly steps: { readonly seq: number; readonly counts: IncidentCounts }[] = [];

  open(kind: IncidentKind, batch: number, tp: number, records: number, cause: string, seq: number): void {
    if (records === 0) return;
    this.all.push({ kind, batch, tp, records, cause, fromSeq: seq, toSeq: Infinity });
    this.step(kind, records, seq);
  }

  /** Ends the latest finding of the kind about this batch, if there is one. */
  close(kind: IncidentKind, batch: number, seq: number): void {
    const incident = this.all.findLast(
      (each) => each.kind === kind && each.batch === batch && each.toSeq === Infinity,
    );
    if (incident === undefined) return;
    incident.toSeq = seq;
    this.step(kind, -incident.records, seq);
  }

  isOpen(kind: IncidentKind, batch: number): boolean {
    return this.all.some((each) => each.kind === kind && each.batch === batch && each.toSeq === Infinity);
  }

  /** With events [0, seq) applied. */
  counts(seq: number): IncidentCounts {
    const { steps } = this;
    return steps[countBefore(steps.length, (i) => (steps[i]?.seq ?? 0) < seq) - 1]?.counts ?? NONE;
  }

  asOf(kind: IncidentKind, seq: number): readonly Incident[] {
    return this.all.filter((each) => each.kind === kind && each.fromSeq < seq && each.toSeq >= seq);
  }

  private step(kind: IncidentKind, by: number, seq: number): void {
    const counts = this.steps.at(-1)?.counts ?? NONE;
    this.steps.push({ seq, counts: { ...counts, [kind]: counts[kind] + by } });
  }
}
