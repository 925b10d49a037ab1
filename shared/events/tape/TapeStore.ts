/**
 * The bytes of a tape with its marks and texts. Bytes stand in chunks, each block whole in one of them, so that
 * growing copies nothing. Knows where a block begins, not what it says.
 */
import { assert } from '#base/assert';
import { countBefore } from '#base/countBefore';
import { BLOCK_EVENTS, MAX_BLOCK_BYTES } from './layout.ts';

const FIRST_CHUNK_BYTES = 32 * 1024;
const LAST_CHUNK_BYTES = 128 * 1024;

/** Where each block begins. Columns that grow by an eighth, from block `firstBlock` on. */
class Marks {
  firstBlock = 0;
  count = 0;
  chunk = new Uint32Array(64);
  pos = new Uint32Array(64);
  at = new Float64Array(64);
  /** Texts that were known when the block began. */
  texts = new Uint32Array(64);

  get bytes(): number {
    return this.chunk.length * 20;
  }

  push(chunk: number, pos: number, at: number, texts: number): void {
    if (this.count === this.chunk.length) this.resize(this.count + (this.count >> 3) + 64);
    const i = this.count++;
    this.chunk[i] = chunk;
    this.pos[i] = pos;
    this.at[i] = at;
    this.texts[i] = texts;
  }

  drop(blocks: number): void {
    for (const column of [this.chunk, this.pos, this.at, this.texts])
      column.copyWithin(0, blocks, this.count);
    this.firstBlock += blocks;
    this.count -= blocks;
  }

  private resize(length: number): void {
    const grow = <T extends Uint32Array | Float64Array>(to: T, from: T): T => {
      to.set(from);
      return to;
    };
    this.chunk = grow(new Uint32Array(length), this.chunk);
    this.pos = grow(new Uint32Array(length), this.pos);
    this.at = grow(new Float64Array(length), this.at);
    this.texts = grow(new Uint32Array(length), this.texts);
  }
}

/** What a text costs, with its entry in the map. */
const bytesOfText = (text: string): number => 48 + 2 * text.length;

export class TapeStore {
  startSeq = 0;
  endSeq = 0;
  /** Time of the last event; 0 in an empty log. */
  endAt = 0;
  /** Those that no event uses any more are empty; their numbers are not given again. */
  readonly texts: string[] = [];
  readonly marks = new Marks();
  private textNumbers = new Map<string, number>();
  /** Of each text: an event that is not before its last use; −1: it is gone. */
  private lastUses: number[] = [];
  /** Of a JSON text, made when it is first read. */
  private parsed: unknown[] = [];
  private textBytes = 0;
  private chunks: Uint8Array[] = [];
  private firstChunk = 0;

  get bytesKept(): number {
    let bytes = this.marks.bytes + this.textBytes;
    for (const chunk of this.chunks) bytes += chunk.length;
    return bytes;
  }

  /** An empty tape whose first event will be `seq`, at the beginning of a block. */
  beginAt(seq: number): void {
    this.startSeq = this.endSeq = seq;
    this.marks.firstBlock = seq / BLOCK_EVENTS;
  }

  chunk(index: number): Uint8Array {
    const chunk = this.chunks[index - this.firstChunk];
    assert(chunk !== undefined, `chunk ${index} is not on the tape`);
    return chunk;
  }

  get lastChunk(): number {
    return this.firstChunk + this.chunks.length - 1;
  }

  /** Begins a block at `pos` of the last chunk, or in a new chunk; returns the place. */
  beginBlock(pos: number, at: number): number {
    const chunk = this.chunks.at(-1);
    if (chunk === undefined || pos + MAX_BLOCK_BYTES > chunk.length) {
      const bytes = chunk === undefined ? FIRST_CHUNK_BYTES : Math.min(chunk.length * 2, LAST_CHUNK_BYTES);
      if (chunk !== undefined) this.closeChunk(chunk, pos);
      this.chunks.push(new Uint8Array(bytes));
      pos = 0;
    }
    this.marks.push(this.lastChunk, pos, at, this.texts.length);
    return pos;
  }

  /** A chunk that is full keeps only what is used of it. */
  private closeChunk(chunk: Uint8Array, pos: number): void {
    this.chunks[this.chunks.length - 1] = chunk.slice(0, pos);
  }

