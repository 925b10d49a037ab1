import { describe, expect, it } from 'vitest';
import { clientId, nodeId, requestId, threadId, type NodeId } from '#base/ids';
import type { Blocking } from '#engine/Blocking';
import type { ResponseBody } from '#engine/requests';
import type { NetworkSend } from '#engine/Selectable';
import { ArrayLog } from '#testing/ArrayLog';
import { VirtualClock } from './VirtualClock.ts';
import type { Brokers, VirtualConnection } from './VirtualNetwork.ts';
import { VirtualSelector } from './VirtualSelector.ts';

const MS = 1000;
const NODE = nodeId(0);
const ANSWER: ResponseBody = { api: 'ADD_OFFSETS_TO_TXN', throttleTimeMs: 0, error: 'NONE' };

/** Brokers that connect after 1 ms and answer the k-th request after the k-th delay; null: never. */
function stage(delaysMs: readonly (number | null)[] = []) {
  const clock = new VirtualClock({ networkWaitsForSelect: true });
  const log: string[] = [];
  const say = (text: string): void => void log.push(`${clock.nowUs / MS} ${text}`);
  const seen: VirtualConnection[] = [];
  const refusing = new Set<NodeId>();
  let requests = 0;
  const brokers: Brokers = {
    brokerOf: (_, node) => (node < 0 ? nodeId(-1 - node) : node),
    connectDelayUs: (connection) => {
      seen.push(connection);
      return MS;
    },
    accepts: (connection) => !refusing.has(connection.broker),
    handle: (send, connection) => {
      say(`broker ${connection.broker} has ${send.requestId}`);
      const delayMs = delaysMs[requests++] ?? null;
      if (delayMs !== null) connection.answer(send, ANSWER, clock.nowUs + delayMs * MS);
    },
  };
  const events = new ArrayLog(() => clock.nowUs);
  const selector = new VirtualSelector(clientId(0), clock, brokers, events);
  let sent = 0;
  const send = (node: NodeId = NODE): void => selector.send(sendOf(node, sent++));
  function* poll(timeoutMs: number): Blocking<void> {
    const { completedSends, arrivals } = yield* selector.poll(timeoutMs);
    const written = completedSends.map((one) => `wrote ${one.requestId}`);
    const came = arrivals.map((arrival) =>
      arrival.kind === 'received' ? `answer ${arrival.receive.requestId}` : `${arrival.kind} ${arrival.node}`,
    );
    say([...written, ...came].join(', ') || 'nothing');
  }
  const sender = (body: () => Blocking<void>): void => {
    clock.spawn({ id: threadId(0), name: 'sender', kind: 'sender' }, body());
    clock.runUntil(1000 * MS);
  };
  return { clock, log, say, seen, refusing, selector, send, poll, sender };
}

function sendOf(node: NodeId, id: number): NetworkSend {
  const body = {
    api: 'ADD_OFFSETS_TO_TXN',
    transactionalId: 'x',
    producerId: 1,
    producerEpoch: 0,
    groupId: 'g',
  } as const;
  return {
    requestId: requestId(id),
    node,
    api: body.api,
    version: 4,
    correlationId: id,
    clientName: 'producer-1',
    sizeBytes: 10,
    expectResponse: true,
    body,
  };
}

