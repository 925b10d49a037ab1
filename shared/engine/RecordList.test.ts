import { describe, expect, it } from 'vitest';
import { createRandom } from '#base/random';
import type { Callback } from './ProducerRecord.ts';
import { RecordList } from './RecordList.ts';

const CALLBACKS: readonly (Callback | null)[] = [null, () => undefined, () => undefined];

/** What each record takes, drawn from `kinds` values a column: 1 makes them all alike. */
function rows(seed: number, kinds: number) {
  const random = createRandom(seed);
  return Array.from({ length: 1 + random.below(40) }, () => ({
    timestampMs: 1_000_000 + random.below(kinds),
    keySize: random.below(kinds) - 1,
    valueSize: random.below(kinds) * 1000 - 1,
    headersSize: 1 + random.below(kinds),
    callback: CALLBACKS[random.below(Math.min(kinds, CALLBACKS.length))] ?? null,
  }));
}

describe('RecordList', () => {
  it('gives back what each record was put in with, alike or not', () => {
    for (const kinds of [1, 2, 3]) {
      for (let seed = 0; seed < 50; seed++) {
        const all = rows(seed, kinds);
        const list = new RecordList();
        for (const one of all)
          list.push(one.timestampMs, one.keySize, one.valueSize, one.headersSize, one.callback);
        const kept = all.map((_, i) => ({
          timestampMs: list.timestampOf(i),
          keySize: list.keySizeOf(i),
          valueSize: list.valueSizeOf(i),
          headersSize: list.headersSizeOf(i),
          callback: list.callbackOf(i),
        }));
        expect(kept).toEqual(all);
        expect(list.hasCallbacks).toBe(all.some(({ callback }) => callback !== null));
      }
    }
  });
});
