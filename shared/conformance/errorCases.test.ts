/** Every row of the tables of errors against what the real client did in its case (`traces/`), for each kind of producer. */
import { describe, expect, test } from 'vitest';
import { ERROR_CASES, type ErrorCase } from './errorCases.ts';

const cases = import.meta.glob<unknown>('./cases/error-*.json', { eager: true, import: 'default' });
const traces = import.meta.glob<string>('./traces/error-*.jsonl', {
  eager: true,
  import: 'default',
  query: '?raw',
});

/** As much of a line as is looked at here. */
interface Line {
  readonly t: number;
  readonly ev: string;
  readonly api?: string;
  readonly n?: number;
  readonly offset?: number;
  readonly error?: string;
  readonly state?: string;
  readonly epoch?: number;
  readonly exception?: string;
  readonly parts?: readonly { readonly error: string }[];
  readonly batches?: readonly { readonly records: number; readonly epoch: number }[];
  readonly 'batch-split-total'?: number;
}

const traceOf = (name: string): readonly Line[] =>
  (traces[`./traces/${name}.jsonl`] ?? '')
    .trim()
    .split('\n')
    .map((line): Line => JSON.parse(line));

/** Number of the line in which the fault of the case is answered; −1: it never is. */
const answeredIn = (trace: readonly Line[], { error }: ErrorCase): number =>
  trace.findIndex(
    (line) =>
      line.ev === 'response' &&
      (line.error === error || (line.parts?.some((part) => part.error === error) ?? false)),
  );

/** In the words of `explain/errors`; what follows at the instant of the answer comes from it. */
function reactionIn(trace: readonly Line[], one: ErrorCase): string {
  const answer = answeredIn(trace, one);
  const at = trace[answer]?.t;
  const later = trace.slice(answer + 1);
  const atOnce = later.filter((line) => line.t === at);
  const failed = one.api === 'PRODUCE' ? 'failed, ' : '';
  const states = atOnce.flatMap(({ state }) => (state === undefined ? [] : [state]));
  if (states.includes('FATAL_ERROR')) return `${failed}fatal`;
  if (states.includes('ABORTABLE_ERROR') || states.includes('UNINITIALIZED')) return `${failed}abortable`;
  if ((trace.at(-1)?.['batch-split-total'] ?? 0) > 0) return 'split';
  if (atOnce.some(({ ev, offset }) => ev === 'ack' && offset === -1)) return 'acked';
  const anew = atOnce.some(({ ev, epoch }) => ev === 'state' && epoch === 1) ? ', new epoch' : '';
  if (atOnce.some(({ ev }) => ev === 'fail')) return `failed${anew}`;
  const again = later.find(({ ev, api }) => ev === 'request' && api === one.api);
  return again !== undefined && (again.batches?.[0]?.records ?? 3) === 3 ? `retried${anew}` : 'nothing';
}

/** Whether the record that is sent last, after what `explain/errors` asks of the application, is acked and committed. */
const goesOn = (trace: readonly Line[]): boolean =>
  trace.some(({ ev, n }) => ev === 'ack' && n === 4) &&
  trace.findLast(({ ev }) => ev === 'returned')?.exception === undefined;

describe.each(ERROR_CASES)('$name', (one) => {
  const trace = traceOf(one.name);

  test('is stored as the table has it', () => {
    expect(cases[`./cases/${one.name}.json`]).toEqual(one.json);
  });

  test(`the real client: ${one.reaction}`, () => {
    expect(answeredIn(trace, one)).toBeGreaterThan(0);
    expect(reactionIn(trace, one)).toBe(one.reaction);
  });

  test(one.goesOn ? 'what the application must do helps' : 'only a new producer helps', () => {
    expect(goesOn(trace)).toBe(one.goesOn);
  });
});

test('no case of another row is left', () => {
  expect(Object.keys(cases)).toHaveLength(ERROR_CASES.length + 1);
});