describe('a connection', () => {
  it('is told of when it stands, and answers come in order, one with each select', () => {
    const { log, selector, send, poll, sender } = stage([5, 2]);
    sender(function* () {
      selector.connect(NODE);
      yield* poll(100);
      send();
      send();
      for (let i = 0; i < 4; i++) yield* poll(100);
    });
    // The second answer is ready at 3 but stays behind the first; both are there at 6.
    expect(log).toEqual([
      '1 connected 0',
      '1 broker 0 has 0',
      '1 broker 0 has 1',
      '1 wrote 0, wrote 1',
      '6 answer 0',
      '6 answer 1',
      '106 nothing',
    ]);
  });

  it('is refused when the broker refuses at the moment of the outcome', () => {
    const { log, clock, refusing, selector, poll, sender } = stage();
    clock.schedule(500, (node) => void refusing.add(node), NODE);
    sender(function* () {
      selector.connect(NODE);
      yield* poll(100);
    });
    expect(log).toEqual(['1 disconnected 0']);
    expect(selector.isChannelReady(NODE)).toBe(false);
  });

  it('loses the answers due after the broker has closed, and what is written before the client knows', () => {
    const { log, clock, seen, selector, send, poll, sender } = stage([5, 5]);
    clock.schedule(3 * MS, () => seen[0]?.close(8 * MS), undefined);
    sender(function* () {
      selector.connect(NODE);
      yield* poll(100);
      send();
      yield* poll(0);
      yield* poll(3);
      send();
      yield* poll(0);
      for (let i = 0; i < 2; i++) yield* poll(100);
    });
    // Answer 0 was on its way and arrives at 6; request 1 of 4 ms reaches nobody.
    expect(log).toEqual([
      '1 connected 0',
      '1 broker 0 has 0',
      '1 wrote 0',
      '4 nothing',
      '4 wrote 1',
      '6 answer 0',
      '8 disconnected 0',
    ]);
  });

  it('closed at once by the broker loses what is on its way; closed in order of answers loses nothing', () => {
    const closing = (how: (connection: VirtualConnection) => void): string[] => {
      const { log, clock, seen, selector, send, poll, sender } = stage([5]);
      clock.schedule(3 * MS, () => seen.forEach(how), undefined);
      sender(function* () {
        selector.connect(NODE);
        yield* poll(100);
        send();
        for (let i = 0; i < 3; i++) yield* poll(100);
      });
      return log.slice(2);
    };
    expect(closing((connection) => connection.close())).toEqual([
      '1 wrote 0',
      '3 disconnected 0',
      '103 nothing',
    ]);
    expect(closing((connection) => connection.closeAt(3 * MS))).toEqual([
      '1 wrote 0',
      '6 answer 0',
      '6 disconnected 0',
    ]);
  });

  it('closed by the client forgets what was queued, under way and waiting to be told', () => {
    const { log, selector, send, poll, sender } = stage([5]);
    const other = nodeId(-1);
    sender(function* () {
      selector.connect(other);
      selector.connect(NODE);
      yield* poll(100);
      send();
      yield* poll(0);
      send();
      selector.close(NODE);
      yield* poll(50);
      selector.connect(NODE);
      yield* poll(50);
    });
    expect(log).toEqual([
      '1 connected -1, connected 0',
      '1 broker 0 has 0',
      '1 wrote 0',
      '51 nothing',
      '52 connected 0',
    ]);
    expect(selector.closeAll()).toEqual([other, NODE]);
  });
});

describe('a select that finds nothing', () => {
  it('looks once for free and the second time costs a millisecond', () => {
    const { log, poll, sender } = stage();
    sender(function* () {
      for (let i = 0; i < 5; i++) yield* poll(0);
    });
    expect(log).toEqual(['0 nothing', '1 nothing', '1 nothing', '2 nothing', '2 nothing']);
  });

  it('is ended by a wakeup, which is then forgotten', () => {
    const { log, clock, selector, poll, sender } = stage();
    clock.spawn(
      { id: threadId(1), name: 'app', kind: 'application' },
      (function* (): Blocking<void> {
        yield { on: 'sleep', untilUs: 4 * MS };
        selector.wakeup();
      })(),
    );
    sender(function* () {
      yield* poll(10);
      yield* poll(10);
    });
    expect(log).toEqual(['4 nothing', '14 nothing']);
  });

  it('lets time pass after ten wakeups that brought nothing', () => {
    const { log, selector, poll, sender } = stage();
    sender(function* () {
      for (let i = 0; i < 13; i++) {
        selector.wakeup();
        yield* poll(100);
      }
    });
    expect(log.map((line) => line.split(' ')[0])).toEqual([...Array<string>(10).fill('0'), '1', '1', '1']);
  });
});
