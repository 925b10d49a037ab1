/**
 * A source for tests of the page: a few rules that make a log of the right shape, not Kafka's behaviour. Records come
 * evenly, a batch leaves when it is full or has lingered, a request takes 2 ms each way, followers fetch after 0.5 ms.
 */
import { batchId, clientId, nodeId, recordId, requestId, threadId, tpId } from '#base/ids';
import { clientMs, micros, type Micros } from '#base/time';
import { createRandom } from '#base/random';
import { FULL, NEW_BATCH, type WriterOf, type EventType } from '#events/catalogue';
import { EventTape } from '#events/EventTape';
import type { CommandBody, Scenario } from '#model/Scenario';
import type { Source, SourceStatus } from '../sources/Source.ts';

export interface FakeSpec {
  readonly partitions: number;
  readonly brokers: number;
  readonly recordsPerS: number;
  readonly lingerMs: number;
  readonly batchRecords: number;
  readonly oneWayUs: number;
  /** Every n-th request is answered with an error and its batches go back; 0: none. */
  readonly failEvery: number;
}

export const fakeSpec: FakeSpec = {
  partitions: 6,
  brokers: 3,
  recordsPerS: 2000,
  lingerMs: 10,
  batchRecords: 14,
  oneWayUs: 2000,
  failEvery: 0,
};

interface FakeBatch {
  readonly id: number;
  readonly tp: number;
  records: number;
  attempts: number;
}

const RECORD_BYTES = 70;

/** Writes the fake run up to a time; called with growing times. */
function createFakeRun(spec: FakeSpec, seed: number): { tape: EventTape; runTo(untilUs: number): void } {
  let now = 0;
  const tape = new EventTape({ nowUs: () => micros(now) });
  const random = createRandom(seed).fork('fake');
  const queue: { at: number; order: number; run: () => void }[] = [];
  let order = 0;
  const later = (at: number, run: () => void): void => {
    queue.push({ at, order: order++, run });
    queue.sort((a, b) => a.at - b.at || a.order - b.order);
  };
  const write = <T extends EventType>(type: T): WriterOf<T> => tape.writer(type);
  const open = new Map<number, FakeBatch>();
  const logEnd = new Map<number, number>();
  const client = clientId(0);
  let records = 0;
  let batches = 0;
  let requests = 0;
  const leaderOf = (tp: number): number => tp % spec.brokers;

  const drain = (node: number, due: FakeBatch, reason: 'full' | 'linger-expired'): void => {
    const taken = [...open.values()].filter((b) => leaderOf(b.tp) === node && (b === due || b.records > 6));
    const request = requests++;
    for (const b of taken) {
      open.delete(b.tp);
      write('batch.ready')(batchId(b.id), b === due ? reason : 'node-ready');
      write('batch.closed')(batchId(b.id), b.records, 61 + b.records * RECORD_BYTES);
      write('batch.drained')(
        batchId(b.id),
        nodeId(node),
        61 + b.records * RECORD_BYTES,
        b.records * RECORD_BYTES,
      );
    }
    write('node.drained')(
      client,
      nodeId(node),
      taken.length,
      taken.reduce((sum, b) => sum + b.records, 0),
    );
    sendRequest(request, node, taken);
  };

  const sendRequest = (id: number, node: number, taken: readonly FakeBatch[]): void => {
    const request = requestId(id);
    write('request.sent')(request, client, nodeId(node), 'PRODUCE', 13, 500, id);
    for (const b of taken) write('request.carried')(request, batchId(b.id));
    write('request.written')(request);
    write('request.departed')(request, now + spec.oneWayUs);
    const fails = spec.failEvery > 0 && id % spec.failEvery === spec.failEvery - 1;
    later(now + spec.oneWayUs, () => {
      write('request.arrived')(request);
      write('request.begun')(request);
      if (!fails) for (const b of taken) append(b, node);
      const replicated = now + (fails ? 0 : 900);
      later(replicated, () => {
        write('response.left')(request);
        write('response.departed')(request, now + spec.oneWayUs);
      });
      later(replicated + spec.oneWayUs, () => answer(id, node, taken, fails));
    });
  };

  const append = (b: FakeBatch, node: number): void => {
    const base = logEnd.get(b.tp) ?? 0;
    const end = base + b.records;
    logEnd.set(b.tp, end);
    write('log.appended')(tpId(b.tp), nodeId(node), batchId(b.id), base, end);
    for (let other = 1; other < spec.brokers; other++) {
      const follower = (node + other) % spec.brokers;
      later(now + 400 + other * 200, () => {
        write('replica.fetched')(tpId(b.tp), nodeId(follower), end, nodeId(node));
        if (other === spec.brokers - 1) write('highWatermark.advanced')(tpId(b.tp), end, end, 1);
      });
    }
  };

  const answer = (id: number, node: number, taken: readonly FakeBatch[], fails: boolean): void => {
    const request = requestId(id);
    write('response.received')(request, null, 60, 0);
    for (const b of taken) {
      const base = fails ? -1 : (logEnd.get(b.tp) ?? 0) - b.records;
      const error = fails ? 'NOT_LEADER_OR_FOLLOWER' : 'NONE';
      write('response.answered')(request, batchId(b.id), error, base, 0, null, -1, null);
      if (!fails) {
        write('batch.completed')(batchId(b.id), base, -1, false);
        write('batch.freed')(batchId(b.id), 1024);
        continue;
      }
      b.attempts++;
      const until = clientMs(now) + 20;
      write('batch.requeued')(batchId(b.id), error, b.attempts, 'front', until);
      later(now + 20_000, () => {
        write('batch.ready')(batchId(b.id), 'linger-expired');
        write('batch.drained')(
          batchId(b.id),
          nodeId(node),
          61 + b.records * RECORD_BYTES,
          b.records * RECORD_BYTES,
        );
        sendRequest(requests++, node, [b]);
      });
    }
  };

  const send = (): void => {
    const id = recordId(records++);
    const key = Math.min(random.below(9), random.below(9)) - 1;
    write('record.sent')(id, threadId(0), key, 120);
    write('record.serialized')(id, 5, 40 + random.below(120), 0);
    const tp = (key < 0 ? random.below(spec.partitions) : key * 5) % spec.partitions;
    write('record.partitioned')(id, tpId(tp), key < 0 ? 'sticky' : 'key-hash');
    now += 4;
    let batch = open.get(tp);
    const isNew = batch === undefined;
    if (batch === undefined) {
      batch = { id: batches++, tp, records: 0, attempts: 0 };
      open.set(tp, batch);
      write('batch.created')(batchId(batch.id), client, tpId(tp), 1024, null);
      const made = batch;
      later(now + spec.lingerMs * 1000, () => {
        if (open.get(tp) === made) drain(leaderOf(tp), made, 'linger-expired');
      });
    }
    batch.records++;
    const isFull = batch.records >= spec.batchRecords;
    write('record.appended')(
      id,
      batchId(batch.id),
      RECORD_BYTES,
      (isNew ? NEW_BATCH : 0) | (isFull ? FULL : 0),
    );
    if (isFull) drain(leaderOf(tp), batch, 'full');
    later(Math.floor((records * 1_000_000) / spec.recordsPerS), send);
  };

  const begin = (): void => {
    write('run.began')({ fake: true });
    for (let tp = 0; tp < spec.partitions; tp++) write('partition.named')(tpId(tp), 'orders', tp);
    for (let node = 0; node < spec.brokers; node++) write('broker.moved')(nodeId(node), 'up');
    for (let tp = 0; tp < spec.partitions; tp++) {
      write('leader.elected')(tpId(tp), nodeId(leaderOf(tp)), 1, false);
      write('isr.changed')(tpId(tp), [...Array(spec.brokers).keys()], []);
      for (let node = 0; node < spec.brokers; node++) {
        write('replica.fetched')(tpId(tp), nodeId(node), 0, nodeId(leaderOf(tp)));
      }
    }
    write('client.started')(client, 'producer-1', {
      'linger.ms': String(spec.lingerMs),
      'batch.size': '1024',
    });
    write('thread.started')(threadId(0), client, 'app-1');
    for (let node = 0; node < spec.brokers; node++) {
      write('connection.moved')(client, nodeId(node), 'ready', 'warm', null);
    }
    later(0, send);
  };

  begin();
  return {
    tape,
    runTo(untilUs) {
      for (let next = queue[0]; next !== undefined && next.at <= untilUs; next = queue[0]) {
        queue.shift();
        now = Math.max(now, next.at);
        next.run();
      }
    },
  };
}

