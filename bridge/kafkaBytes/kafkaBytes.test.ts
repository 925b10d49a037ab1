/** Values through bytes and back, and bytes that are anything: reading always ends, with values or MalformedBytes. */
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createRandom } from '#base/random';
import { recordBatchBytes } from '#record/recordBatchBytes';
import { utf8Bytes } from '#base/utf8';
import type { Api } from './Api.ts';
import { API_VERSIONS, FIND_COORDINATOR, METADATA } from './apis/cluster.ts';
import { PRODUCE } from './apis/produce.ts';
import { FETCH, LIST_OFFSETS } from './apis/reading.ts';
import { CREATE_TOPICS, DELETE_TOPICS, ELECT_LEADERS } from './apis/topics.ts';
import {
  ADD_OFFSETS_TO_TXN,
  ADD_PARTITIONS_TO_TXN,
  END_TXN,
  INIT_PRODUCER_ID,
  TXN_OFFSET_COMMIT,
} from './apis/transactions.ts';
import { ByteReader, MalformedBytes } from './ByteReader.ts';
import { ByteWriter } from './ByteWriter.ts';
import { ConnectionLost, KafkaConnection, RequestTimedOut } from './KafkaConnection.ts';
import { readRecordBatches, readRecords } from './recordBatches.ts';

const APIS = [
  API_VERSIONS,
  METADATA,
  FIND_COORDINATOR,
  PRODUCE,
  FETCH,
  LIST_OFFSETS,
  CREATE_TOPICS,
  DELETE_TOPICS,
  ELECT_LEADERS,
  INIT_PRODUCER_ID,
  ADD_PARTITIONS_TO_TXN,
  ADD_OFFSETS_TO_TXN,
  TXN_OFFSET_COMMIT,
  END_TXN,
] as readonly Api<never, unknown>[];

describe('primitive types', () => {
  for (const isFlexible of [false, true]) {
    it(`come back as they went (${isFlexible ? 'compact' : 'plain'})`, () => {
      const writer = new ByteWriter(1);
      writer.isFlexible = isFlexible;
      const numbers = [0, -1, 1, 2 ** 53 - 1, -(2 ** 53 - 1), 2 ** 32, -(2 ** 32)];
      writer.array(numbers, (value) => writer.int64(value));
      for (const text of ['', 'é'.repeat(200), null]) writer.string(text);
      writer.byteString(null);
      writer.byteString(new Uint8Array([1, 2]));
      writer.uuid('0123456789abcdef0123456789abcdef');
      writer.boolean(true);
      writer.int16(-2);
      writer.tags();
      const reader = new ByteReader(writer.written());
      reader.isFlexible = isFlexible;
      expect(reader.array(() => reader.int64())).toEqual(numbers);
      expect([reader.string(), reader.string(), reader.nullableString()]).toEqual([
        '',
        'é'.repeat(200),
        null,
      ]);
      expect(reader.byteString()).toBeNull();
      expect(reader.byteString()).toEqual(new Uint8Array([1, 2]));
      expect(reader.uuid()).toBe('0123456789abcdef0123456789abcdef');
      expect([reader.boolean(), reader.int16()]).toEqual([true, -2]);
      reader.tags();
      expect(() => reader.finish()).not.toThrow();
    });
  }
});

describe('bytes that are anything', () => {
  it('are read to values or to MalformedBytes', () => {
    const random = createRandom(7);
    let values = 0;
    for (let round = 0; round < 20_000; round++) {
      const api = APIS[round % APIS.length];
      if (api === undefined) continue;
      const bytes = new Uint8Array(random.below(80));
      // Mostly small numbers: they get further than noise does.
      for (let i = 0; i < bytes.length; i++) {
        bytes[i] = random.below(random.below(10) < 8 ? 3 : 256);
      }
      const [lowest, highest] = api.versions;
      const version = lowest + random.below(highest - lowest + 1);
      const reader = new ByteReader(bytes);
      reader.isFlexible = version >= api.flexibleFrom;
      try {
        api.decode(reader, version);
        values++;
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedBytes);
      }
    }
    expect(values).toBeGreaterThan(100);
  });
});

