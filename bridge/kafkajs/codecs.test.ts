import { expect, it } from 'vitest';
import { COMPRESSION_TYPES } from '#record/CompressionType';
import { native } from '../codecs/nativeCodec.ts';
import { snappyDecompress } from '../codecs/snappy.ts';
import { codecSentence, createCompress, decompress } from './codecs.ts';

const LEVELS = { compressionGzipLevel: -1, compressionZstdLevel: 3 };
/** Above the 32 KiB of a Snappy block and the 64 KiB of an LZ4 block. */
const TEXT = Buffer.from('order shipped; '.repeat(20_000));

for (const type of COMPRESSION_TYPES) {
  const refusal = codecSentence(type);
  it.skipIf(refusal !== null)(
    `${type} comes back, from nothing to many blocks (${refusal ?? 'is here'})`,
    () => {
      const compress = createCompress({ ...LEVELS, compressionType: type }) ?? ((bytes) => bytes);
      for (const bytes of [TEXT.subarray(0, 0), TEXT.subarray(0, 1), TEXT]) {
        const compressed = compress(bytes);
        if (type !== 'none' && bytes.length > 1) expect(compressed.length).toBeLessThan(bytes.length / 5);
        expect(Buffer.from(decompress(type, compressed)).equals(bytes)).toBe(true);
      }
    },
  );
}

it.skipIf(codecSentence('snappy') !== null)(
  'snappy is written as Java does, and raw blocks are read too',
  () => {
    const framed = Buffer.from(
      createCompress({ ...LEVELS, compressionType: 'snappy' })?.(Buffer.from('aaaaaaaa')) ?? [],
    );
    expect(framed.toString('latin1', 0, 8)).toBe('\x82SNAPPY\0');
    expect(framed.toString('hex', 8, 16)).toBe('0000000100000001');
    expect(framed.readInt32BE(16)).toBe(framed.length - 20);
    expect(Buffer.from(snappyDecompress(framed.subarray(20))).toString()).toBe('aaaaaaaa');
    expect(() => snappyDecompress(framed.subarray(0, -1))).toThrow('cut off');
  },
);

it.skipIf(codecSentence('lz4') !== null)('an lz4 frame has what the Java reader insists on', () => {
  const frame = createCompress({ ...LEVELS, compressionType: 'lz4' })?.(TEXT) ?? new Uint8Array();
  expect([...frame.subarray(0, 4)]).toEqual([0x04, 0x22, 0x4d, 0x18]);
  const [flags = 0, blockSize = 0] = frame.subarray(4);
  // Version 1, independent blocks, nothing reserved; a size of blocks from 64 KiB to 4 MiB.
  expect(flags & 0b1110_0010).toBe(0b0110_0000);
  expect(blockSize & 0b1000_1111).toBe(0);
  expect(blockSize >> 4).toBeGreaterThanOrEqual(4);
});

it.skipIf(codecSentence('zstd') !== null)('the level of zstd counts', () => {
  const lines = Array.from({ length: 5000 }, (_, i) => `order ${i} of customer ${(i * 7919) % 997}: shipped`);
  const text = Buffer.from(lines.join('\n'));
  const [fast = 0, thorough = 0] = [1, 19].map(
    (compressionZstdLevel) =>
      createCompress({ ...LEVELS, compressionType: 'zstd', compressionZstdLevel })?.(text).length,
  );
  expect(thorough).toBeLessThan(fast);
});

it('a package without a binary for the machine is a sentence, not a crash', () => {
  expect(native('no-such-codec').load()).toEqual({
    missing: `the package no-such-codec does not load on ${process.platform} ${process.arch}`,
  });
});
