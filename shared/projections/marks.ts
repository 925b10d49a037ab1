/** Moments of a run worth stopping at: marks for the scrubber, requests that leave, and where time should slow down. */
import { countBefore } from '#base/countBefore';
import type { EventOf, PipelineEvent } from '#events/catalogue';
import { Column } from './columns.ts';

export type MarkKind = 'command' | 'fault' | 'error' | 'election';

export interface Mark {
  readonly kind: MarkKind;
  readonly seq: number;
  readonly at: number;
  readonly label: string;
}

/** Errors that say the same within this time are one mark. */
const SAME_ERROR_US = 100_000;

const FAULTS = new Set(['broker', 'link', 'answer', 'next', 'replica', 'network']);

export class Marks {
  private readonly marks: Mark[] = [];
  private readonly tpNames = new Map<number, string>();
  /** Events at which a Produce request leaves. */
  private readonly leaves = new Column();
  private leaveCount = 0;

  /** In order. */
  get all(): readonly Mark[] {
    return this.marks;
  }

  get batchesLeft(): number {
    return this.leaveCount;
  }

  /** Seq of the event at which the n-th Produce request leaves. */
  leave(n: number): number {
    return this.leaves.get(n);
  }

  /** How many Produce requests left before `seq`. */
  leavesBefore(seq: number): number {
    return countBefore(this.leaveCount, (i) => this.leaves.get(i) < seq);
  }

  /** The first mark at or after `seq`, or null. */
  next(seq: number): Mark | null {
    return this.marks[this.marksBefore(seq)] ?? null;
  }

  /** The last mark before `seq`, or null. */
  previous(seq: number): Mark | null {
    return this.marks[this.marksBefore(seq) - 1] ?? null;
  }

  private marksBefore(seq: number): number {
    return countBefore(this.marks.length, (i) => (this.marks[i]?.seq ?? 0) < seq);
  }

  add(event: PipelineEvent): void {
    switch (event.type) {
      case 'partition.named':
        this.tpNames.set(event.tp, `${event.topic}-${event.partition}`);
        return;
      case 'request.sent':
        if (event.api === 'PRODUCE') this.leaves.set(this.leaveCount++, event.seq);
        return;
      case 'command.applied':
        this.addCommand(event);
        return;
      case 'fault.struck':
        this.push('fault', event, event.api === null ? 'fault' : `fault: ${event.api}`);
        return;
      case 'broker.moved':
        if (event.to !== 'up') this.push('fault', event, `broker ${event.node} ${event.to}`);
        return;
      case 'broker.slowed':
        if (event.addedUs > 0) this.push('fault', event, `broker ${event.node} slow`);
        return;
      case 'leader.elected':
        // Every run begins with an election of each partition.
        if (event.at > 0)
          this.push('election', event, leaderLabel(event, this.tpNames.get(event.tp) ?? `tp ${event.tp}`));
        return;
      case 'batch.failed':
        this.push('error', event, event.exception);
        return;
      case 'batch.requeued':
        this.push('error', event, event.error);
        return;
      case 'record.refused':
        this.push('error', event, event.exception);
        return;
      case 'request.lost':
        this.push('error', event, `request ${event.by}`);
        return;
      default:
    }
  }

  private addCommand(event: EventOf<'command.applied'>): void {
    const { command } = event;
    const name =
      typeof command === 'object' && command !== null && 'do' in command ? String(command.do) : 'command';
    this.push(FAULTS.has(name.split('.')[0] ?? '') ? 'fault' : 'command', event, name);
  }

  private push(kind: MarkKind, { seq, at }: PipelineEvent, label: string): void {
    for (let i = this.marks.length - 1; i >= 0; i--) {
      const mark = this.marks[i] as Mark;
      if (mark.at < at - SAME_ERROR_US) break;
      if (mark.kind === kind && mark.label === label) return;
    }
    this.marks.push({ kind, seq, at, label });
  }
}

const leaderLabel = ({ leader, unclean }: EventOf<'leader.elected'>, tp: string): string =>
  leader === null ? `${tp} without leader` : `broker ${leader} leads ${tp}${unclean ? ', unclean' : ''}`;
