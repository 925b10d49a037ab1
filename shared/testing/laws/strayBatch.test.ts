/**
 * The stray batch that KIP-890 closed: it fails for its client while its transaction is being committed, is still on its
 * way, and arrives in the next transaction of the same producer.
 */
import { micros } from '#base/time';
import type { EventTape } from '#events/EventTape';
import {
  DEFAULT_APPLICATION,
  DEFAULT_CLUSTER,
  DEFAULT_SCENARIO,
  DEFAULT_TOPIC,
  DEFAULT_WORKLOAD,
} from '#model/defaultScenario';
import type { Scenario } from '#model/Scenario';
import { describe, expect, test } from 'vitest';
import { Laws } from '../laws.ts';
import { eventsOf, logOf } from '../logOf.ts';

/** Leads the one partition, and does not coordinate the transactions. */
const LEADER = 1;
const STRAY = 0;
const NEXT = 1;

/** One batch a transaction. The first takes longer to its leader than its client waits. */
const scenario = (transactionVersion: 1 | 2): Scenario => ({
  ...DEFAULT_SCENARIO,
  cluster: { ...DEFAULT_CLUSTER, topics: [{ ...DEFAULT_TOPIC, partitions: 3 }], transactionVersion },
  applications: [
    {
      ...DEFAULT_APPLICATION,
      pattern: 'transaction-loop',
      transactions: { records: 3, abortEvery: 0, alsoTopic: '', offsetsGroup: '' },
      producer: {
        'transactional.id': 'tx',
        'linger.ms': '5',
        'request.timeout.ms': '1000',
        'delivery.timeout.ms': '1005',
      },
      workload: { ...DEFAULT_WORKLOAD, shape: 'burst', burstRecords: 3, recordsPerS: 6, records: 6, keys: 0 },
    },
  ],
  commands: [
    { do: 'link.set', node: LEADER, addedUs: 1_300_000, cut: false, at: micros(0) },
    { do: 'link.set', node: LEADER, addedUs: 100_000, cut: false, at: micros(1_120_000) },
  ],
});

const tapeOf = (version: 1 | 2): EventTape => logOf(scenario(version), 10_000_000);

/** What became of the batches at the leader and at their client, in order. */
function storyOf(tape: EventTape): readonly string[] {
  const story: string[] = [];
  for (const event of eventsOf(tape)) {
    if (event.type === 'batch.failed') story.push(`${event.batch} failed`);
    else if (event.type === 'batch.completed') story.push(`${event.batch} acked`);
    else if (event.type === 'log.appended') story.push(`${event.batch} written`);
    else if (event.type === 'log.recognised') story.push(`${event.batch} taken for what is there`);
    else if (event.type === 'log.refused') story.push(`${event.batch} refused: ${event.error}`);
    else if (event.type === 'log.marked' && event.node === LEADER)
      story.push(event.commit ? 'committed' : 'aborted');
  }
  return story;
}

function violationsOf(tape: EventTape, version: 1 | 2): readonly string[] {
  const laws = new Laws(scenario(version), tape);
  laws.end();
  return laws.violations.map(({ law }) => law);
}

describe('a batch that comes after its transaction', () => {
  test('version 1: joins the next one, whose own batch is taken for it', () => {
    expect(storyOf(tapeOf(1))).toEqual([
      `${STRAY} failed`,
      'aborted',
      `${STRAY} written`,
      `${NEXT} taken for what is there`,
      `${NEXT} acked`,
      'committed',
    ]);
  });

  test('version 2: the epoch that every end raises keeps it out', () => {
    expect(storyOf(tapeOf(2))).toEqual([
      `${STRAY} failed`,
      `${STRAY} refused: INVALID_PRODUCER_EPOCH`,
      `${NEXT} written`,
      `${NEXT} acked`,
      'committed',
    ]);
  });

  test('is excused where Kafka promises nothing, and only there', () => {
    expect(violationsOf(tapeOf(1), 1)).toEqual([]);
    expect(violationsOf(tapeOf(2), 2)).toEqual([]);
    expect(violationsOf(tapeOf(1), 2)).toEqual(expect.arrayContaining(['loss', 'read_committed']));
  });
});
