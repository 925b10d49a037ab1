import { nodeId } from '#base/ids';
import { describe, expect, it } from 'vitest';
import { HandMadeClient } from '#testing/HandMadeClient';

describe('acks', () => {
  it('all waits until the followers have fetched again, 1 answers at once, 0 never', () => {
    const client = new HandMadeClient();
    client.runFor(9);
    const all = client.produce(0, [{ records: 3 }]);
    client.runFor(10);
    expect(client.produced(all)).toBe('NONE@0');
    expect(
      client.told('log.appended', 'replica.fetched', 'highWatermark.advanced', 'response.left').slice(-5),
    ).toEqual([
      '11 log.appended t-0 node=0 batch=0 baseOffset=0 logEndOffset=3',
      '11.5 replica.fetched t-0 node=1 logEndOffset=3 leader=0',
      '11.5 replica.fetched t-0 node=2 logEndOffset=3 leader=0',
      '12 highWatermark.advanced t-0 highWatermark=3 lastStableOffset=3 leaderEpoch=0',
      '12 response.left request=0',
    ]);
    client.produce(0, [{}], { acks: 1 });
    expect(client.told('response.left')).toHaveLength(1);
    client.runFor(1);
    expect(client.told('response.left').slice(-1)).toEqual(['21 response.left request=1']);
    client.produce(0, [{}], { acks: 0 });
    client.runFor(10);
    expect(client.told('response.left')).toHaveLength(2);
    expect(client.logEnds(0)).toEqual([5, 5, 5]);
  });

  it('0 closes the connection on an error', () => {
    const client = new HandMadeClient();
    client.produce(1, [{}], { acks: 0 });
    client.runFor(5);
    expect(client.isOpen(1)).toBe(false);
    expect(client.told('log.refused')).toEqual([
      '2 log.refused t-0 node=1 batch=0 error="NOT_LEADER_OR_FOLLOWER"',
    ]);
  });

  it('works on one request of a connection at a time', () => {
    const client = new HandMadeClient();
    client.produce(0, [{}]);
    client.produce(0, [{}], { acks: 1 });
    client.runFor(20);
    expect(client.told('request.arrived', 'request.begun', 'response.left')).toEqual([
      '2 request.arrived request=0',
      '2 request.begun request=0',
      '2 request.arrived request=1',
      '3 response.left request=0',
      '3 request.begun request=1',
      '3 response.left request=1',
    ]);
  });
});

describe('min.insync.replicas', () => {
  it('refuses before the append and holds the high watermark for everybody', () => {
    const client = new HandMadeClient();
    client.cluster.broker(nodeId(1)).kill();
    client.cluster.broker(nodeId(2)).kill();
    client.runFor(2100);
    expect(client.told('isr.changed').slice(-3)).toEqual([
      '2001 isr.changed t-0 isr=[0] elr=[2]',
      '2001 isr.changed t-1 isr=[0] elr=[2]',
      '2001 isr.changed t-2 isr=[0] elr=[2]',
    ]);
    expect(client.ask(0, {})).toBe('NOT_ENOUGH_REPLICAS@-1');
    expect(client.ask(0, {}, { acks: 1 })).toBe('NONE@0');
    expect(
      client.told('highWatermark.advanced').filter((line) => line.includes('t-0 highWatermark=1')),
    ).toEqual([]);
  });

  it('times a waiting request out while the data stays', () => {
    const client = new HandMadeClient();
    client.cluster.broker(nodeId(1)).stallReplicas(true);
    const id = client.produce(0, [{}], { timeoutMs: 300 });
    client.runFor(290);
    expect(client.produced(id)).toBeNull();
    client.runFor(20);
    expect(client.produced(id)).toBe('REQUEST_TIMED_OUT@0');
    expect(client.logEnds(0)).toEqual([1, 0, 1]);
    client.cluster.broker(nodeId(1)).stallReplicas(false);
    client.runFor(20);
    expect(client.logEnds(0)).toEqual([1, 1, 1]);
  });
});

