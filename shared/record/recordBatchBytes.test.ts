import { describe, expect, it } from 'vitest';
import { createRandom } from '#base/random';
import { utf8Bytes } from '#base/utf8';
import { readVarint, readVarlong } from '#base/varint';
import { crc32c } from './crc32c.ts';
import {
  markedRecordBatch,
  recordBatchBytes,
  recordsBytes,
  type BatchHeader,
  type RecordContent,
} from './recordBatchBytes.ts';
import { RECORD_BATCH_OVERHEAD_BYTES, sizeInBytes, sizeOfHeaders } from './recordSizes.ts';

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const fromHex = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

const FIRST: RecordContent = {
  timestampMs: 1700000000000,
  key: utf8Bytes('key'),
  value: utf8Bytes('value'),
  headers: [
    { key: 'trace', value: utf8Bytes('é') },
    { key: 'é', value: null },
  ],
};
/** Older than the first record, without key. */
const SECOND: RecordContent = { timestampMs: 1699999999000, key: null, value: new Uint8Array(), headers: [] };
const THIRD: RecordContent = { timestampMs: 1700000009000, key: new Uint8Array(), value: null, headers: [] };

const header = (
  producerId: number,
  producerEpoch: number,
  baseSequence: number,
  isTransactional = false,
): BatchHeader => ({ compression: 'none', producerId, producerEpoch, baseSequence, isTransactional });

describe('the bytes of MemoryRecordsBuilder 4.3.1', () => {
  const start = '36000000066b65790a76616c7565040a747261636504c3a904c3a901';
  const rest = '0e00cf0f020100001000d08c0104000100';
  it.each([
    [
      'without a producer id',
      header(-1, -1, -1),
      [FIRST],
      `00000000000000000000004dffffffff023b556ed00000000000000000018bcfe568000000018bcfe56800ffffffffffffffffffffffffffff00000001${start}`,
    ],
    [
      'idempotent, three records',
      header(1000, 0, 0),
      [FIRST, SECOND, THIRD],
      `00000000000000000000005effffffff0270b95d600000000000020000018bcfe568000000018bcfe58b2800000000000003e800000000000000000003${start}${rest}`,
    ],
    [
      'transactional, with a large id',
      header(5000000000, 7, 2147483640, true),
      [FIRST, SECOND, THIRD],
      `00000000000000000000005effffffff029752458f0010000000020000018bcfe568000000018bcfe58b28000000012a05f20000077ffffff800000003${start}${rest}`,
    ],
  ])('%s', (_name, head, records, expected) => {
    expect(hex(recordBatchBytes(head, records))).toBe(expected);
  });

  it('compressed', () => {
    const payload = fromHex('1f8b08000000000000ffcb616060604c482411300000c473320837000000');
    const records = [
      { timestampMs: 1700000000000, key: null, value: new Uint8Array(48).fill(97), headers: [] },
    ];
    const bytes = recordBatchBytes({ ...header(1, 0, 5, true), compression: 'gzip' }, records, payload);
    expect(hex(bytes)).toBe(
      `00000000000000000000004fffffffff0262ba2fda0011000000000000018bcfe568000000018bcfe56800000000000000000100000000000500000001${hex(payload)}`,
    );
  });
});

describe('marked fields', () => {
  it('cover the batch without gap or overlap', () => {
    const { bytes, fields } = markedRecordBatch(header(1000, 0, 0), [FIRST, SECOND, THIRD]);
    let at = 0;
    for (const field of fields) {
      expect(field.offset).toBe(at);
      at += field.length;
    }
    expect(at).toBe(bytes.length);
    const value = fields.find((field) => field.name === 'records[0].value');
    expect(value && hex(bytes.subarray(value.offset, value.offset + value.length))).toBe(
      hex(utf8Bytes('value')),
    );
    expect(fields[0]?.name).toBe('baseOffset');
  });

  it('name a compressed payload as a whole', () => {
    const { fields } = markedRecordBatch(
      { ...header(1, 0, 0), compression: 'zstd' },
      [FIRST],
      new Uint8Array(9),
    );
    expect(fields.at(-1)).toEqual({ name: 'records', offset: 61, length: 9 });
  });
});

it('takes exactly the bytes that the size rules say, and reads back', () => {
  const random = createRandom(11);
  for (let run = 0; run < 60; run++) {
    const records = Array.from({ length: 1 + random.below(70) }, (): RecordContent => {
      const bytes = (limit: number): Uint8Array | null =>
        random.below(4) === 0
          ? null
          : Uint8Array.from({ length: random.below(limit) }, () => random.below(256));
      return {
        timestampMs: 1_700_000_000_000 + random.below(20_000),
        key: bytes(80),
        value: bytes(200),
        headers: random.below(3) === 0 ? [{ key: 'h', value: bytes(10) }] : [],
      };
    });
    const base = records[0]?.timestampMs ?? 0;
    const sizes = records.map((record, i) =>
      sizeInBytes(
        i,
        record.timestampMs - base,
        record.key?.length ?? -1,
        record.value?.length ?? -1,
        sizeOfHeaders(record.headers.map(({ key, value }) => ({ key, valueBytes: value?.length ?? -1 }))),
      ),
    );
    const body = recordsBytes(records);
    expect(body.length).toBe(sizes.reduce((sum, size) => sum + size, 0));
    const cursor = { at: 0 };
    records.forEach((record, i) => {
      const end = readVarint(body, cursor) + cursor.at;
      cursor.at += 1;
      expect(readVarlong(body, cursor)).toBe(record.timestampMs - base);
      expect(readVarint(body, cursor)).toBe(i);
      cursor.at = end;
    });
    const whole = recordBatchBytes(header(1, 0, 0), records);
    expect(hex(whole.subarray(RECORD_BATCH_OVERHEAD_BYTES))).toBe(hex(body));
  }
});

it('has the checksum of RFC 3720', () => {
  expect(crc32c(utf8Bytes('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(new Uint8Array())).toBe(0);
  expect(crc32c(utf8Bytes('xx123456789'), 2)).toBe(0xe3069283);
});