describe('record batches', () => {
  const records = Array.from({ length: 20 }, (_, i) => ({
    timestampMs: 1_700_000_000_000 + i * 3,
    key: i % 3 === 0 ? null : utf8Bytes(`key ${i}`),
    value: i % 5 === 0 ? null : utf8Bytes('v'.repeat(i * 10)),
    headers: i % 2 === 0 ? [] : [{ key: 'h', value: i % 4 === 1 ? null : utf8Bytes(`${i}`) }],
  }));
  const header = {
    compression: 'none',
    producerId: 123_456_789_012,
    producerEpoch: 7,
    baseSequence: 2147483640,
    isTransactional: true,
    baseOffset: 5_000_000_000,
  } as const;
  const bytes = recordBatchBytes(header, records);

  it('come back as they went, two in a row and a third cut off', () => {
    const three = new Uint8Array(bytes.length * 3 - 1);
    for (let i = 0; i < three.length; i++) three[i] = bytes[i % bytes.length] ?? 0;
    const batches = readRecordBatches(three);
    expect(batches).toHaveLength(2);
    const [batch] = batches;
    if (batch === undefined) throw new Error('no batch');
    expect(batch).toMatchObject({ ...header, isIntact: true, isControl: false, recordCount: 20 });
    expect(readRecords(batch)).toEqual(
      records.map((record, i) => ({ ...record, offset: header.baseOffset + i })),
    );
  });

  it('with a flipped byte are known as such, and reading them ends', () => {
    const random = createRandom(3);
    for (let round = 0; round < 3000; round++) {
      const broken = bytes.slice();
      const at = random.below(broken.length);
      broken[at] = (broken[at] ?? 0) ^ (1 << random.below(8));
      try {
        const [batch] = readRecordBatches(broken);
        if (batch === undefined) continue;
        // Offset, length and leader's epoch are the broker's own and not covered.
        if (at >= 16) expect(batch.isIntact).toBe(false);
        readRecords(batch);
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedBytes);
      }
    }
  });
});

describe('a connection', () => {
  let server: Server | null = null;
  const sockets: Socket[] = [];

  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server?.close();
  });

  /** A broker that does what it is told with each chunk it is sent. */
  async function connectTo(onData: (socket: Socket, chunk: Buffer) => void): Promise<KafkaConnection> {
    const made = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      socket.on('data', (chunk) => onData(socket, chunk));
    });
    server = made;
    await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
    return KafkaConnection.open({ host: '127.0.0.1', port: (made.address() as AddressInfo).port });
  }

  const init = { transactionalId: null, transactionTimeoutMs: 1, producerId: -1, producerEpoch: -1 };

  /** An answer to InitProducerId version 1: correlation id, throttle, error, id, epoch. */
  function answer(correlationId: number, producerId: number): Buffer {
    const writer = new ByteWriter();
    writer.int32(20);
    writer.int32(correlationId);
    writer.int32(0);
    writer.int16(0);
    writer.int64(producerId);
    writer.int16(0);
    return Buffer.from(writer.written());
  }

  it('puts answers together from single bytes, in order', async () => {
    let asked = 0;
    const connection = await connectTo((socket) => {
      if (asked++ > 0) return;
      const both = Buffer.concat([answer(0, 10), answer(1, 11)]);
      for (const byte of both) socket.write(Buffer.of(byte));
    });
    const ids = await Promise.all([1, 2].map(() => connection.request(INIT_PRODUCER_ID, 1, init)));
    expect(ids.map(({ producerId }) => producerId)).toEqual([10, 11]);
    connection.close();
  });

  it('ends everybody who waits when the broker closes', async () => {
    const connection = await connectTo((socket) => socket.destroy());
    const asked = [1, 2].map(() => connection.request(INIT_PRODUCER_ID, 1, init));
    for (const one of await Promise.allSettled(asked)) {
      expect(one).toMatchObject({ status: 'rejected', reason: expect.any(ConnectionLost) });
    }
    await expect(connection.request(INIT_PRODUCER_ID, 1, init)).rejects.toBeInstanceOf(ConnectionLost);
  });

  it('closes after a request that nobody answers', async () => {
    const connection = await connectTo(() => {});
    const asked = connection.request(INIT_PRODUCER_ID, 1, init, 30);
    await expect(asked).rejects.toBeInstanceOf(RequestTimedOut);
    expect(connection.isOpen).toBe(false);
  });

  it('takes no bytes that are no answer', async () => {
    for (const bytes of [Buffer.alloc(8, 0xff), answer(7, 1), Buffer.from([0, 0, 0, 6, 0, 0, 0, 0, 0, 0])]) {
      const connection = await connectTo((socket) => socket.write(bytes));
      const asked = connection.request(INIT_PRODUCER_ID, 1, init);
      await expect(asked).rejects.toBeInstanceOf(MalformedBytes);
      expect(connection.isOpen).toBe(false);
      server?.close();
    }
  });
});