describe('the order of checks', () => {
  it.each([
    [{ partition: 9 }, 0, 'UNKNOWN_TOPIC_OR_PARTITION@-1'],
    [{ partition: 1 }, 0, 'NOT_LEADER_OR_FOLLOWER@-1'],
    [{ sizeBytes: 1048589 }, 0, 'MESSAGE_TOO_LARGE@-1'],
    [{ sizeBytes: 1048588 }, 0, 'NONE@0'],
    [{ producerId: 5, baseSequence: 4 }, 0, 'NONE@0'],
  ])('%j', (shape, node, answer) => {
    expect(new HandMadeClient().ask(node, shape)).toBe(answer);
  });

  it('names the leader to who asks the wrong broker', () => {
    const client = new HandMadeClient();
    const id = client.produce(0, [{ partition: 1 }]);
    client.runFor(10);
    const answer = client.answer(id);
    expect(answer?.api === 'PRODUCE' && answer.partitions[0]?.currentLeader).toEqual({
      leader: 1,
      leaderEpoch: 0,
    });
  });

  it('answers a repeated batch with its first offset, once it is safe', () => {
    const client = new HandMadeClient();
    const batch = { producerId: 5, records: 4 };
    expect(client.ask(0, batch)).toBe('NONE@0');
    expect(client.ask(0, { ...batch, baseSequence: 4, records: 1 })).toBe('NONE@4');
    expect(client.ask(0, batch)).toBe('NONE@0');
    expect(client.ask(0, { ...batch, baseSequence: 9 })).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER@-1');
    expect(client.logEnds(0)).toEqual([5, 5, 5]);
    expect(client.told('log.recognised')).toHaveLength(1);
  });
});

