/** A high watermark never falls within a leader epoch, and never passes the end of its leader's log. */
import type { PipelineEvent, EventOf } from '#events/catalogue';
import type { Law, LawContext } from './Law.ts';

const LAW = 'high watermark';
const EPOCHS = 1 << 20;

export class WatermarkLaw implements Law {
  private readonly context: LawContext;
  /** By partition and leader epoch. */
  private readonly marks = new Map<number, number>();
  private readonly isrs = new Map<number, readonly number[]>();

  constructor(context: LawContext) {
    this.context = context;
  }

  add(event: PipelineEvent): void {
    if (event.type === 'isr.changed') this.isrs.set(event.tp, event.isr);
    if (event.type === 'highWatermark.advanced') this.advanced(event);
  }

  private advanced(event: EventOf<'highWatermark.advanced'>): void {
    const { tp, highWatermark, lastStableOffset, leaderEpoch } = event;
    const { logs } = this.context;
    const key = tp * EPOCHS + leaderEpoch;
    const before = this.marks.get(key) ?? 0;
    if (highWatermark < before) {
      this.context.broken(
        LAW,
        `partition ${tp}: it fell from ${before} to ${highWatermark} in one leader epoch`,
      );
    }
    this.marks.set(key, highWatermark);
    if (lastStableOffset > highWatermark) {
      this.context.broken(
        LAW,
        `partition ${tp}: the stable offset ${lastStableOffset} is beyond ${highWatermark}`,
      );
    }
    const log = logs.logInEpoch(tp, leaderEpoch);
    if (log !== null && highWatermark > log.endOffset) {
      this.context.broken(LAW, `partition ${tp}: ${highWatermark} is beyond the log's end ${log.endOffset}`);
    }
    this.everyoneHas(tp, highWatermark, leaderEpoch);
  }

  /** Committed means: in the log of everyone in the ISR. */
  private everyoneHas(
    tp: EventOf<'highWatermark.advanced'>['tp'],
    highWatermark: number,
    epoch: number,
  ): void {
    const { logs } = this.context;
    const leader = logs.leader(tp);
    // A leader that has been replaced does not know the ISR any more; what it commits is the loss law's business.
    if (leader === null || logs.logInEpoch(tp, epoch) !== logs.of(tp, leader)) return;
    for (const node of this.isrs.get(tp) ?? []) {
      const { endOffset } = logs.of(tp, node as typeof leader);
      if (endOffset < highWatermark) {
        this.context.broken(
          LAW,
          `partition ${tp}: ${highWatermark} is committed, and broker ${node} has ${endOffset}`,
        );
        return;
      }
    }
  }

  end(): void {
    // It moves only with events.
  }
}
