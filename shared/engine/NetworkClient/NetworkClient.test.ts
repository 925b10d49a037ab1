import { describe, expect, it } from 'vitest';
import { nodeId } from '#base/ids';
import { MICROS_PER_MS } from '#base/time';
import { END_TXN, METADATA_SETTINGS, networkStage as stage, VERSIONS } from '#testing/NetworkFixture';
import type { ApiVersionsResponse, ResponseBody } from '../requests.ts';
import { awaitReady } from './NetworkClientUtils.ts';

it('a cold client connects, asks for versions, then for metadata', () => {
  const { bootstrap, runs, pollOn, told } = stage();
  bootstrap();
  runs(10, pollOn);
  expect(told('connection.moved', 'request.sent', 'response.received', 'metadata.updated')).toEqual([
    '0 -1 connecting: wanted',
    '1 -1 checking-api-versions: connected',
    '1 API_VERSIONS v4 to -1',
    '2 response 0',
    '2 -1 ready: api-versions',
    '2 METADATA v13 to -1',
    '3 response 1',
    '3 metadata.updated',
  ]);
});

it('a warm client is ready and idle, and metadata grows old from before the run', () => {
  const { warm, networkClient, metadata, throttles, runs, pollOn, told } = stage({}, {}, 2);
  warm();
  expect([0, 1].map((node) => networkClient.isReady(nodeId(node), 1_000_000))).toEqual([true, true]);
  expect(throttles).toEqual(['999952 0', '999952 0']);
  expect(metadata.timeToNextUpdate(1_000_000)).toBe(METADATA_SETTINGS.metadataMaxAgeMs - 50);
  runs(300_000, pollOn);
  expect(told('request.sent')).toEqual(['299950 METADATA v13 to 0']);
});

describe('a request without an answer', () => {
  it('costs its connection and all requests on it, and metadata is asked for elsewhere', () => {
    const { warm, send, outcomes, now, networkClient, runs, told } = stage({}, {}, 2);
    warm();
    runs(302, function* () {
      send(nodeId(0));
      yield* networkClient.poll(0, now());
      send(nodeId(0));
      expect(networkClient.isReady(nodeId(0), now())).toBe(false);
      for (;;) yield* networkClient.poll(1, now());
    });
    expect(outcomes).toEqual(['301 timed-out', '301 timed-out']);
    expect(told('connection.moved', 'request.lost', 'request.sent').slice(2)).toEqual([
      '0 END_TXN v5 to 0',
      '0 END_TXN v5 to 0',
      '301 0 disconnected: request-timeout until 351',
      '301 lost 0: timed-out',
      '301 lost 1: timed-out',
      '301 METADATA v13 to 1',
    ]);
  });

  it('is not sent before the last one is written, nor beyond the limit in flight', () => {
    const { warm, send, now, networkClient, runs } = stage();
    const ready: boolean[] = [];
    warm();
    runs(3, function* () {
      for (let i = 0; i < 2; i++) {
        send(nodeId(0));
        ready.push(networkClient.isReady(nodeId(0), now()));
        yield* networkClient.poll(0, now());
        ready.push(networkClient.isReady(nodeId(0), now()));
      }
      expect(() => send(nodeId(0))).toThrow('Attempt to send a request to node 0 which is not ready.');
    });
    expect(ready).toEqual([false, true, false, false]);
  });
});

describe('connections that fail', () => {
  it('back off longer each time, and so does metadata', () => {
    const { bootstrap, refusing, runs, pollOn, told } = stage();
    refusing.add(nodeId(0));
    bootstrap();
    runs(320, pollOn);
    expect(told('connection.moved')).toEqual([
      '0 -1 connecting: wanted',
      '1 -1 disconnected: refused until 51',
      // The update that was due has failed with the connection: it waits 100 ms, then 200.
      '101 -1 connecting: wanted',
      '102 -1 disconnected: refused until 202',
      '302 -1 connecting: wanted',
      '303 -1 disconnected: refused until 503',
    ]);
  });

  it('are given up when the setup takes too long', () => {
    const { bootstrap, cut, runs, networkClient, now, told } = stage(
      {},
      {
        socketConnectionSetupTimeoutMs: 20,
        socketConnectionSetupTimeoutMaxMs: 80,
      },
    );
    cut.add(nodeId(0));
    bootstrap();
    runs(100, function* () {
      for (;;) yield* networkClient.poll(1, now());
    });
    expect(told('connection.moved').slice(0, 2)).toEqual([
      '0 -1 connecting: wanted',
      '21 -1 disconnected: setup-timeout until 71',
    ]);
  });

  it('of the only node send the client back to the bootstrap addresses when an update is due', () => {
    const { warm, connections, clock, runs, pollOn, told } = stage();
    warm();
    clock.schedule(60 * MICROS_PER_MS, () => connections[0]?.close(), undefined);
    runs(70, pollOn);
    expect(told('connection.moved', 'metadata.bootstrapped', 'request.sent').slice(1)).toEqual([
      '60 0 disconnected: broker until 110',
      '60 metadata.bootstrapped',
      '60 -1 connecting: wanted',
      '61 -1 checking-api-versions: connected',
      '61 API_VERSIONS v4 to -1',
      '62 -1 ready: api-versions',
      '62 METADATA v13 to -1',
    ]);
  });

  it('do not send it there with metadata.recovery.strategy=none', () => {
    const { warm, connections, clock, runs, pollOn, told } = stage({}, { metadataRecoveryStrategy: 'none' });
    warm();
    clock.schedule(60 * MICROS_PER_MS, () => connections[0]?.close(), undefined);
    runs(200, pollOn);
    expect(told('connection.moved', 'metadata.bootstrapped').slice(1, 3)).toEqual([
      '60 0 disconnected: broker until 110',
      '110 0 connecting: wanted',
    ]);
  });
});

