import { describe, expect, it } from 'vitest';
import { gunzipSync } from 'node:zlib';
import { batchId, clientId, recordId, threadId, tpId } from '#base/ids';
import { EPOCH_MS } from '#base/time';
import { sizeOfVarint } from '#base/varint';
import { KeyNames } from '#model/KeyNames';
import { sizeInBytes } from '#record/recordSizes';
import { readRecordBatches, readRecords } from './kafkaBytes/recordBatches.ts';
import { createCompress } from './kafkajs/codecs.ts';
import { LEDGER_HEADER_BYTES, LEDGER_HEADER_KEY, RecordContents } from './RecordContents.ts';

const BEGAN_MS = 1_700_000_000_000;

function noted(headerBytes: number, records = 3) {
  const contents = new RecordContents({
    seed: 7,
    ledgerRun: 0xfedcba98,
    keys: new KeyNames(),
    beganAtMs: BEGAN_MS,
  });
  const events = contents.noting({ writer: () => () => {} });
  const sent = events.writer('record.sent');
  const serialized = events.writer('record.serialized');
  const keyLength = Math.min(headerBytes, LEDGER_HEADER_KEY.length);
  const valueLength = headerBytes - keyLength;
  const section = headerBytes === 0 ? 1 : 1 + 1 + keyLength + sizeOfVarint(valueLength) + valueLength;
  for (let i = 0; i < records; i++) {
    sent(recordId(i), threadId(0), i, 100 + i);
    serialized(recordId(i), 6, 100 + i, section);
  }
  const ids = Array.from({ length: records }, (_, i) => recordId(i));
  return {
    contents,
    section,
    batch: { recordCount: records, records: ids, timestampOf: (i: number) => EPOCH_MS + i },
  };
}

const sentOf = (batch: object) =>
  ({
    batch,
    producerId: 9,
    producerEpoch: 1,
    baseSequence: 5,
    isTransactional: false,
  }) as Parameters<RecordContents['batchBytes']>[0];

describe('the content of live records', () => {
  it('is in the bytes of a batch, exactly as large as the producer counted', () => {
    for (const headerBytes of [0, 1, 8, 9, 15, LEDGER_HEADER_BYTES, 40, 71, 72, 73, 200]) {
      const { contents, section, batch } = noted(headerBytes);
      const bytes = contents.batchBytes(sentOf(batch), 'none', null);
      const counted = [0, 1, 2].reduce((sum, i) => sum + sizeInBytes(i, i, 6, 100 + i, section), 61);
      expect(bytes.length, `${headerBytes} bytes of headers`).toBe(counted);
      const [read] = readRecordBatches(bytes);
      expect(read).toMatchObject({ isIntact: true, producerId: 9, baseSequence: 5, recordCount: 3 });
    }
  });

  it('carries the run and the record where the header has room', () => {
    const { contents, batch } = noted(LEDGER_HEADER_BYTES);
    const [read] = readRecordBatches(contents.batchBytes(sentOf(batch), 'none', null));
    const records = read === undefined ? [] : readRecords(read);
    expect(records.map(({ headers }) => Buffer.from(headers[0]?.value ?? []).toString('hex'))).toEqual([
      'fedcba9800000000',
      'fedcba9800000001',
      'fedcba9800000002',
    ]);
    expect(records.map(({ timestampMs }) => timestampMs - BEGAN_MS)).toEqual([0, 1, 2]);
    expect(contents.text(recordId(1))?.key).toBe('user-1');
    expect(Buffer.from(records[1]?.value ?? []).toString()).toBe(contents.text(recordId(1))?.value);
  });

  it('is known of a record that waits, however many are sent meanwhile, and forgotten of old ones that do not', () => {
    const contents = new RecordContents({ seed: 7, ledgerRun: 1, keys: new KeyNames(), beganAtMs: BEGAN_MS });
    const events = contents.noting({ writer: () => () => {} });
    const sent = events.writer('record.sent');
    const created = events.writer('batch.created');
    const completed = events.writer('batch.completed');
    const send = (from: number, to: number): void => {
      for (let i = from; i < to; i++) sent(recordId(i), threadId(0), i, 10 + (i % 7));
    };
    const waiting = { recordCount: 1, records: [recordId(5000)], timestampOf: () => EPOCH_MS };
    send(0, 5001);
    created(batchId(0), clientId(0), tpId(0), 100, null);
    const before = contents.batchBytes(sentOf(waiting), 'none', null);
    send(5001, 2_500_000);
    const after = contents.batchBytes(sentOf({ ...waiting }), 'none', null);
    expect(Buffer.from(after).equals(before)).toBe(true);
    expect(contents.text(recordId(100))).toBeNull();
    expect(contents.text(recordId(1_200_000))?.key).toBe('user-1200000');
    completed(batchId(0), 0, -1, false);
    send(2_500_000, 7_000_000);
    expect(contents.text(recordId(5000))).toBeNull();
    expect(contents.text(recordId(6_000_000))?.key).toBe('user-6000000');
  });

  it('is compressed once, so that a retry sends the same bytes', () => {
    const { contents, batch } = noted(LEDGER_HEADER_BYTES);
    const compress = createCompress({
      compressionType: 'gzip',
      compressionGzipLevel: -1,
      compressionZstdLevel: 3,
    });
    if (compress === null) throw new Error('gzip is there');
    const payload = contents.compressed(batch, compress);
    const [read] = readRecordBatches(contents.batchBytes(sentOf(batch), 'gzip', compress));
    expect(Buffer.from(read?.payload ?? []).equals(payload)).toBe(true);
    expect(read === undefined ? [] : readRecords(read, gunzipSync(payload))).toHaveLength(3);
    expect(contents.compressed(batch, compress)).toBe(payload);
  });
});
