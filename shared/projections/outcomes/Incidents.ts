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
  /** A long outage makes thousands, and each batch that is written later is looked up. */
  private readonly byBatch = new Map<number, Incident[]>();
  private readonly steps: { readonly seq: number; readonly counts: IncidentCounts }[] = [];

  open(kind: IncidentKind, batch: number, tp: number, records: number, cause: string, seq: number): void {
    if (records === 0) return;
    const incident = { kind, batch, tp, records, cause, fromSeq: seq, toSeq: Infinity };
    this.all.push(incident);
    const ofBatch = this.byBatch.get(batch);
    if (ofBatch === undefined) this.byBatch.set(batch, [incident]);
    else ofBatch.push(incident);
    this.step(kind, records, seq);
  }

  /** Ends the latest finding of the kind about this batch, if there is one. */
  close(kind: IncidentKind, batch: number, seq: number): void {
    const incident = this.byBatch
      .get(batch)
      ?.findLast((each) => each.kind === kind && each.toSeq === Infinity);
    if (incident === undefined) return;
    incident.toSeq = seq;
    this.step(kind, -incident.records, seq);
  }

  isOpen(kind: IncidentKind, batch: number): boolean {
    return this.about(batch, kind, Infinity).length > 0;
  }

  /** With events [0, seq) applied. */
  counts(seq: number): IncidentCounts {
    const { steps } = this;
    return steps[countBefore(steps.length, (i) => (steps[i]?.seq ?? 0) < seq) - 1]?.counts ?? NONE;
  }

  asOf(kind: IncidentKind, seq: number): readonly Incident[] {
    return this.all.filter((each) => each.kind === kind && holdsAt(each, seq));
  }

  /** The findings of the kind about one batch, with events [0, seq) applied. */
  about(batch: number, kind: IncidentKind, seq: number): readonly Incident[] {
    return this.byBatch.get(batch)?.filter((each) => each.kind === kind && holdsAt(each, seq)) ?? [];
  }

  private step(kind: IncidentKind, by: number, seq: number): void {
    const counts = this.steps.at(-1)?.counts ?? NONE;
    this.steps.push({ seq, counts: { ...counts, [kind]: counts[kind] + by } });
  }
}

const holdsAt = ({ fromSeq, toSeq }: Incident, seq: number): boolean => fromSeq < seq && toSeq >= seq;
