import { beforeEach, expect, it } from 'vitest';
import { batchId, nodeId } from '#base/ids';
import { TopicPartitions, type TopicPartition } from '#base/TopicPartition';
import { ArrayLog } from '#testing/ArrayLog';
import { ClusterView } from './ClusterView.ts';

let log: ArrayLog;
let view: ClusterView;
let tp: TopicPartition;
/** Elections whose new leader has been asked for its end. */
let asked: { readonly node: number; readonly answer: (end: number | null) => void }[];

beforeEach(() => {
  log = new ArrayLog(() => 0);
  asked = [];
  const partitions = new TopicPartitions();
  tp = partitions.get('t', 0);
  view = new ClusterView(log, partitions, (_, node, answer) => asked.push({ node, answer }));
});

function lead(leader: number | null, leaderEpoch: number, isr: readonly number[]): void {
  const one = { partition: 0, error: 'NONE' as const, replicas: [1, 2, 3].map(nodeId) };
  const present = { leader: leader === null ? null : nodeId(leader), leaderEpoch, isr: isr.map(nodeId) };
  view.observeMetadata({ topics: [{ topic: 't', error: 'NONE', partitions: [{ ...one, ...present }] }] });
}

let batches = 0;
function stored(
  node: number,
  baseOffset: number,
  recordCount: number,
  hasLogTime = false,
  acks: 1 | -1 = 1,
): void {
  const batch = batchId(batches++);
  view.observeStored(tp, nodeId(node), { batch, recordCount, baseOffset, hasLogTime, acks });
}

/** What has been written since the last look, in short. */
let seen = 0;
beforeEach(() => (seen = 0));
function written(): string[] {
  const { events } = log;
  const since = events.slice(seen);
  seen = events.length;
  return since.map((event) => {
    if (event.type === 'leader.elected') return `${event.leader} leads`;
    if (event.type === 'isr.changed') return `isr ${event.isr.join()}`;
    if (event.type === 'log.appended') return `${event.node} appends to ${event.logEndOffset}`;
    if (event.type === 'replica.fetched') return `${event.node} has ${event.logEndOffset}`;
    if (event.type === 'log.truncated')
      return `${event.node} cuts ${event.fromOffset} to ${event.logEndOffset}`;
    return event.type;
  });
}

it('a first leader is told at once, and nothing twice', () => {
  lead(1, 0, [1, 2, 3]);
  lead(1, 0, [3, 2, 1]);
  expect(written()).toEqual(['1 leads', 'isr 1,2,3']);
  lead(null, 1, [1]);
  lead(1, 0, [1, 2, 3]);
  expect(written()).toEqual(['null leads', 'isr 1']);
});

it('a new leader is told with what it has, and what comes meanwhile after it', () => {
  lead(1, 0, [1, 2]);
  stored(1, 0, 10);
  view.observeEnd(tp, nodeId(2), 6);
  written();
  lead(2, 1, [2]);
  stored(2, 8, 5);
  view.observeEnd(tp, nodeId(2), 13);
  expect(written()).toEqual([]);
  expect(asked.map(({ node }) => node)).toEqual([2]);
  // Its answer has our batch already: it began at 8.
  asked[0]?.answer(13);
  expect(written()).toEqual(['2 has 8', '2 leads', 'isr 2', '2 appends to 13']);
});

it('without an answer, or when another one leads by then, nobody waits for ever', () => {
  lead(1, 0, [1]);
  stored(1, 0, 10);
  lead(2, 1, [2]);
  lead(3, 2, [3]);
  written();
  asked[0]?.answer(10);
  expect(written()).toEqual([]);
  asked[1]?.answer(null);
  expect(written()).toEqual(['3 leads', 'isr 2', 'isr 3']);
});

it('a leader that goes before it has answered ends the waiting too', () => {
  lead(1, 0, [1]);
  stored(1, 0, 10);
  lead(2, 1, [2]);
  written();
  lead(null, 2, [2]);
  expect(written()).toEqual(['null leads', 'isr 2']);
  asked[0]?.answer(10);
  lead(1, 3, [1]);
  asked[1]?.answer(10);
  expect(written()).toEqual(['1 leads', 'isr 1']);
});

it('what an old leader has too much is cut off when it follows again', () => {
  lead(1, 0, [1, 2]);
  stored(1, 0, 10);
  lead(2, 1, [2]);
  asked[0]?.answer(7);
  expect(written().slice(-3)).toEqual(['2 has 7', '2 leads', 'isr 2']);
  // It is back, and has not cut yet.
  view.observeEnd(tp, nodeId(1), 10);
  expect(written()).toEqual([]);
  stored(2, 7, 5);
  lead(2, 1, [1, 2]);
  view.observeEnd(tp, nodeId(1), 12);
  expect(written()).toEqual(['2 appends to 12', 'isr 1,2', '1 cuts 10 to 7', '1 has 12']);
});

it('the end of a leader’s log is taken while no answers come', () => {
  lead(1, 0, [1, 2]);
  view.observeEnd(tp, nodeId(1), 100);
  expect(written().slice(-1)).toEqual(['1 has 100']);
  stored(1, 100, 10);
  // Other batches have been stored by then, whose answers are on their way.
  view.observeEnd(tp, nodeId(1), 130);
  view.observeEnd(tp, nodeId(2), 125);
  expect(written()).toEqual(['1 appends to 110', '2 has 110']);
  view.observeEnd(tp, nodeId(1), 130);
  expect(written()).toEqual(['1 has 130']);
});

it('a batch that the broker had already is recognised, with a time that the topic gives to all too', () => {
  lead(1, 0, [1]);
  stored(1, 0, 10, true);
  stored(1, 0, 10, true);
  // Someone else's records, and then ours again.
  view.observeEnd(tp, nodeId(1), 50);
  view.observeEnd(tp, nodeId(1), 50);
  stored(1, 20, 10, true);
  expect(written()).toEqual([
    '1 leads',
    'isr 1',
    '1 appends to 10',
    'log.recognised',
    '1 has 50',
    '1 appends to 30',
  ]);
});

it('with acks=all an answer tells of all in-sync replicas', () => {
  lead(1, 0, [1, 2]);
  view.observeEnd(tp, nodeId(3), 0);
  written();
  stored(1, 0, 10, false, -1);
  expect(written()).toEqual(['1 appends to 10', '2 has 10', 'highWatermark.advanced']);
  view.observeEnd(tp, nodeId(2), 10);
  expect(written()).toEqual([]);
});
