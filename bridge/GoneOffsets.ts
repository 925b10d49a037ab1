/** Offsets that were no longer in the log when the reader came to them, by partition: the latest stretches of each. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Whoever is judged late was acknowledged late; stretches from before that are of no use. */
const MOST_STRETCHES = 100;

export class GoneOffsets {
  private readonly ofTp = new Map<number, Stretch[]>();
  private readonly counts = new Map<number, number>();

  /** `to` is one past the last. */
  add(tp: number, from: number, to: number): void {
    const stretches = this.ofTp.get(tp) ?? [];
    stretches.push({ from, to });
    this.ofTp.set(tp, stretches.slice(-MOST_STRETCHES));
    this.counts.set(tp, this.stretches(tp) + 1);
  }

  has(tp: number, offset: number): boolean {
    return this.ofTp.get(tp)?.some(({ from, to }) => offset >= from && offset < to) ?? false;
  }

  /** How many stretches there have been. */
  stretches(tp: number): number {
    return this.counts.get(tp) ?? 0;
  }
}