it('after the rebootstrap trigger all connections are closed and it begins anew', () => {
  const { bootstrap, runs, networkClient, now, told } = stage(
    { METADATA: () => null },
    {
      metadataRecoveryRebootstrapTriggerMs: 100,
    },
  );
  bootstrap();
  runs(110, function* () {
    for (;;) yield* networkClient.poll(10, now());
  });
  expect(told('connection.moved', 'request.lost').slice(3)).toEqual([
    '102 -1 disconnected: rebootstrap until 152',
    '102 lost 1: disconnected',
  ]);
});

it('a throttled connection is quiet until the time is over, which no request timeout counts', () => {
  const answer: ResponseBody = {
    api: 'END_TXN',
    throttleTimeMs: 400,
    error: 'NONE',
    producerId: 1,
    producerEpoch: 0,
  };
  let answered = 0;
  const { warm, send, outcomes, now, networkClient, throttles, runs, told } = stage({
    END_TXN: () => (answered++ === 0 ? answer : null),
  });
  const ready: boolean[] = [];
  warm();
  runs(800, function* () {
    for (let i = 0; i < 2; i++) {
      send(nodeId(0));
      yield* networkClient.poll(0, now());
    }
    yield* networkClient.poll(10, now());
    expect(networkClient.pollDelayMs(nodeId(0), now())).toBe(400);
    for (;;) {
      ready.push(networkClient.isReady(nodeId(0), now()));
      yield* networkClient.poll(100, now());
    }
  });
  expect(throttles.slice(1, 2)).toEqual(['1000001 400']);
  expect(ready.slice(0, 5)).toEqual([false, false, false, false, true]);
  expect(told('connection.moved').slice(1, 3)).toEqual([
    '1 0 throttled: throttle until 401',
    '401 0 ready: throttle-over',
  ]);
  // Sent at 0, 400 ms throttled, 300 ms allowed.
  expect(outcomes).toEqual(['1 END_TXN', '701 timed-out']);
});

describe('versions', () => {
  it('are the highest that both sides and the request know', () => {
    const old = { ...VERSIONS, maxVersions: { ...VERSIONS.maxVersions, METADATA: 12, END_TXN: 5 } };
    const { bootstrap, clock, send, networkClient, now, runs, told } = stage({ API_VERSIONS: () => old });
    bootstrap();
    runs(10, function* () {
      yield* awaitReady(networkClient, nodeId(-1), clock.clock, 100);
      send(nodeId(-1), { ...END_TXN, maxVersion: 4 });
      yield* networkClient.poll(1, now());
    });
    expect(told('request.sent').slice(1)).toEqual(['2 METADATA v12 to -1', '2 END_TXN v4 to -1']);
  });

  it('that do not meet end the request without sending it', () => {
    const { API_VERSIONS, METADATA } = VERSIONS.maxVersions;
    const poor: ApiVersionsResponse = {
      ...VERSIONS,
      maxVersions: { API_VERSIONS: API_VERSIONS ?? 0, METADATA: METADATA ?? 0 },
    };
    const { bootstrap, send, outcomes, networkClient, now, runs, told } = stage({ API_VERSIONS: () => poor });
    bootstrap();
    runs(10, function* () {
      for (let i = 0; i < 4; i++) yield* networkClient.poll(10, now());
      send(nodeId(-1));
      yield* networkClient.poll(10, now());
    });
    expect(outcomes).toEqual([expect.stringMatching('version-mismatch')]);
    expect(told('request.lost')).toHaveLength(1);
    expect(told('request.written')).toHaveLength(2);
  });
});

it('awaitReady says whether the node is ready, the time over, or the connection broken', () => {
  const awaited = (prepare: (s: ReturnType<typeof stage>) => void): string => {
    const s = stage();
    let result = '';
    prepare(s);
    s.warm();
    s.runs(100, function* () {
      result = `${yield* awaitReady(s.networkClient, nodeId(7), s.clock.clock, 20)} at ${s.now() - 1_000_000}`;
    });
    return result;
  };
  expect(awaited(() => {})).toBe('ready at 2');
  expect(awaited(({ refusing }) => void refusing.add(nodeId(7)))).toBe('failed at 1');
  expect(awaited(({ cut }) => void cut.add(nodeId(7)))).toBe('timed-out at 20');
});

it('is closed once, in the order in which the connections were opened, and sends nothing more', () => {
  const { warm, send, networkClient, metadata, runs, now, told } = stage({}, {}, 3);
  warm();
  runs(5, function* () {
    networkClient.ready(nodeId(-1), now());
    yield* networkClient.poll(10, now());
    networkClient.initiateClose();
    expect(networkClient.active).toBe(false);
    expect(() => send(nodeId(0))).toThrow('NetworkClient is no longer active, state is CLOSING');
    networkClient.close();
    networkClient.close();
  });
  expect(metadata.isClosed()).toBe(true);
  expect(told('connection.moved').filter((moved) => moved.includes('client-closed'))).toEqual([
    '1 0 disconnected: client-closed',
    '1 1 disconnected: client-closed',
    '1 2 disconnected: client-closed',
    '1 -1 disconnected: client-closed',
  ]);
});
