/** Counts of whole numbers in bins of 1/16 of an octave: what is read back is within 6 % of what was put in. */

const SUB_BITS = 4;
const SUB = 1 << SUB_BITS;
const BINS = (33 - SUB_BITS) * SUB;
const LARGEST = 0xffff_ffff;

function binOf(value: number): number {
  const v = Math.min(LARGEST, Math.max(0, Math.floor(value))) >>> 0;
  if (v < SUB) return v;
  const octave = 31 - Math.clz32(v);
  return (octave - SUB_BITS + 1) * SUB + ((v >>> (octave - SUB_BITS)) & (SUB - 1));
}

/** The least value of a bin. */
function leastOf(bin: number): number {
  if (bin < SUB) return bin;
  let least = SUB + (bin % SUB);
  for (let octave = Math.floor(bin / SUB); octave > 1; octave--) least *= 2;
  return least;
}

export class Histogram {
  readonly counts = new Uint32Array(BINS);
  total = 0;

  add(value: number, times = 1): void {
    const bin = binOf(value);
    this.counts[bin] = (this.counts[bin] as number) + times;
    this.total += times;
  }

  merge(other: Histogram): void {
    for (let bin = 0; bin < BINS; bin++) {
      this.counts[bin] = (this.counts[bin] as number) + (other.counts[bin] as number);
    }
    this.total += other.total;
  }

  /** The least value that so many parts of a thousand do not exceed; null when empty. */
  quantile(permille: number): number | null {
    if (this.total === 0) return null;
    const wanted = Math.max(1, (this.total * permille) / 1000);
    let seen = 0;
    for (let bin = 0; bin < BINS; bin++) {
      seen += this.counts[bin] as number;
      if (seen >= wanted) return (leastOf(bin) + leastOf(bin + 1)) / 2;
    }
    return leastOf(BINS);
  }

  /** Octaves that hold anything: [from, to) and how many. */
  octaves(): readonly { readonly from: number; readonly to: number; readonly count: number }[] {
    const rows: { from: number; to: number; count: number }[] = [];
    for (let bin = 0; bin < BINS; bin++) {
      const count = this.counts[bin] as number;
      if (count === 0) continue;
      const first = bin - (bin % SUB);
      const from = leastOf(first);
      const last = rows.at(-1);
      if (last?.from === from) last.count += count;
      else rows.push({ from, to: leastOf(first + SUB), count });
    }
    return rows;
  }
}
