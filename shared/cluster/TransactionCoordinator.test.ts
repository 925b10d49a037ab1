import { nodeId } from '#base/ids';
import type { RequestBody, ResponseBody } from '#engine/requests';
import { describe, expect, it } from 'vitest';
import { HandMadeClient, type BatchShape } from '#testing/HandMadeClient';

const ID = 'tx';

class Transactional extends HandMadeClient {
  producerId = -1;
  producerEpoch = -1;
  private readonly version: 1 | 2;

  constructor(transactionVersion: 1 | 2 = 2) {
    super({ transactionVersion });
    this.version = transactionVersion;
  }

  get coordinatorNode(): number {
    return this.cluster.coordinator.nodeOf(ID) ?? -1;
  }

  request(body: RequestBody, version = 5, waitMs = 50): ResponseBody | null {
    const id = this.send(this.coordinatorNode, body, version);
    this.runFor(waitMs);
    return this.answer(id);
  }

  /** `error id/epoch`. */
  init(producerId = -1, producerEpoch = -1): string {
    const answer = this.request({
      api: 'INIT_PRODUCER_ID',
      transactionalId: ID,
      transactionTimeoutMs: 60_000,
      producerId,
      producerEpoch,
    });
    if (answer?.api !== 'INIT_PRODUCER_ID') return 'nothing';
    if (answer.error === 'NONE') {
      this.producerId = answer.producerId;
      this.producerEpoch = answer.producerEpoch;
    }
    return `${answer.error} ${answer.producerId}/${answer.producerEpoch}`;
  }

  add(partition: number): string {
    const answer = this.request(
      {
        api: 'ADD_PARTITIONS_TO_TXN',
        transactionalId: ID,
        producerId: this.producerId,
        producerEpoch: this.producerEpoch,
        partitions: [this.partitions.get('t', partition)],
      },
      3,
    );
    return answer?.api === 'ADD_PARTITIONS_TO_TXN' ? (answer.errors[0]?.error ?? 'none') : 'nothing';
  }

  write(partition: number, baseSequence: number, more: BatchShape = {}): string | null {
    const { producerId, producerEpoch } = this;
    return this.ask(
      partition,
      { partition, producerId, producerEpoch, baseSequence, isTransactional: true, ...more },
      { transactionalId: ID, version: this.version === 2 ? 13 : 11 },
      300,
    );
  }

  end(committed: boolean, producerEpoch = this.producerEpoch): string {
    const answer = this.request(
      { api: 'END_TXN', transactionalId: ID, producerId: this.producerId, producerEpoch, committed },
      this.version === 2 ? 5 : 4,
    );
    if (answer?.api !== 'END_TXN') return 'nothing';
    if (answer.producerEpoch >= 0) this.producerEpoch = answer.producerEpoch;
    return `${answer.error} ${answer.producerId}/${answer.producerEpoch}`;
  }

  stableOffsets(partition: number): string[] {
    return this.told('highWatermark.advanced')
      .filter((line) => line.includes(` t-${partition} `))
      .map((line) => line.replace(/.*highWatermark=(\d+) lastStableOffset=(\d+) .*/, '$1/$2'));
  }
}

describe('version 2', () => {
  it('the leader adds the partition, the end raises the epoch, a marker lies in every log', () => {
    const client = new Transactional();
    expect(client.init()).toBe('NONE 1000/0');
    expect(client.write(0, 0, { records: 2 })).toBe('NONE@0');
    expect(client.write(1, 0)).toBe('NONE@0');
    expect(client.write(0, 2)).toBe('NONE@2');
    expect(client.stableOffsets(0)).toEqual(['0/0', '2/0', '3/0']);
    expect(client.end(true)).toBe('NONE 1000/1');
    client.runFor(50);
    expect(client.logEnds(0)).toEqual([4, 4, 4]);
    expect(client.logEnds(1)).toEqual([2, 2, 2]);
    expect(client.stableOffsets(0).at(-1)).toBe('4/4');
    expect(client.told('log.marked').map((line) => line.split(' ').slice(1).join(' '))).toEqual([
      'log.marked t-0 offset=3 commit=true producerId=1000 node=0 producerEpoch=1',
      'log.marked t-1 offset=1 commit=true producerId=1000 node=1 producerEpoch=1',
    ]);
    expect(client.told('coordinator.moved').map((line) => line.split('"')[3])).toEqual([
      'Empty',
      'Ongoing',
      'Ongoing',
      'PrepareCommit',
      'CompleteCommit',
    ]);
    expect(client.write(0, 0)).toBe('NONE@4');
  });

  it('a repeated end gets the same answer, another one is refused', () => {
    const client = new Transactional();
    client.init();
    client.write(0, 0);
    expect(client.end(true)).toBe('NONE 1000/1');
    expect(client.end(true, 0)).toBe('NONE 1000/1');
    expect(client.end(false, 0)).toBe('INVALID_TXN_STATE -1/-1');
    expect(client.end(true)).toBe('INVALID_TXN_STATE -1/-1');
    expect(client.end(false)).toBe('NONE 1000/2');
  });

  it('wants a first sequence of 0 from a producer that the partition does not know', () => {
    const client = new Transactional();
    client.init();
    expect(client.write(0, 3)).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER@-1');
  });
});

