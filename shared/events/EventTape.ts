/**
 * The log: a tape of bytes. An event is its code, the time since the event before and its fields; 64 events make a
 * block that decodes on its own. Memory, wire, saved runs and the digest have this one encoding.
 */
import { assert, BugError } from '#base/assert';
import { micros, type Micros } from '#base/time';
import type { EventSink, EventType, PipelineEvent, WriterOf } from './catalogue.ts';
import { createDigest } from './digest.ts';
import type { EventLogView, EventReader, LogFrame } from './EventLogView.ts';
import { decodeFrame, encodeFrame, type Piece } from './tape/frameBytes.ts';
import { BLOCK_EVENTS } from './tape/layout.ts';
import { TapeReader } from './tape/TapeReader.ts';
import { TapeStore } from './tape/TapeStore.ts';
import { TapeWriter, type TapeClock } from './tape/TapeWriter.ts';

/** For a tape that only ever gets frames: it has no time of its own. */
const NO_CLOCK: TapeClock = { nowUs: () => micros(0) };

export class EventTape implements EventSink, EventLogView {
  private readonly store = new TapeStore();
  private readonly tapeWriter: TapeWriter;

  /** Events are stamped with `clock.nowUs()`, which must not go back. */
  constructor(clock: TapeClock = NO_CLOCK) {
    this.tapeWriter = new TapeWriter(this.store, clock);
  }

  get startSeq(): number {
    return this.store.startSeq;
  }

  get endSeq(): number {
    return this.store.endSeq;
  }

  get endAt(): Micros {
    return micros(this.store.endAt);
  }

  /** Memory of the log in bytes: chunks, marks and texts. */
  get bytesKept(): number {
    return this.store.bytesKept;
  }

  writer<T extends EventType>(type: T): WriterOf<T> {
    return this.tapeWriter.writer(type) as unknown as WriterOf<T>;
  }

  /** A reader sees what is written after it was made; after `truncate` make a new one. */
  read(fromSeq: number): EventReader {
    return new TapeReader(this.store, fromSeq);
  }

  at(seq: number): PipelineEvent {
    return new TapeReader(this.store, seq).next();
  }

  timeOf(seq: number): Micros {
    assert(seq >= this.startSeq && seq < this.endSeq, `event ${seq} is not on the tape`);
    const block = Math.floor(seq / BLOCK_EVENTS);
    const reader = new TapeReader(this.store, block * BLOCK_EVENTS);
    reader.enterBlock(block);
    for (let i = seq % BLOCK_EVENTS; i > 0; i--) reader.stepOver(reader.stamp());
    reader.stamp();
    return micros(reader.at);
  }

  seqAfter(time: number): number {
    const block = this.store.blockAt(time);
    if (block < 0) return this.startSeq;
    const reader = new TapeReader(this.store, block * BLOCK_EVENTS);
    reader.enterBlock(block);
    const end = Math.min(this.endSeq, (block + 1) * BLOCK_EVENTS);
    let seq = block * BLOCK_EVENTS;
    for (; seq < end; seq++) {
      const code = reader.stamp();
      if (reader.at > time) return seq;
      reader.stepOver(code);
    }
    return seq;
  }

  /** `firstText`: the first text that goes along; 0 for a receiver that has none. Without it: those new since `fromSeq`. */
  frame(fromSeq: number, toSeq: number, firstText?: number): LogFrame {
    assert(fromSeq >= this.startSeq && toSeq >= fromSeq && toSeq <= this.endSeq, 'a frame beyond the log');
    const pieces: Piece[] = [];
    for (let seq = fromSeq; seq < toSeq;) {
      const block = Math.floor(seq / BLOCK_EVENTS);
      const end = Math.min(toSeq, (block + 1) * BLOCK_EVENTS);
      const from = this.placeOf(block, seq);
      const to = this.placeOf(block, end);
      const row = this.store.mark(block);
      const at = this.store.marks.at[row] as number;
      pieces.push({ at, bytes: from.bytes.slice(from.pos, to.pos) });
      seq = end;
    }
    const first = firstText ?? this.textsBefore(fromSeq);
    const texts = this.store.texts.slice(first, this.textsBefore(toSeq));
    return { fromSeq, toSeq, bytes: encodeFrame({ fromSeq, toSeq, firstText: first, texts, pieces }) };
  }

