/**
 * CRC-32C (Castagnoli), the checksum of a record batch: java.util.zip.CRC32C. Four bytes at a time ("slicing"), as it
 * covers every byte that the live producer sends.
 */

/** The polynomial 0x1EDC6F41, bits reversed. */
const POLYNOMIAL = 0x82f63b78;

/** Four tables of 256: the k-th is for a byte with k zero bytes after it. */
const TABLES: Int32Array = makeTables();

function makeTables(): Int32Array {
  const tables = new Int32Array(1024);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
    tables[byte] = crc;
  }
  for (let at = 256; at < 1024; at++) {
    const before = tables[at - 256] ?? 0;
    tables[at] = (before >>> 8) ^ (tables[before & 0xff] ?? 0);
  }
  return tables;
}

const entry = (at: number): number => TABLES[at] ?? 0;

/** Checksum of bytes [start, end), an unsigned 32-bit number. */
export function crc32c(bytes: Uint8Array, start: number = 0, end: number = bytes.length): number {
  const byteAt = (at: number): number => bytes[at] ?? 0;
  let crc = -1;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const block =
      crc ^ (byteAt(at) | (byteAt(at + 1) << 8) | (byteAt(at + 2) << 16) | (byteAt(at + 3) << 24));
    crc =
      entry(768 + (block & 0xff)) ^
      entry(512 + ((block >>> 8) & 0xff)) ^
      entry(256 + ((block >>> 16) & 0xff)) ^
      entry(block >>> 24);
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ entry((crc ^ byteAt(at)) & 0xff);
  return ~crc >>> 0;
}