describe('version 1', () => {
  it('takes nothing of a partition that the producer has not added', () => {
    const client = new Transactional(1);
    client.init();
    expect(client.write(0, 0)).toBe('TRANSACTION_ABORTABLE@-1');
    expect(client.add(0)).toBe('NONE');
    expect(client.write(0, 0)).toBe('NONE@0');
    expect(client.end(false)).toBe('NONE -1/-1');
    client.runFor(50);
    expect(client.told('log.marked')).toHaveLength(1);
    expect(client.add(0)).toBe('NONE');
    expect(client.write(0, 1)).toBe('NONE@2');
    expect(client.end(true)).toBe('NONE -1/-1');
    expect(client.end(false)).toMatch(/CONCURRENT_TRANSACTIONS|INVALID_TXN_STATE/);
  });
});

describe('fencing', () => {
  it('a second producer aborts what is open; the first may neither write nor end', () => {
    const client = new Transactional();
    client.init();
    client.write(0, 0);
    const zombie = { producerId: client.producerId, producerEpoch: client.producerEpoch };
    expect(client.init()).toBe('CONCURRENT_TRANSACTIONS -1/-1');
    client.runFor(50);
    expect(client.init()).toBe('NONE 1000/2');
    expect(client.write(0, 1, zombie)).toBe('INVALID_PRODUCER_EPOCH@-1');
    expect(client.write(1, 0, zombie)).toBe('INVALID_PRODUCER_EPOCH@-1');
    expect(client.end(true, zombie.producerEpoch)).toBe('PRODUCER_FENCED -1/-1');
    expect(client.told('log.marked').map((line) => line.includes('commit=false'))).toEqual([true]);
    expect(client.init(1000, 0)).toBe('PRODUCER_FENCED -1/-1');
  });

  it('a transaction that takes too long is aborted under a new epoch', () => {
    const client = new Transactional();
    client.init();
    client.write(0, 0);
    client.runFor(75_000);
    expect(client.told('log.marked')).toHaveLength(1);
    expect(client.end(true)).toBe('INVALID_TXN_STATE -1/-1');
  });
});

describe('a coordinator that dies', () => {
  it('another broker goes on where its log says', () => {
    const client = new Transactional();
    client.init();
    const old = client.coordinatorNode;
    const partition = (old + 1) % 3;
    client.write(partition, 0);
    const id = client.send(
      old,
      { api: 'END_TXN', transactionalId: ID, producerId: 1000, producerEpoch: 0, committed: true },
      5,
    );
    // It has answered, and the marker is on its way back.
    client.runFor(3);
    client.cluster.broker(nodeId(old)).kill();
    client.runFor(3000);
    expect(client.answer(id)).toMatchObject({ error: 'NONE', producerEpoch: 1 });
    expect(client.coordinatorNode).not.toBe(old);
    expect(client.told('coordinator.moved').at(-1)).toContain('CompleteCommit');
    client.producerEpoch = 1;
    expect(client.init()).toBe('NONE 1000/2');
  });

  it('the wrong broker says so', () => {
    const client = new Transactional();
    const id = client.send(
      (client.coordinatorNode + 1) % 3,
      {
        api: 'INIT_PRODUCER_ID',
        transactionalId: ID,
        transactionTimeoutMs: 60_000,
        producerId: -1,
        producerEpoch: -1,
      },
      5,
    );
    client.runFor(10);
    expect(client.answer(id)).toMatchObject({ error: 'NOT_COORDINATOR' });
  });
});