  /**
   * Puts a frame of another tape behind this one; an empty tape takes one that begins at a block.
   * @throws BugError when it does not fit or is broken: then the tape is as before.
   */
  append(frame: LogFrame): void {
    const parts = decodeFrame(frame.bytes);
    const { store } = this;
    assert(parts.fromSeq === frame.fromSeq && parts.toSeq === frame.toSeq, 'a frame that says otherwise');
    const endSeq = this.endSeq;
    try {
      if (endSeq === 0) {
        assert(parts.fromSeq % BLOCK_EVENTS === 0, 'a tape begins at a block');
        store.beginAt(parts.fromSeq);
      }
      assert(parts.fromSeq === this.endSeq, `the tape ends at ${this.endSeq}, the frame begins elsewhere`);
      assert(parts.firstText <= store.texts.length, 'texts are missing');
      parts.texts.forEach((text, i) => {
        const number = parts.firstText + i;
        const isNew = number >= store.texts.length;
        assert(isNew || store.texts[number] === text, 'texts differ');
        assert(!isNew || store.intern(text) === number, 'a text twice');
      });
      for (const piece of parts.pieces) this.appendPiece(piece, parts.toSeq);
      this.check(parts.fromSeq);
    } catch (error) {
      if (endSeq === 0) store.beginAt(0);
      this.truncate(endSeq);
      throw new BugError(`broken frame: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Cuts the events from `endSeq` on, as if they had never been written. */
  truncate(endSeq: number): void {
    assert(endSeq >= this.startSeq && endSeq <= this.endSeq, `cannot cut at ${endSeq}`);
    const { store } = this;
    const block = Math.floor(Math.max(0, endSeq - 1) / BLOCK_EVENTS);
    if (endSeq === this.startSeq) {
      store.cut(endSeq, 0, 0, endSeq === 0 ? 0 : store.texts.length);
      this.tapeWriter.restart();
      return;
    }
    const reader = this.placeOf(block, endSeq);
    store.cut(endSeq, reader.pos, reader.at, reader.texts);
    this.resumeAfter(reader);
  }

  /** Drops whole blocks before `seq`. */
  trim(seq: number): void {
    this.store.trim(seq);
  }

  /** 16 hexadecimal digits over the bytes and texts of [startSeq, toSeq). */
  digest(toSeq = this.endSeq): string {
    const digest = createDigest();
    for (let seq = this.startSeq; seq < toSeq;) {
      const block = Math.floor(seq / BLOCK_EVENTS);
      const end = Math.min(toSeq, (block + 1) * BLOCK_EVENTS);
      const row = this.store.mark(block);
      const from = this.store.marks.pos[row] as number;
      const bytes = this.store.chunk(this.store.marks.chunk[row] as number);
      digest.addNumber(this.store.marks.at[row] as number);
      digest.add(bytes, from, this.endOf(block, end));
      seq = end;
    }
    const texts = this.textsBefore(toSeq);
    for (let i = 0; i < texts; i++) {
      const text = this.store.texts[i] as string;
      digest.addNumber(text.length);
      for (let j = 0; j < text.length; j++) digest.addNumber(text.charCodeAt(j));
    }
    return digest.text();
  }

  /** A reader that has read [start of the block, seq); `seq` may be the block's end. */
  private placeOf(block: number, seq: number): TapeReader {
    const reader = new TapeReader(this.store, block * BLOCK_EVENTS);
    reader.enterBlock(block);
    while (reader.seq < seq) reader.next();
    return reader;
  }

  /** Where the events of a block end that lie before `seq`. */
  private endOf(block: number, seq: number): number {
    const reader = new TapeReader(this.store, block * BLOCK_EVENTS);
    reader.enterBlock(block);
    for (let i = block * BLOCK_EVENTS; i < seq; i++) reader.stepOver(reader.stamp());
    return reader.pos;
  }

  private textsBefore(seq: number): number {
    if (seq === this.startSeq) return seq === 0 ? 0 : (this.store.marks.texts[0] ?? this.store.texts.length);
    return this.placeOf(Math.floor((seq - 1) / BLOCK_EVENTS), seq).texts;
  }

  private appendPiece(piece: Piece, toSeq: number): void {
    const { store } = this;
    const seq = this.endSeq;
    const into = seq % BLOCK_EVENTS;
    let pos = this.tapeWriter.end;
    if (into === 0) {
      assert(piece.at >= store.endAt, 'time went back');
      pos = store.beginBlock(pos, piece.at);
    }
    const chunk = store.chunk(store.lastChunk);
    assert(pos + piece.bytes.length <= chunk.length, 'a block that is too long');
    chunk.set(piece.bytes, pos);
    store.endSeq = Math.min(toSeq, seq + BLOCK_EVENTS - into);
    const block = Math.floor(seq / BLOCK_EVENTS);
    // Texts are numbered in the order of their first use, so a mark can be made from the block before.
    if (into === 0) store.marks.texts[store.mark(block)] = this.textsBefore(seq);
    const reader = this.placeOf(block, store.endSeq);
    assert(reader.pos === pos + piece.bytes.length, 'a block that does not end with its events');
    store.endAt = reader.at;
    this.resumeAfter(reader);
  }

  private resumeAfter(reader: TapeReader): void {
    this.tapeWriter.resume(this.store.chunk(this.store.lastChunk), reader);
  }

  private check(fromSeq: number): void {
    const reader = new TapeReader(this.store, fromSeq);
    while (reader.seq < this.endSeq) reader.next();
    assert(reader.texts <= this.store.texts.length, 'a text that is not there');
  }
}