describe('elections', () => {
  it('takes a dead broker out after its session and leads on with the next replica in the ISR', () => {
    const client = new HandMadeClient();
    client.ask(0, {});
    client.cluster.broker(nodeId(0)).kill();
    client.runFor(1990);
    expect(client.leader(0)).toBe(0);
    client.runFor(20);
    expect(client.told('leader.elected').slice(3)).toEqual([
      '2101 leader.elected t-0 leader=1 leaderEpoch=1 unclean=false',
    ]);
    expect(client.told('isr.changed').slice(3)).toEqual([
      '2101 isr.changed t-0 isr=[1,2] elr=[]',
      '2101 isr.changed t-1 isr=[1,2] elr=[]',
      '2101 isr.changed t-2 isr=[2,1] elr=[]',
    ]);
    expect(client.ask(1, {})).toBe('NONE@1');
  });

  it('loses what only the old leader had, and cuts its tail off when it returns', () => {
    const client = new HandMadeClient();
    client.cluster.broker(nodeId(1)).stallReplicas(true);
    client.cluster.broker(nodeId(2)).stallReplicas(true);
    expect(client.ask(0, { records: 3 }, { acks: 1 })).toBe('NONE@0');
    client.cluster.broker(nodeId(0)).kill();
    client.cluster.broker(nodeId(1)).stallReplicas(false);
    client.cluster.broker(nodeId(2)).stallReplicas(false);
    client.runFor(2100);
    expect(client.ask(1, { records: 2 })).toBe('NONE@0');
    client.cluster.broker(nodeId(0)).restart();
    client.runFor(100);
    expect(client.told('log.truncated').map((line) => line.split(' ').slice(1).join(' '))).toEqual([
      'log.truncated t-0 node=0 logEndOffset=0 fromOffset=3',
    ]);
    expect(client.logEnds(0)).toEqual([2, 2, 2]);
    expect(
      client
        .told('isr.changed')
        .slice(-3)
        .map((line) => line.split(' ').slice(1).join(' ')),
    ).toEqual([
      'isr.changed t-1 isr=[1,2,0] elr=[]',
      'isr.changed t-2 isr=[2,0,1] elr=[]',
      'isr.changed t-0 isr=[0,1,2] elr=[]',
    ]);
  });

  it('elects nobody outside the ISR unless the topic allows it', () => {
    for (const uncleanLeaderElection of [false, true]) {
      const client = new HandMadeClient(
        { replicaLagTimeMaxMs: 1000 },
        { minInsyncReplicas: 1, uncleanLeaderElection },
      );
      client.cluster.broker(nodeId(1)).stallReplicas(true);
      client.cluster.broker(nodeId(2)).stallReplicas(true);
      // Who is not behind stays, however long it has not fetched.
      client.runFor(2000);
      expect(client.told('isr.changed')).toHaveLength(3);
      expect(client.ask(0, {}, { acks: 1 })).toBe('NONE@0');
      client.runFor(2000);
      expect(client.told('isr.changed').filter((line) => line.includes('t-0 isr=[0]'))).toHaveLength(1);
      client.cluster.broker(nodeId(0)).kill();
      client.runFor(2100);
      expect(client.leader(0)).toBe(uncleanLeaderElection ? 1 : null);
    }
  });

  it('a broker restarted within its session waits for the end of it', () => {
    const client = new HandMadeClient();
    client.cluster.broker(nodeId(0)).kill();
    client.runFor(500);
    client.cluster.broker(nodeId(0)).restart();
    client.runFor(2000);
    expect(client.told('broker.moved').slice(3)).toEqual([
      '1 broker.moved node=0 to="down"',
      '2001 broker.moved node=0 to="up"',
    ]);
    expect(client.leader(0)).toBe(1);
  });

  it('moves a leadership on demand, to a member of the ISR only', () => {
    const client = new HandMadeClient();
    expect(client.cluster.moveLeader('t', 0, nodeId(2))).toBe(true);
    expect(client.cluster.moveLeader('t', 0, nodeId(2))).toBe(false);
    client.runFor(5);
    expect(client.ask(0, {})).toBe('NOT_LEADER_OR_FOLLOWER@-1');
    expect(client.ask(2, {})).toBe('NONE@0');
  });

  it('leads on from the last member of the ISR when it is back', () => {
    const client = new HandMadeClient(
      { brokers: 1 },
      { replicationFactor: 1, minInsyncReplicas: 1, partitions: 1 },
    );
    expect(client.ask(0, {})).toBe('NONE@0');
    client.cluster.broker(nodeId(0)).kill();
    client.runFor(3000);
    expect(client.leader(0)).toBeNull();
    client.cluster.broker(nodeId(0)).restart();
    client.runFor(10);
    expect(client.ask(0, {})).toBe('NONE@1');
  });
});

describe('a frozen broker', () => {
  it('answers nothing, keeps its connections, and handles its buffers when it thaws', () => {
    const client = new HandMadeClient();
    client.cluster.broker(nodeId(0)).freeze();
    const id = client.produce(0, [{}], { acks: 1 });
    client.runFor(1000);
    expect(client.produced(id)).toBeNull();
    expect(client.isOpen(0)).toBe(true);
    client.cluster.broker(nodeId(0)).restart();
    client.runFor(10);
    expect(client.produced(id)).toBe('NONE@0');
  });

  it('acts as the leader it was until it hears the news: what it stores then is cut off', () => {
    const client = new HandMadeClient();
    client.cluster.broker(nodeId(0)).freeze();
    const one = client.produce(0, [{ records: 2 }], { acks: 1 });
    const all = client.produce(0, [{ records: 2 }]);
    client.runFor(2100);
    expect(client.leader(0)).toBe(1);
    client.cluster.broker(nodeId(0)).restart();
    client.runFor(50);
    expect(client.produced(one)).toBe('NONE@0');
    expect(client.produced(all)).toBe('NOT_LEADER_OR_FOLLOWER@2');
    expect(client.logEnds(0)).toEqual([0, 0, 0]);
    expect(client.told('log.truncated')).toHaveLength(1);
  });
});

