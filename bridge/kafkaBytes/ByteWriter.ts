/**
 * Kafka's primitive types into bytes: the protocol's "Protocol Primitive Types". One writer serves both encodings: a
 * flexible version (KIP-482) has compact lengths and tag sections, an older one has neither.
 */
import { utf8Bytes } from '#base/utf8';
import { sizeOfUnsignedVarint, writeUnsignedVarint } from '#base/varint';

const FIRST_CAPACITY_BYTES = 256;

export class ByteWriter {
  private bytes: Uint8Array;
  private view: DataView;
  private end = 0;
  isFlexible = false;

  constructor(capacityBytes: number = FIRST_CAPACITY_BYTES) {
    this.bytes = new Uint8Array(capacityBytes);
    this.view = new DataView(this.bytes.buffer);
  }

  /** What has been written so far; not a copy. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.end);
  }

  /** Room for so many bytes more, made once. */
  reserve(count: number): void {
    const needed = this.end + count;
    if (needed > this.bytes.length) this.grow(needed);
  }

  boolean(value: boolean): void {
    this.int8(value ? 1 : 0);
  }

  int8(value: number): void {
    const at = this.take(1);
    this.view.setInt8(at, value);
  }

  int16(value: number): void {
    const at = this.take(2);
    this.view.setInt16(at, value);
  }

  int32(value: number): void {
    const at = this.take(4);
    this.view.setInt32(at, value);
  }

  /** Exact for |value| < 2^53. */
  int64(value: number): void {
    const at = this.take(8);
    const high = Math.floor(value / 0x1_0000_0000);
    this.view.setInt32(at, high);
    this.view.setUint32(at + 4, value - high * 0x1_0000_0000);
  }

  unsignedVarint(value: number): void {
    const at = this.take(sizeOfUnsignedVarint(value));
    writeUnsignedVarint(this.bytes, at, value);
  }

  string(value: string | null): void {
    const bytes = value === null ? null : utf8Bytes(value);
    if (this.isFlexible) this.unsignedVarint(bytes === null ? 0 : bytes.length + 1);
    else this.int16(bytes === null ? -1 : bytes.length);
    if (bytes !== null) this.raw(bytes);
  }

  /** BYTES and RECORDS. */
  byteString(value: Uint8Array | null): void {
    if (this.isFlexible) this.unsignedVarint(value === null ? 0 : value.length + 1);
    else this.int32(value === null ? -1 : value.length);
    if (value !== null) this.raw(value);
  }

  /** 32 hexadecimal digits. */
  uuid(value: string): void {
    for (let i = 0; i < 32; i += 8) {
      const at = this.take(4);
      this.view.setUint32(at, Number.parseInt(value.slice(i, i + 8), 16));
    }
  }

  array<T>(items: readonly T[] | null, write: (item: T) => void): void {
    if (this.isFlexible) this.unsignedVarint(items === null ? 0 : items.length + 1);
    else this.int32(items === null ? -1 : items.length);
    for (const item of items ?? []) write(item);
  }

  /** An empty tag section; nothing in a version that has none. */
  tags(): void {
    if (this.isFlexible) this.unsignedVarint(0);
  }

  /** Sets an INT32 that was left open, as a length in front. */
  patchInt32(at: number, value: number): void {
    this.view.setInt32(at, value);
  }

  private raw(value: Uint8Array): void {
    // Two statements: taking the place may change the array that is written to.
    const at = this.take(value.length);
    this.bytes.set(value, at);
  }

  /** Makes room; returns where it begins. */
  private take(count: number): number {
    const at = this.end;
    this.end += count;
    if (this.end > this.bytes.length) this.grow(Math.max(this.end, this.bytes.length * 2));
    return at;
  }

  private grow(capacityBytes: number): void {
    const grown = new Uint8Array(capacityBytes);
    grown.set(this.bytes);
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}
