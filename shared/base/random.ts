/** Seeded randomness: one seed, and a stream of its own for each label, so that a new reader disturbs no other. */

export interface Random {
  /** Whole number in [0, 2^32). */
  uint32(): number;
  /** Whole number in [0, bound). `bound` is 1 … 2^32. */
  below(bound: number): number;
  /** A stream that depends on the seed and the labels only, not on what was drawn. */
  fork(label: string): Random;
}

/** FNV-1a over UTF-16 code units: mixes a label into a seed. */
function mixLabel(seed: number, label: string): number {
  let hash = (seed ^ 0x811c9dc5) >>> 0;
  for (let i = 0; i < label.length; i++) {
    hash = Math.imul(hash ^ label.charCodeAt(i), 0x01000193) >>> 0;
  }
  return hash;
}

/** splitmix32: 32-bit integer arithmetic only, so every engine draws the same numbers. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const uint32 = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  return {
    uint32,
    below: (bound) => Math.floor((uint32() / 4294967296) * bound),
    fork: (label) => createRandom(mixLabel(seed, label)),
  };
}