const fakeScenario = (seed: number): Scenario => ({
  engineVersion: 1,
  seed,
  cluster: {
    brokers: 3,
    topics: [],
    network: {
      delay: { p0Us: 2000, p50Us: 2000, p90Us: 2000, p99Us: 2000, p100Us: 2000 },
      lossPpm: 0,
      connectUs: 0,
      bandwidthBytesPerS: 0,
    },
    transactionVersion: 2,
    start: 'warm',
    appendUs: 0,
    appendUsPerKiB: 0,
    replicaFetchUs: 500,
    replicaLagTimeMaxMs: 30_000,
    replicaFetchWaitMaxMs: 500,
    brokerSessionTimeoutMs: 9000,
    producerIdExpirationMs: 86_400_000,
    producerByteRate: 0,
  },
  applications: [],
  costs: { sendUs: 0, serializeUsPerKiB: 0, partitionUs: 0, appendUs: 0, callbackUs: 0 },
  commands: [],
});

/** `executed` collects the commands it was given; they change nothing. */
export function createFakeSource(
  spec: FakeSpec = fakeSpec,
  seed = 42,
): Source & { readonly executed: CommandBody[]; restart(scenario: Scenario): null } {
  const run = createFakeRun(spec, seed);
  const executed: CommandBody[] = [];
  let complete = 0;
  let scenario = fakeScenario(seed);
  return {
    kind: 'model',
    capabilities: { events: new Map(), commands: new Set(), commandsInThePast: true },
    log: run.tape,
    status: { kind: 'running' } satisfies SourceStatus,
    get scenario() {
      return scenario;
    },
    executed,
    ensure(at: Micros) {
      if (at > complete) {
        complete = at;
        run.runTo(at);
      }
      return micros(complete);
    },
    execute(command, at) {
      executed.push(command);
      scenario = { ...scenario, commands: [...scenario.commands, { ...command, at }] };
      return null;
    },
    restart(next) {
      scenario = next;
      return null;
    },
    content: () => 'gone',
    subscribe: () => () => {},
  };
}
