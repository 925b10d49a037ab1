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
  total = 0;
  /** Of the bins from `first` on, whole octaves: most histograms hold a few of them. */
  private counts = new Uint32Array(0);
  private first = 0;

  add(value: number, times = 1): void {
    this.addBin(binOf(value), times);
    this.total += times;
  }

  merge(other: Histogram): void {
    for (let i = 0; i < other.counts.length; i++) {
      const count = other.counts[i] as number;
      if (count > 0) this.addBin(other.first + i, count);
    }
    this.total += other.total;
  }

  /** The least value that so many parts of a thousand do not exceed; null when empty. */
  quantile(permille: number): number | null {
    if (this.total === 0) return null;
    const wanted = Math.max(1, (this.total * permille) / 1000);
    let seen = 0;
    for (let i = 0; i < this.counts.length; i++) {
      seen += this.counts[i] as number;
      const bin = this.first + i;
      if (seen >= wanted) return (leastOf(bin) + leastOf(bin + 1)) / 2;
    }
    return leastOf(BINS);
  }

  /** Octaves that hold anything: [from, to) and how many. */
  octaves(): readonly { readonly from: number; readonly to: number; readonly count: number }[] {
    const rows: { from: number; to: number; count: number }[] = [];
    for (let i = 0; i < this.counts.length; i++) {
      const count = this.counts[i] as number;
      if (count === 0) continue;
      const bin = this.first + i;
      const octave = bin - (bin % SUB);
      const from = leastOf(octave);
      const last = rows.at(-1);
      if (last?.from === from) last.count += count;
      else rows.push({ from, to: leastOf(octave + SUB), count });
    }
    return rows;
  }

  private addBin(bin: number, times: number): void {
    if (bin < this.first || bin >= this.first + this.counts.length) this.makeRoom(bin);
    const i = bin - this.first;
    this.counts[i] = (this.counts[i] as number) + times;
  }

  private makeRoom(bin: number): void {
    const octave = bin - (bin % SUB);
    const isEmpty = this.counts.length === 0;
    const first = isEmpty ? octave : Math.min(this.first, octave);
    const end = isEmpty ? octave + SUB : Math.max(this.first + this.counts.length, octave + SUB);
    const counts = new Uint32Array(end - first);
    if (!isEmpty) counts.set(this.counts, this.first - first);
    this.counts = counts;
    this.first = first;
  }
}
