/**
 * What an application sends and when, all from one seed: rates, keys, sizes. Integer arithmetic and tables, so that every
 * browser sends the same records. It knows no producer; the patterns beside it do.
 */
import { known } from '#base/assert';
import { countBefore } from '#base/countBefore';
import type { Random } from '#base/random';
import { log, pow } from '#base/strictMath';
import { utf8Bytes } from '#base/utf8';

const SECOND_US = 1_000_000;
const TWO_TO_32 = 4294967296;

/** Same shape as the scenario's `WorkloadSpec`, as far as sending goes. */
export interface Workload {
  readonly topic: string;
  readonly shape: 'steady' | 'poisson' | 'burst' | 'ramp';
  readonly recordsPerS: number;
  readonly burstRecords: number;
  readonly rampMs: number;
  readonly valueBytes: number;
  readonly valueSpreadPercent: number;
  readonly keys: number;
  readonly keySkewPercent: number;
  readonly headerBytes: number;
  readonly records: number;
}

// ---- when

/** Quantiles of the exponential distribution with mean 1, in 1/1024: gaps of a Poisson stream. */
const GAP_QUANTILES = 256;

function exponentialGaps(): Float64Array {
  const gaps = new Float64Array(GAP_QUANTILES);
  let sum = 0;
  for (let i = 0; i < GAP_QUANTILES; i++) {
    gaps[i] = -log((i + 0.5) / GAP_QUANTILES);
    sum += gaps[i] ?? 0;
  }
  // The middle of each step stands for all of it; scaled, the mean is 1 and the rate is met.
  for (let i = 0; i < GAP_QUANTILES; i++) gaps[i] = ((gaps[i] ?? 0) * GAP_QUANTILES) / sum;
  return gaps;
}

/** When each record of one thread is due. Threads share the rate and take turns. */
export interface Pace {
  /** Run time in µs at which the thread's next record is due; Infinity: none any more. */
  readonly dueUs: number;
  /** The record that was due has been sent. */
  advance(): void;
}

/** The `index`-th record of a stream that began at 0, in µs; closed form, so that nothing adds up wrong. */
function dueOf(workload: Workload, index: number): number {
  const { shape, recordsPerS, burstRecords, rampMs } = workload;
  if (recordsPerS <= 0) return Infinity;
  if (shape === 'burst') {
    const burst = Math.max(1, burstRecords);
    return Math.floor((Math.floor(index / burst) * burst * SECOND_US) / recordsPerS);
  }
  if (shape === 'ramp') {
    const rampUs = Math.max(1, rampMs) * 1000;
    // The mean of a ramp from 0 to the rate is half of it.
    const perRamp = Math.max(1, Math.floor((recordsPerS * rampUs) / (2 * SECOND_US)));
    const inRamp = index % perRamp;
    return Math.floor(index / perRamp) * rampUs + Math.floor(rampUs * Math.sqrt((inRamp + 0.5) / perRamp));
  }
  return Math.floor((index * SECOND_US) / recordsPerS);
}

/** The pace of thread `thread` of `threads` from `originUs` on. `random` is the thread's own stream. */
export function createPace(
  workload: Workload,
  originUs: number,
  thread: number,
  threads: number,
  random: Random,
): Pace {
  if (workload.shape === 'poisson') return poissonPace(workload, originUs, threads, random);
  let index = thread;
  let dueUs = originUs + dueOf(workload, index);
  return {
    get dueUs() {
      return dueUs;
    },
    advance() {
      index += threads;
      dueUs = originUs + dueOf(workload, index);
    },
  };
}

function poissonPace(workload: Workload, originUs: number, threads: number, random: Random): Pace {
  const { recordsPerS } = workload;
  const gaps = exponentialGaps();
  const meanGapUs = recordsPerS <= 0 ? Infinity : (threads * SECOND_US) / recordsPerS;
  // The fraction of a µs is carried on, or a high rate would come out too high.
  let exactUs = originUs;
  const step = (): void => {
    exactUs += meanGapUs * known(gaps[random.below(GAP_QUANTILES)], 'a quantile');
  };
  step();
  return {
    get dueUs() {
      return Math.floor(exactUs);
    },
    advance: step,
  };
}

// ---- what

/** Keys that are drawn alike: one each for the frequent ones, ranges for the tail. */
interface KeyBucket {
  readonly firstKey: number;
  readonly keys: number;
  /** Of 2^32: a draw below it, and not below the one before, takes this bucket. */
  readonly below: number;
}
/** Ranks with a bucket of their own; beyond, each bucket is twice as wide as its first rank. */
const EXACT_RANKS = 256;

/** Zipf: key k is drawn in proportion to (k + 1)^−exponent. Built once per workload. */
function zipfBuckets(keys: number, exponent: number): readonly KeyBucket[] {
  const ranges: { firstKey: number; keys: number; weight: number }[] = [];
  let sum = 0;
  for (let first = 0; first < keys;) {
    const width = first < EXACT_RANKS ? 1 : Math.min(first, keys - first);
    const middleRank = first + (width + 1) / 2;
    const weight = width / pow(middleRank, exponent);
    ranges.push({ firstKey: first, keys: width, weight });
    sum += weight;
    first += width;
  }
  let total = 0;
  return ranges.map(({ firstKey, keys: width, weight }, i) => {
    total += weight;
    const below = i === ranges.length - 1 ? TWO_TO_32 : Math.floor((total / sum) * TWO_TO_32);
    return { firstKey, keys: width, below };
  });
}

/** Which key comes next: −1 without keys. */
export function createKeyChoice(workload: Workload, random: Random): () => number {
  const { keys, keySkewPercent } = workload;
  if (keys <= 0) return () => -1;
  if (keySkewPercent <= 0 || keys === 1) return () => random.below(keys);
  const buckets = zipfBuckets(keys, keySkewPercent / 100);
  // Made once, for it is asked for every record.
  let draw = 0;
  const isBelow = (i: number): boolean => known(buckets[i], 'a bucket').below <= draw;
  return () => {
    draw = random.uint32();
    const bucket = known(buckets[countBefore(buckets.length, isBelow)], 'a bucket');
    return bucket.keys === 1 ? bucket.firstKey : bucket.firstKey + random.below(bucket.keys);
  };
}

/** How large the next value is: uniform within ± the spread. */
export function createSizeChoice(workload: Workload, random: Random): () => number {
  const { valueBytes, valueSpreadPercent } = workload;
  const spread = Math.floor((valueBytes * valueSpreadPercent) / 100);
  if (spread <= 0) return () => valueBytes;
  return () => valueBytes - spread + random.below(2 * spread + 1);
}

/** The text of a key, as `StringSerializer` gets it. */
export const keyText = (keyId: number): string => `user-${keyId}`;

/** Keys come again and again: their bytes are made once. */
export function createKeyBytes(): (keyId: number) => Uint8Array | null {
  const made: Uint8Array[] = [];
  return (keyId) => {
    if (keyId < 0) return null;
    let bytes = made[keyId];
    if (bytes === undefined) {
      bytes = utf8Bytes(keyText(keyId));
      made[keyId] = bytes;
    }
    return bytes;
  };
}
