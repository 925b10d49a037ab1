/** The frames of kafkajs's own requests and answers, read where they go through its socket. */
import type { Socket } from 'node:net';
import { ByteReader } from '../../kafkaBytes/ByteReader.ts';
import { PRODUCE, type ProduceResponse } from '../../kafkaBytes/apis/produce.ts';
import { readRecordBatches, readRecords, type ReadBatch } from '../../kafkaBytes/recordBatches.ts';
import { ledgerNumber } from '../../RecordContents.ts';
import { decompress } from '../codecs.ts';

const LENGTH_BYTES = 4;

export interface RequestHeader {
  readonly apiKey: number;
  readonly version: number;
  readonly correlationId: number;
  /** Without the length, as everywhere in the log. */
  readonly sizeBytes: number;
}

/** What a Produce request holds for one partition. */
export interface ProducePart {
  readonly topic: string;
  readonly partition: number;
  readonly batch: ReadBatch;
  /** The numbers of its records that are of this run. */
  readonly numbers: readonly number[];
}

export interface SocketListener {
  /** A whole request, its length included, before its first byte goes out. */
  requested(frame: Buffer): void;
  /** The kernel has taken it. */
  written(frame: Buffer): void;
  /** A whole answer, its length included, before kafkajs sees it. */
  answered(frame: Buffer): void;
}

/** kafkajs hands each request to its socket in one piece. */
export function listenToSocket(socket: Socket, listener: SocketListener): void {
  const write = socket.write.bind(socket);
  Object.assign(socket, {
    write: (frame: Buffer) => {
      listener.requested(frame);
      return write(frame, () => listener.written(frame));
    },
  });
  let held: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    while (held.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + held.readInt32BE(0);
      if (held.length < end) return;
      listener.answered(held.subarray(0, end));
      held = held.subarray(end);
    }
  });
}

export function readHeader(frame: Buffer): RequestHeader {
  const reader = new ByteReader(frame);
  const sizeBytes = reader.int32();
  return { sizeBytes, apiKey: reader.int16(), version: reader.int16(), correlationId: reader.int32() };
}

export const readCorrelationId = (frame: Buffer): number => frame.readInt32BE(LENGTH_BYTES);

/** Of a Produce request before version 9. `run`: whose records are looked for. @throws MalformedBytes */
export function readProduceParts(frame: Buffer, run: number): readonly ProducePart[] {
  const reader = new ByteReader(frame);
  // Length, key, version and correlation id; client.id and transactional.id; acks and timeout.
  reader.raw(LENGTH_BYTES + 2 + 2 + 4);
  reader.nullableString();
  reader.nullableString();
  reader.raw(2 + 4);
  return reader
    .array(() => {
      const topic = reader.string();
      return reader.array(() => {
        const partition = reader.int32();
        const [batch] = readRecordBatches(reader.byteString() ?? new Uint8Array());
        return batch === undefined
          ? []
          : [{ topic, partition, batch, numbers: numbersOf(batch, run) } satisfies ProducePart];
      });
    })
    .flat(2);
}

function numbersOf(batch: ReadBatch, run: number): readonly number[] {
  const records = readRecords(batch, decompress(batch.compression, batch.payload));
  return records.flatMap((record) => ledgerNumber(record, run) ?? []);
}

/** @throws MalformedBytes */
export function readProduceAnswer(frame: Buffer, version: number): ProduceResponse {
  const reader = new ByteReader(frame.subarray(LENGTH_BYTES + 4));
  return PRODUCE.decode(reader, version);
}
