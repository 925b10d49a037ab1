import { PRODUCE_ERRORS, REQUEST_ERRORS } from '#explain/errors';
import { describe, expect, test } from 'vitest';
import { ANSWERS, answerSentence } from '../faults/answers.ts';
import { countsSentence, errorRows, isWanted, kindOf } from './errorRows.ts';

const NONE = {
  answered: 0,
  retried: 0,
  split: 0,
  acked: 0,
  failed: 0,
  'new-epoch': 0,
  abortable: 0,
  fatal: 0,
};

describe('rows', () => {
  test('a name once, with every request that may be answered so', () => {
    const rows = errorRows('transactional');
    expect(new Set(rows.map(({ error }) => error)).size).toBe(rows.length);
    const ways = rows.flatMap((row) => row.ways);
    expect(ways).toHaveLength(PRODUCE_ERRORS.length + REQUEST_ERRORS.length);
    expect(errorRows('plain').flatMap((row) => row.ways)).toHaveLength(PRODUCE_ERRORS.length);
  });

  test('are found by name, exception or meaning', () => {
    const found = (text: string): readonly string[] =>
      errorRows('idempotent')
        .filter((row) => isWanted(row, text))
        .map(({ error }) => error);
    expect(found('not_enough')).toEqual(['NOT_ENOUGH_REPLICAS', 'NOT_ENOUGH_REPLICAS_AFTER_APPEND']);
    expect(found('CorruptRecord')).toEqual(['CORRUPT_MESSAGE']);
    expect(found('election is on')).toEqual(['LEADER_NOT_AVAILABLE']);
  });

  test('every one of them can be asked for in the form', () => {
    for (const { error, ways } of errorRows('transactional')) {
      for (const { api } of ways) expect(ANSWERS[api]).toContain(error);
    }
  });
});

test('what kind of producer it is follows from its settings', () => {
  expect(kindOf({ producer: {} })).toBe('idempotent');
  expect(kindOf({ producer: { acks: '1' } })).toBe('plain');
  expect(kindOf({ producer: { 'enable.idempotence': 'false' } })).toBe('plain');
  expect(kindOf({ producer: { 'transactional.id': 'tx' } })).toBe('transactional');
});

test('sentences', () => {
  expect(countsSentence(NONE)).toBeNull();
  expect(countsSentence({ ...NONE, answered: 3, retried: 2, failed: 1 })).toBe(
    'Answered 3 times: tried again twice, failed once.',
  );
  const rule = {
    api: 'PRODUCE',
    node: 1,
    topic: 'orders',
    partition: 2,
    nth: 2,
    times: 1,
    error: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
    appended: true,
  } as const;
  expect(answerSentence(rule, 'plain')).toBe(
    'The 2nd Produce request to broker 1 with orders-2 is answered NOT_ENOUGH_REPLICAS_AFTER_APPEND (retried), though its records are written.',
  );
});
