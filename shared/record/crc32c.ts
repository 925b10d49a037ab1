/**
 * CRC-32C (Castagnoli), the checksum of a record batch: java.util.zip.CRC32C. Eight bytes at a time ("slicing"), as it
 * covers every byte that the live producer sends.
 */

/** The polynomial 0x1EDC6F41, bits reversed. */
const POLYNOMIAL = 0x82f63b78;

/** Eight tables of 256: the k-th is for a byte with k zero bytes after it. */
const TABLES: Int32Array = makeTables();

function makeTables(): Int32Array {
  const tables = new Int32Array(2048);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
    tables[byte] = crc;
  }
  for (let at = 256; at < 2048; at++) {
    const before = tables[at - 256] ?? 0;
    tables[at] = (before >>> 8) ^ (tables[before & 0xff] ?? 0);
  }
  return tables;
}

/** Checksum of bytes [start, end), an unsigned 32-bit number. */
export function crc32c(bytes: Uint8Array, start: number = 0, end: number = bytes.length): number {
  const last = Math.min(end, bytes.length);
  let crc = -1;
  let at = start;
  for (; at + 8 <= last; at += 8) crc = withEight(crc, bytes, at);
  for (; at < last; at++) crc = (crc >>> 8) ^ (TABLES[(crc ^ (bytes[at] as number)) & 0xff] as number);
  return ~crc >>> 0;
}

function withEight(crc: number, bytes: Uint8Array, at: number): number {
  const low = crc ^ wordAt(bytes, at);
  const high = wordAt(bytes, at + 4);
  return (
    (TABLES[1792 + (low & 0xff)] as number) ^
    (TABLES[1536 + ((low >>> 8) & 0xff)] as number) ^
    (TABLES[1280 + ((low >>> 16) & 0xff)] as number) ^
    (TABLES[1024 + (low >>> 24)] as number) ^
    (TABLES[768 + (high & 0xff)] as number) ^
    (TABLES[512 + ((high >>> 8) & 0xff)] as number) ^
    (TABLES[256 + ((high >>> 16) & 0xff)] as number) ^
    (TABLES[high >>> 24] as number)
  );
}

/** Four bytes, lowest first. */
const wordAt = (bytes: Uint8Array, at: number): number =>
  (bytes[at] as number) |
  ((bytes[at + 1] as number) << 8) |
  ((bytes[at + 2] as number) << 16) |
  ((bytes[at + 3] as number) << 24);
