/**
 * Kafka's primitive types out of bytes, the other side of `ByteWriter`. Whatever the bytes are, reading them ends:
 * with values, or with `MalformedBytes`; no length in them makes it allocate more than they could hold.
 */
import { readUnsignedVarint, readVarint, readVarlong, type ByteCursor } from '#base/varint';

/** Bytes that are not what their place says. */
export class MalformedBytes extends Error {
  override readonly name = 'MalformedBytes';
}

export type ReadTag = (tag: number, reader: ByteReader) => void;

export class ByteReader {
  isFlexible = false;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly cursor: ByteCursor = { at: 0 };

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get at(): number {
    return this.cursor.at;
  }

  get remaining(): number {
    return this.bytes.length - this.cursor.at;
  }

  /** The bytes must end here: what is left over was not understood. */
  finish(): void {
    if (this.remaining > 0) throw new MalformedBytes(`${this.remaining} bytes are left over`);
  }

  boolean(): boolean {
    return this.int8() !== 0;
  }

  int8(): number {
    const at = this.take(1);
    return this.view.getInt8(at);
  }

  int16(): number {
    const at = this.take(2);
    return this.view.getInt16(at);
  }

  int32(): number {
    const at = this.take(4);
    return this.view.getInt32(at);
  }

  /** The INT16 that comes next, which stays there. */
  peekInt16(): number {
    const value = this.int16();
    this.cursor.at -= 2;
    return value;
  }

  /** The INT32 that comes next, which stays there. */
  peekInt32(): number {
    const value = this.int32();
    this.cursor.at -= 4;
    return value;
  }

  uint32(): number {
    const at = this.take(4);
    return this.view.getUint32(at);
  }

  /** Exact for |value| < 2^53, which all offsets, ids and times of a real cluster are. */
  int64(): number {
    const at = this.take(8);
    return this.view.getInt32(at) * 0x1_0000_0000 + this.view.getUint32(at + 4);
  }

  unsignedVarint(): number {
    return this.variable(readUnsignedVarint);
  }

  varint(): number {
    return this.variable(readVarint);
  }

  varlong(): number {
    return this.variable(readVarlong);
  }

  nullableString(): string | null {
    const length = this.isFlexible ? this.unsignedVarint() - 1 : this.int16();
    return length === -1 ? null : decoder.decode(this.raw(length));
  }

  string(): string {
    const value = this.nullableString();
    if (value === null) throw new MalformedBytes('a string is null that may not be');
    return value;
  }

  /** BYTES and RECORDS; a view, not a copy. */
  byteString(): Uint8Array | null {
    const length = this.isFlexible ? this.unsignedVarint() - 1 : this.int32();
    return length === -1 ? null : this.raw(length);
  }

  /** Inside records: a varint and that many bytes. */
  varintBytes(): Uint8Array | null {
    const length = this.varint();
    return length === -1 ? null : this.raw(length);
  }

  /** 32 hexadecimal digits. */
  uuid(): string {
    return [...this.raw(16)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  /** Null arrays are read as empty ones. */
  array<T>(read: (reader: ByteReader) => T): T[] {
    const length = this.isFlexible ? this.unsignedVarint() - 1 : this.int32();
    if (length < -1 || length > this.remaining) throw new MalformedBytes(`an array of ${length}`);
    const items: T[] = [];
    for (let i = 0; i < length; i++) items.push(read(this));
    return items;
  }

  /** A tag section, whose unknown tags are skipped; nothing in a version that has none. */
  tags(read?: ReadTag): void {
    if (!this.isFlexible) return;
    const count = this.unsignedVarint();
    if (count > this.remaining) throw new MalformedBytes(`${count} tags`);
    for (let i = 0; i < count; i++) {
      const tag = this.unsignedVarint();
      const value = new ByteReader(this.raw(this.unsignedVarint()));
      value.isFlexible = true;
      read?.(tag, value);
    }
  }

  raw(length: number): Uint8Array {
    const at = this.take(length);
    return this.bytes.subarray(at, at + length);
  }

  private variable(read: (bytes: Uint8Array, cursor: ByteCursor) => number): number {
    try {
      return read(this.bytes, this.cursor);
    } catch (error) {
      throw new MalformedBytes(error instanceof Error ? error.message : 'a bad varint');
    }
  }

  private take(count: number): number {
    const at = this.cursor.at;
    if (count < 0 || count > this.bytes.length - at) {
      throw new MalformedBytes(`${count} bytes are wanted and ${this.bytes.length - at} are there`);
    }
    this.cursor.at = at + count;
    return at;
  }
}

const decoder = new TextDecoder();
