import { describe, expect, it } from 'vitest';
import { nodeId, requestId } from '#base/ids';
import { TopicPartitions } from '#base/TopicPartition';
import type { NetworkSend } from '#engine/Selectable';
import type { RequestBody } from '#engine/requests';
import { ByteReader } from '../kafkaBytes/ByteReader.ts';
import { ByteWriter } from '../kafkaBytes/ByteWriter.ts';
import { createRequestCodec } from './requests.ts';

const partitions = new TopicPartitions();
const codec = createRequestCodec(partitions, () => Uint8Array.of(1, 2, 3));

const sendOf = (body: RequestBody, version: number): NetworkSend => ({
  requestId: requestId(0),
  node: nodeId(0),
  api: body.api,
  version,
  correlationId: 0,
  sizeBytes: 0,
  clientName: 'producer-1',
  expectResponse: true,
  body,
});

function bytes(write: (writer: ByteWriter) => void, isFlexible = false): Uint8Array {
  const writer = new ByteWriter();
  writer.isFlexible = isFlexible;
  write(writer);
  return writer.written();
}

describe('requests over kafkajs', () => {
  it('begin with the end of their header where the version has one', () => {
    const body: RequestBody = { api: 'METADATA', topics: ['t'], isPartialUpdate: false };
    const old = new ByteReader(codec.encode(sendOf(body, 8)));
    expect([old.int32(), old.string()]).toEqual([1, 't']);
    const flexible = codec.encode(sendOf(body, 9));
    // No tags; then one topic, in compact form.
    expect([...flexible.subarray(0, 4)]).toEqual([0, 2, 2, 't'.charCodeAt(0)]);
  });

  it('an older broker says which version of ApiVersions it knows, in the oldest form', () => {
    const answer = bytes((writer) => {
      writer.int16(35);
      writer.array([[18, 0, 2]], (api) => api.forEach((number) => writer.int16(number)));
    });
    expect(codec.decode(sendOf({ api: 'API_VERSIONS' }, 4), answer)).toMatchObject({
      error: 'UNSUPPORTED_VERSION',
      maxVersions: { API_VERSIONS: 2 },
    });
  });

  it('never offer more than can be written here', () => {
    const answer = bytes((writer) => {
      writer.int16(0);
      writer.array([0, 3, 10, 22], (key) => {
        for (const number of [key, 0, 99]) writer.int16(number);
        writer.tags();
      });
      writer.int32(0);
      writer.tags();
    }, true);
    expect(codec.decode(sendOf({ api: 'API_VERSIONS' }, 4), answer)).toMatchObject({
      error: 'NONE',
      maxVersions: { PRODUCE: 12, METADATA: 12, FIND_COORDINATOR: 3, INIT_PRODUCER_ID: 5 },
      transactionVersion: 0,
    });
  });

  it('keep the error of every partition, and the time of a batch that the broker had already', () => {
    const answer = bytes((writer) => {
      writer.array([0, 1], (partition) => {
        writer.string('t');
        writer.array([partition], () => {
          writer.int32(partition);
          writer.int16(partition === 0 ? 0 : 6);
          writer.int64(partition === 0 ? 41 : -1);
          writer.int64(partition === 0 ? 1_700_000_000_000 : -1);
          writer.int64(0);
          writer.array([], () => {});
          writer.string(null);
        });
      });
      writer.int32(250);
    });
    const body: RequestBody = {
      api: 'PRODUCE',
      acks: -1,
      timeoutMs: 1,
      transactionalId: null,
      batches: [],
    };
    expect(codec.decode(sendOf(body, 8), answer)).toMatchObject({
      throttleTimeMs: 250,
      partitions: [
        { tp: partitions.get('t', 0), error: 'NONE', baseOffset: 41, logAppendTimeMs: 1_700_000_000_000 },
        { tp: partitions.get('t', 1), error: 'NOT_LEADER_OR_FOLLOWER', baseOffset: -1 },
      ],
    });
  });

  it('an answer with bytes left over is refused', () => {
    const answer = bytes((writer) => {
      writer.int32(0);
      writer.int16(0);
      writer.int64(5);
      writer.int16(0);
      writer.int8(7);
    });
    const body: RequestBody = {
      api: 'INIT_PRODUCER_ID',
      transactionalId: null,
      transactionTimeoutMs: 1,
      producerId: -1,
      producerEpoch: -1,
    };
    expect(() => codec.decode(sendOf(body, 1), answer)).toThrow('left over');
  });
});
