import { describe, expect, it } from 'vitest';
import { nodeId } from '#base/ids';
import { TopicPartitions } from '#base/TopicPartition';
import type { ProducerBatch } from './ProducerBatch.ts';
import { requestSizeBytes, responseSizeBytes } from './requestSizes.ts';
import type { ProduceRequest, RequestBody, ResponseBody } from './requests.ts';

const partitions = new TopicPartitions();
const tp = (name: string) => {
  const dash = name.lastIndexOf('-');
  return partitions.get(name.slice(0, dash), Number(name.slice(dash + 1)));
};

function produce(
  transactionalId: string | null,
  batches: readonly (readonly [tp: string, sizeBytes: number])[],
): ProduceRequest {
  return {
    api: 'PRODUCE',
    acks: -1,
    timeoutMs: 30_000,
    transactionalId,
    batches: batches.map(([name, sizeBytes]) => ({
      // Its size is all that is looked at.
      batch: {} as ProducerBatch,
      tp: tp(name),
      recordCount: 1,
      sizeBytes,
      producerId: -1,
      producerEpoch: -1,
      baseSequence: -1,
      isTransactional: transactionalId !== null,
    })),
  };
}

/** `bytes` of requests in the golden traces; client.id is `p`. */
it.each([
  [11, 'tx1', [['t-0', 78]], 112],
  [
    11,
    'tx1',
    [
      ['t-1', 78],
      ['t-0', 95],
    ],
    213,
  ],
  [13, 'tx1', [['t-0', 78]], 126],
  [
    13,
    'tx1',
    [
      ['t-1', 78],
      ['t-0', 95],
    ],
    227,
  ],
  [13, null, [['t-0', 78]], 123],
  [13, null, [['t-0', 155]], 201],
  [13, null, [['t-0', 570]], 616],
  [13, null, [['t-0', 50062]], 50109],
  [
    13,
    null,
    [
      ['t-1', 127],
      ['t-0', 127],
      ['t-2', 127],
    ],
    441,
  ],
  [
    13,
    null,
    [
      ['orders-0', 78],
      ['orders-1', 78],
      ['orders-2', 78],
      ['payments-0', 78],
      ['payments-2', 78],
      ['payments-1', 78],
    ],
    561,
  ],
] as const)('Produce v%i of %s with %j has %i bytes', (version, transactionalId, batches, bytes) => {
  expect(requestSizeBytes(produce(transactionalId, batches), version, 'p')).toBe(bytes);
});

const transaction = { transactionalId: 'tx1', producerId: 5, producerEpoch: 0 } as const;

describe('sizes that the message classes of kafka-clients 4.3.1 give', () => {
  const requests: readonly (readonly [number, number, RequestBody])[] = [
    [13, 66, { api: 'METADATA', topics: ['orders', 't'], isPartialUpdate: false }],
    [4, 44, { api: 'API_VERSIONS' }],
    [5, 35, { api: 'INIT_PRODUCER_ID', ...transaction, transactionalId: null, transactionTimeoutMs: 1 }],
    [5, 38, { api: 'INIT_PRODUCER_ID', ...transaction, transactionTimeoutMs: 1 }],
    [6, 26, { api: 'FIND_COORDINATOR', keyType: 'transaction', key: 'tx1' }],
    [
      3,
      60,
      { api: 'ADD_PARTITIONS_TO_TXN', ...transaction, partitions: [tp('t-0'), tp('t-1'), tp('orders-1')] },
    ],
    [4, 40, { api: 'ADD_OFFSETS_TO_TXN', ...transaction, groupId: 'group' }],
    [
      5,
      73,
      {
        api: 'TXN_OFFSET_COMMIT',
        ...transaction,
        groupId: 'group',
        generationId: -1,
        memberId: 'm',
        offsets: [{ tp: tp('t-0'), offset: 1, metadata: 'abc' }],
      },
    ],
    [5, 35, { api: 'END_TXN', ...transaction, committed: true }],
  ];

  it.each(requests.map(([version, bytes, body]) => [body.api, version, bytes, body] as const))(
    '%s v%i: %i',
    (_, version, bytes, body) => expect(requestSizeBytes(body, version, 'client-1')).toBe(bytes),
  );

  const node = { id: nodeId(1), host: 'localhost', port: 9093 };
  const ids = (...all: readonly number[]) => all.map(nodeId);
  const plain = { throttleTimeMs: 0, error: 'NONE' } as const;
  const identity = { producerId: 5, producerEpoch: 0 } as const;
  const part = {
    error: 'NONE',
    baseOffset: 0,
    logAppendTimeMs: -1,
    logStartOffset: 0,
    recordErrors: [],
    errorMessage: null,
    currentLeader: null,
  } as const;
  const responses: readonly (readonly [number, number, ResponseBody])[] = [
    [
      13,
      141,
      {
        api: 'PRODUCE',
        throttleTimeMs: 0,
        nodeEndpoints: [node],
        partitions: [
          { ...part, tp: tp('t-0') },
          {
            ...part,
            tp: tp('t-1'),
            error: 'NOT_LEADER_OR_FOLLOWER',
            errorMessage: 'bad',
            currentLeader: { leader: nodeId(1), leaderEpoch: 4 },
            recordErrors: [{ index: 2, message: 'why' }],
          },
        ],
      },
    ],
    [
      13,
      131,
      {
        api: 'METADATA',
        throttleTimeMs: 0,
        controller: null,
        brokers: [node],
        topics: [
          {
            topic: 'orders',
            error: 'NONE',
            partitions: [
              {
                partition: 0,
                error: 'NONE',
                leader: null,
                leaderEpoch: 0,
                replicas: ids(0, 1, 2),
                isr: ids(0, 1),
              },
            ],
          },
        ],
      },
    ],
    [5, 22, { api: 'INIT_PRODUCER_ID', ...plain, ...identity }],
    [6, 37, { api: 'FIND_COORDINATOR', ...plain, errorMessage: null, node }],
    [3, 22, { api: 'ADD_PARTITIONS_TO_TXN', throttleTimeMs: 0, errors: [{ tp: tp('t-0'), error: 'NONE' }] }],
    [4, 12, { api: 'ADD_OFFSETS_TO_TXN', ...plain }],
    [5, 22, { api: 'TXN_OFFSET_COMMIT', throttleTimeMs: 0, errors: [{ tp: tp('t-0'), error: 'NONE' }] }],
    [5, 22, { api: 'END_TXN', ...plain, ...identity }],
    [4, 12, { api: 'END_TXN', ...plain, ...identity }],
  ];

  const asked: RequestBody = { api: 'FIND_COORDINATOR', keyType: 'transaction', key: 'tx1' };
  it.each(responses.map(([version, bytes, body]) => [body.api, version, bytes, body] as const))(
    'response of %s v%i: %i',
    (_, version, bytes, body) => expect(responseSizeBytes(body, version, asked)).toBe(bytes),
  );
});
