/** The pinned randomness of a case (FORMAT.md §7). */
import type { RandomSources } from '#engine/RunContext';
import type { ConformanceCase, StickySpec } from './caseSchema.ts';

/** x := x × 1664525 + 1013904223 in 32 bits; the value is x >>> 1. */
function createGenerator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state >>> 1;
  };
}

function stickySource(spec: StickySpec): () => number {
  if (spec.kind === 'seed') return createGenerator(spec.seed);
  let next = 0;
  if (spec.kind === 'counter') return () => next++;
  const { values } = spec;
  return () => values[next++ % values.length] ?? 0;
}

const TWO_TO_THE_31 = 2147483648;

export interface PinnedSources extends RandomSources {
  /** Time 0: until then, in the warm-up, no back-off has jitter. */
  beginJitter(): void;
}

export function createRandomSources(spec: ConformanceCase['random']): PinnedSources {
  const jitterSource = spec.jitter === null ? null : createGenerator(spec.jitter);
  let isJittering = false;
  return {
    beginJitter: () => {
      isJittering = true;
    },
    nextSticky: stickySource(spec.sticky),
    // The order of the additions is Java's: doubles round at each.
    backoffFactor: (jitter) =>
      jitterSource === null || !isJittering
        ? 1
        : 1 - jitter + (jitterSource() / TWO_TO_THE_31) * (1 + jitter - (1 - jitter)),
    leastLoadedOffset: (nodes) => spec.leastLoadedOffset % nodes,
  };
}