  /** Room for the rest of the last block, in a chunk that had been closed. */
  private openChunk(): void {
    const chunk = this.chunks.at(-1);
    if (chunk === undefined) return;
    const needed = (this.marks.pos[this.marks.count - 1] ?? 0) + MAX_BLOCK_BYTES;
    if (chunk.length >= needed) return;
    const open = new Uint8Array(needed);
    open.set(chunk);
    this.chunks[this.chunks.length - 1] = open;
  }

  /** Row of the block's mark. */
  mark(block: number): number {
    const row = block - this.marks.firstBlock;
    assert(row >= 0 && row < this.marks.count, `block ${block} is not on the tape`);
    return row;
  }

  /** Last block that begins at or before `time`; −1 when there is none. */
  blockAt(time: number): number {
    const { at, count, firstBlock } = this.marks;
    const begun = countBefore(count, (row) => (at[row] ?? 0) <= time);
    return begun === 0 ? -1 : firstBlock + begun - 1;
  }

  intern(text: string): number {
    let number = this.textNumbers.get(text);
    if (number === undefined) {
      number = this.texts.length;
      this.addText(text);
    }
    // The event that uses it has been counted.
    this.lastUses[number] = Math.max(0, this.endSeq - 1);
    return number;
  }

  /** Takes the next text of another tape, which may have let go of an equal one that is still here. */
  addText(text: string): void {
    this.textNumbers.set(text, this.texts.length);
    this.texts.push(text);
    this.lastUses.push(Math.max(0, this.endSeq - 1));
    this.textBytes += bytesOfText(text);
  }

  noteUse(number: number, seq: number): void {
    if ((this.lastUses[number] ?? -1) >= 0) this.lastUses[number] = seq;
  }

  /** Whether an event of this tape may still use it. */
  isInUse(number: number): boolean {
    return (this.lastUses[number] ?? -1) >= this.startSeq;
  }

  json(number: number): unknown {
    let value = this.parsed[number];
    if (value === undefined) {
      value = JSON.parse(this.texts[number] ?? 'null') as unknown;
      this.parsed[number] = value;
    }
    return value;
  }

  /** Cuts everything from `endSeq` on; `at`: time of the last event that stays. */
  cut(endSeq: number, at: number, texts: number): void {
    const blocks = Math.ceil(endSeq / BLOCK_EVENTS) - this.marks.firstBlock;
    const chunk = blocks === 0 ? this.firstChunk - 1 : (this.marks.chunk[blocks - 1] ?? 0);
    this.marks.count = blocks;
    this.chunks.length = chunk - this.firstChunk + 1;
    this.openChunk();
    for (let number = this.texts.length - 1; number >= texts; number--) this.forget(number);
    this.texts.length = this.lastUses.length = Math.min(this.texts.length, texts);
    this.parsed.length = Math.min(this.parsed.length, texts);
    this.endSeq = endSeq;
    this.endAt = at;
  }

  private forget(number: number): void {
    const text = this.texts[number] ?? '';
    if ((this.lastUses[number] ?? -1) < 0) return;
    this.lastUses[number] = -1;
    this.texts[number] = '';
    this.parsed[number] = undefined;
    if (this.textNumbers.get(text) === number) this.textNumbers.delete(text);
    this.textBytes -= bytesOfText(text);
  }

  /** Drops whole blocks before `seq`, the chunks that no block needs any more, and texts not used since `textsSince`. */
  trim(seq: number, textsSince: number): void {
    const block = Math.floor(Math.min(seq, this.endSeq) / BLOCK_EVENTS);
    const dropped = Math.min(block - this.marks.firstBlock, this.marks.count - 1);
    if (dropped <= 0) return;
    this.marks.drop(dropped);
    this.startSeq = this.marks.firstBlock * BLOCK_EVENTS;
    const chunks = (this.marks.chunk[0] ?? 0) - this.firstChunk;
    this.chunks.splice(0, chunks);
    this.firstChunk += chunks;
    const since = Math.min(this.startSeq, textsSince);
    for (let number = 0; number < this.texts.length; number++)
      if ((this.lastUses[number] ?? -1) < since) this.forget(number);
  }
}
