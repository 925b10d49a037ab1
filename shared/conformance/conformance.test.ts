import { describe, expect, test } from 'vitest';
import { parseCase } from './caseSchema.ts';
import { firstDifference } from './compare.mjs';
import { traceOf } from './traceOf.ts';

declare global {
  interface ImportMeta {
    glob<T>(pattern: string, options: Readonly<Record<string, unknown>>): Record<string, T>;
  }
}

const cases = import.meta.glob<unknown>('./cases/*.json', { eager: true, import: 'default' });
const traces = import.meta.glob<string>('./traces/*.jsonl', {
  eager: true,
  import: 'default',
  query: '?raw',
});

const linesOf = (trace: string): object[] =>
  trace
    .trim()
    .split('\n')
    .map((line): object => JSON.parse(line));

/** What kafka-clients 4.3.1 did, to the millisecond, the byte and the sentence. */
describe('conformance', () => {
  test('there is a trace for every case', () => {
    expect(Object.keys(cases).length).toBeGreaterThan(0);
    expect(Object.keys(traces).map((path) => path.slice('./traces/'.length, -'.jsonl'.length))).toEqual(
      Object.keys(cases).map((path) => path.slice('./cases/'.length, -'.json'.length)),
    );
  });

  for (const [path, json] of Object.entries(cases)) {
    const parsed = parseCase(json);
    test(parsed.name, () => {
      const expected = linesOf(traces[path.replace('cases', 'traces').replace(/json$/, 'jsonl')] ?? '');
      const actual = linesOf(
        traceOf(parsed)
          .map((line) => JSON.stringify(line))
          .join('\n'),
      );
      expect(firstDifference(expected, actual, { messages: true })).toBeNull();
    });
  }
});