describe('the network', () => {
  it('loses the next request or the next answer, and with it what follows on the connection', () => {
    const client = new HandMadeClient();
    client.cluster.faults.armLoss('response', null);
    const first = client.produce(0, [{}], { acks: 1 });
    const second = client.produce(0, [{}], { acks: 1 });
    client.runFor(100);
    expect([client.produced(first), client.produced(second)]).toEqual([null, null]);
    expect(client.logEnds(0)).toEqual([2, 2, 2]);
    client.disconnect(0);
    expect(client.ask(0, {})).toBe('NONE@2');
    client.cluster.faults.armLoss('request', nodeId(1));
    expect(client.ask(0, {})).toBe('NONE@3');
    expect(client.ask(1, { partition: 1 })).toBeNull();
    expect(client.logEnds(1)).toEqual([0, 0, 0]);
    expect(client.told('fault.struck')).toHaveLength(2);
  });

  it('loses everything over a cut link until a new connection after it is whole', () => {
    const client = new HandMadeClient();
    client.cluster.links.set(nodeId(0), 0, true);
    expect(client.ask(0, {})).toBeNull();
    client.cluster.links.set(nodeId(0), 3000, false);
    client.disconnect(0);
    const id = client.produce(0, [{}], { acks: 1 });
    client.runFor(7);
    expect(client.produced(id)).toBeNull();
    client.runFor(1);
    expect(client.produced(id)).toBe('NONE@0');
  });

  it('needs its time for bytes when bandwidth is limited', () => {
    const { network } = new HandMadeClient().cluster.settings;
    const client = new HandMadeClient({ network: { ...network, bandwidthBytesPerS: 20_000 } });
    client.produce(0, [{}], { acks: 1 });
    client.produce(0, [{}], { acks: 1 });
    client.runFor(50);
    expect(client.told('request.arrived')).toEqual([
      '12 request.arrived request=0',
      '22 request.arrived request=1',
    ]);
  });
});

describe('faults', () => {
  it('replace the n-th answer of a partition, with or without its append', () => {
    const client = new HandMadeClient();
    const rule = { api: 'PRODUCE', node: null, topic: 't', partition: 0, nth: 2, times: 1 } as const;
    client.cluster.faults.armAnswer({ ...rule, error: 'NOT_ENOUGH_REPLICAS', appended: false });
    expect(client.ask(1, { partition: 1 })).toBe('NONE@0');
    expect(client.ask(0, {})).toBe('NONE@0');
    expect(client.ask(0, {})).toBe('NOT_ENOUGH_REPLICAS@-1');
    expect(client.ask(0, {})).toBe('NONE@1');
    client.cluster.faults.armAnswer({ ...rule, nth: 1, error: 'REQUEST_TIMED_OUT', appended: true });
    expect(client.ask(0, {})).toBe('REQUEST_TIMED_OUT@-1');
    expect(client.logEnds(0)).toEqual([3, 3, 3]);
  });
});

describe('a fault without partition', () => {
  it('counts requests, not their partitions, and strikes all of them', () => {
    const client = new HandMadeClient({ brokers: 1 });
    const rule = { api: 'PRODUCE', node: null, topic: null, partition: null, nth: 2, times: 1 } as const;
    client.cluster.faults.armAnswer({ ...rule, error: 'NOT_ENOUGH_REPLICAS', appended: false });
    const both = [{ partition: 0 }, { partition: 1 }];
    const requests = [0, 1, 2].map(() => client.produce(0, both, { acks: 1 }));
    client.runFor(100);
    expect(requests.map((request) => client.produced(request))).toEqual([
      'NONE@0 NONE@0',
      'NOT_ENOUGH_REPLICAS@-1 NOT_ENOUGH_REPLICAS@-1',
      'NONE@1 NONE@1',
    ]);
  });
});

describe('topics', () => {
  it('grow and go', () => {
    const client = new HandMadeClient();
    client.cluster.addPartitions('t', 5);
    expect(client.ask(0, { partition: 3 })).toBe('NONE@0');
    client.cluster.deleteTopic('t');
    expect(client.ask(0, {})).toBe('UNKNOWN_TOPIC_ID@-1');
    expect(client.ask(0, {}, { version: 11 })).toBe('UNKNOWN_TOPIC_OR_PARTITION@-1');
  });
});
