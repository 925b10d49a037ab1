/** What the proxies do to the links of our own brokers, and what a real producer makes of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EventType, PipelineEvent } from '#events/catalogue';
import { LocalCluster } from './kafka/LocalCluster.ts';
import { processName } from './kafka/processes.ts';
import type { KafkajsEngine } from './kafkajsEngine.ts';
import { liveOnCluster, type LiveOnCluster } from './kafkajs/liveOnCluster.ts';
import { ownBrokers } from './ownBrokers.ts';
import { describeWithKafka } from './testing/needs.ts';

const LIMIT_MS = 120_000;
const LOOK_MS = 20;
const ADDED_US = 60_000;
const REQUEST_TIMEOUT_MS = 2000;
let runs = 0x11_0000;

await describeWithKafka('links of own brokers', () => {
  let cluster: LocalCluster;
  let engine: KafkajsEngine | null = null;

  beforeAll(async () => {
    cluster = await LocalCluster.start({
      hasProxies: true,
      onStruck: (fault) => engine?.faultStruck(fault),
    });
  }, LIMIT_MS * 3);
  afterAll(() => cluster.stop());

  /** A producer at work, until `work` is done; then its records are accounted for. */
  async function live(
    producer: Readonly<Record<string, string>>,
    work: (one: LiveOnCluster) => Promise<void>,
  ): Promise<LiveOnCluster> {
    const ledgerRun = runs++;
    const one = await liveOnCluster({
      endpoints: cluster.endpoints,
      readAt: cluster.innerEndpoints,
      topic: `links-${ledgerRun}`,
      partitions: 3,
      ledgerRun,
      workload: { recordsPerS: 200 },
      application: { producer: { 'request.timeout.ms': String(REQUEST_TIMEOUT_MS), ...producer } },
      own: ownBrokers(cluster),
    });
    engine = one.engine;
    try {
      await until(() => one.count('batch.completed') > 0);
      await work(one);
      one.command({ do: 'workload.set', application: 0, workload: { recordsPerS: 0 } });
      await one.settle(LIMIT_MS);
      expect(one.run.failure).toBeNull();
      return one;
    } finally {
      engine = null;
      await one.stop();
    }
  }

  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await sleep(LOOK_MS);
  };

  /** A request that has timed out after the first event of this type; a busy machine has some of its own. */
  const lostAfter = (one: LiveOnCluster, type: EventType): boolean => {
    const events = one.events();
    const cause = events.findIndex((event) => event.type === type);
    return cause >= 0 && events.slice(cause).some((event) => event.type === 'request.lost');
  };

  it(
    'the proxies are processes of the cluster, and what is known of links is measured',
    async () => {
      const one = await live({}, () => Promise.resolve());
      expect(one.engine.provenance.get('link.changed')).toBe('measured');
      for (const command of [
        'broker.kill',
        'broker.freeze',
        'broker.restart',
        'link.set',
        'next.lose',
      ] as const)
        expect(one.engine.commands.has(command)).toBe(true);
      expect(cluster.endpoints.map(({ port }) => port)).not.toEqual(cluster.clientPorts);
    },
    LIMIT_MS,
  );

  it(
    'a slow link: every answer takes the way there and back longer',
    async () => {
      const one = await live({}, async (slowed) => {
        slowed.command({ do: 'link.set', node: null, addedUs: ADDED_US, cut: false });
        const { length } = slowed.events();
        const answered = (): number =>
          slowed.events().filter(({ seq, type }) => seq > length && type === 'response.received').length;
        await until(() => answered() > 12);
      });
      const slow = roundTrips(one.events());
      expect(slow.length).toBeGreaterThan(0);
      // A timer may be early by what it rounds.
      for (const us of slow) expect(us).toBeGreaterThanOrEqual(2 * ADDED_US - 4000);
      expect(one.ledger.counts).toMatchObject({ failed: 0, ackedAndMissing: 0, duplicated: 0 });
      for (const node of [0, 1, 2]) await cluster.proxies?.set(node, { addedMs: 0, cut: false });
    },
    LIMIT_MS,
  );

  it(
    'a cut link: the request timeout finds it, and after it is healed everything arrives once',
    async () => {
      const one = await live({}, async (cut) => {
        cut.command({ do: 'link.set', node: 1, addedUs: 0, cut: true });
        await until(() => lostAfter(cut, 'link.changed'));
        cut.command({ do: 'link.set', node: 1, addedUs: 0, cut: false });
      });
      const { counts } = one.ledger;
      expect(counts).toMatchObject({ ackedAndPresent: counts.sent, failed: 0, duplicated: 0, outOfOrder: 0 });
      const changes = one
        .events()
        .flatMap((e) => (e.type === 'link.changed' ? [[Number(e.node), e.cut]] : []));
      expect(changes).toEqual([
        [1, true],
        [1, false],
      ]);
    },
    LIMIT_MS,
  );

  it(
    'a lost ack: without idempotence the records are stored twice, with it the broker knows them again',
    async () => {
      const loseAck = async (one: LiveOnCluster): Promise<void> => {
        one.command({ do: 'next.lose', what: 'response', node: null });
        await until(() => lostAfter(one, 'fault.struck'));
      };
      const plain = await live({ 'enable.idempotence': 'false' }, loseAck);
      expect(plain.ledger.counts.duplicated).toBeGreaterThan(0);
      expect(plain.ledger.counts).toMatchObject({ failed: 0, ackedAndMissing: 0 });
      const idempotent = await live({}, loseAck);
      expect(idempotent.ledger.counts).toMatchObject({ failed: 0, ackedAndMissing: 0, duplicated: 0 });
      // A broker that had the batch already answers with the time at which it stored it.
      const known = idempotent
        .events()
        .filter((event) => event.type === 'batch.completed' && event.logAppendTimeMs !== -1);
      expect(known.length).toBeGreaterThan(0);
    },
    LIMIT_MS,
  );

  it(
    'come back when their process dies, and the producer with them',
    async () => {
      const one = await live({}, async (broken) => {
        const pid = cluster.proxies?.pid ?? 0;
        process.kill(pid, 'SIGKILL');
        await until(() => cluster.proxies?.pid !== pid);
        const { length } = broken.events();
        await until(() =>
          broken.events().some(({ seq, type }) => seq > length && type === 'batch.completed'),
        );
      });
      const { counts } = one.ledger;
      expect(counts).toMatchObject({ ackedAndPresent: counts.sent, failed: 0, duplicated: 0, outOfOrder: 0 });
    },
    LIMIT_MS,
  );

  it(
    'end with the cluster',
    async () => {
      const pid = cluster.proxies?.pid ?? 0;
      expect(processName(pid)).not.toBeNull();
      await cluster.stop();
      expect(processName(pid)).toBeNull();
    },
    LIMIT_MS,
  );
});

/** µs from each request that was sent over slow links to its answer. */
function roundTrips(events: readonly PipelineEvent[]): readonly number[] {
  const sentAt = new Map<number, number>();
  const trips: number[] = [];
  let isSlow = false;
  for (const event of events) {
    if (event.type === 'link.changed') isSlow = event.addedUs > 0;
    else if (event.type === 'request.sent' && isSlow) sentAt.set(event.request, event.at);
    else if (event.type === 'response.received') {
      const at = sentAt.get(event.request);
      if (at !== undefined) trips.push(event.at - at);
    }
  }
  return trips;
}
