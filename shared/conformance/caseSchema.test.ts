import { describe, expect, test } from 'vitest';
import { parseCase } from './caseSchema.ts';

describe('parseCase', () => {
  test('fills in every default of the format', () => {
    const parsed = parseCase({ name: 'x', commands: [{ at: 3, do: 'flush' }], faults: [{}] });
    expect(parsed).toMatchObject({
      start: 'warm',
      until: 1000,
      cluster: { nodes: 1, bootstrap: [0], transactionVersion: 2, maxMessageBytes: 1048588 },
      network: { connectMs: 1, metadataMs: 2, latencyMs: 10, serialBroker: false },
      random: { sticky: { kind: 'counter' }, leastLoadedOffset: 0 },
      codec: { ratios: [0.5] },
      commands: [{ thread: 'main', count: 1, valueBytes: -1, on: true }],
      faults: [{ match: { api: 'PRODUCE', nth: null, times: Infinity }, answer: { error: null } }],
    });
  });

  test.each([
    [{ name: 'x', untill: 5 }, 'case has the unknown field "untill"'],
    [
      { name: 'x', commands: [{ at: 0, do: 'send', tpic: 't' }] },
      'case.commands[0] has the unknown field "tpic"',
    ],
    [{ name: 'x', commands: [{ do: 'flush' }] }, 'case.commands[0] needs the field "at"'],
    [{ name: 'x', until: 1.5 }, 'case.until is not a whole number'],
    [
      { name: 'x', faults: [{ answer: { error: 'NOPE' } }] },
      'case.faults[0].answer.error is no error of the protocol',
    ],
    [{ name: 'x', faults: [{ match: { nth: [1] } }] }, 'case.faults[0].match.nth is not [from, to]'],
    [{ name: 'x', commands: [{ at: 0, do: 'jump' }] }, 'case.commands[0].do is none of'],
    [[], 'case is not an object'],
  ])('refuses %j by the name of the field', (json, sentence) => {
    expect(() => parseCase(json)).toThrow(sentence);
  });
});
