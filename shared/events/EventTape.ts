/**
 * The log: a tape of bytes. An event is its code, the time since the event before and its fields; 256 events make a
 * block that decodes on its own. Memory, wire, saved runs and the digest have this one encoding.
 */
import { assert, BugError } from '#base/assert';
import { micros, type Micros } from '#base/time';
import type { EventSink, EventType, PipelineEvent, WriterOf } from './catalogue.ts';
import { createDigest } from './digest.ts';
import type { EventLogView, EventReader, LogFrame } from './EventLogView.ts';
import { decodeFrame, encodeFrame, type FrameParts, type Piece } from './tape/frameBytes.ts';
import { BLOCK_EVENTS } from './tape/layout.ts';
import { TapeReader } from './tape/TapeReader.ts';
import { TapeStore } from './tape/TapeStore.ts';
import { TapeWriter, type TapeClock } from './tape/TapeWriter.ts';

/** For a tape that only ever gets frames: it has no time of its own. */
const NO_CLOCK: TapeClock = { nowUs: () => micros(0) };

export class EventTape implements EventSink, EventLogView {
  private readonly store = new TapeStore();
  private readonly tapeWriter: TapeWriter;
  /** Has read what was appended; null: from the beginning of the last block on. */
  private tail: TapeReader | null = null;

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
    const pieces = [...this.pieces(fromSeq, toSeq)];
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
    assert(parts.fromSeq === frame.fromSeq && parts.toSeq === frame.toSeq, 'a frame that says otherwise');
    const endSeq = this.endSeq;
    try {
      this.take(parts);
    } catch (error) {
      if (endSeq === 0) this.store.beginAt(0);
      this.truncate(endSeq);
      throw new BugError(`broken frame: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Cuts the events from `endSeq` on, as if they had never been written. */
  truncate(endSeq: number): void {
    assert(endSeq >= this.startSeq && endSeq <= this.endSeq, `cannot cut at ${endSeq}`);
    const { store } = this;
    this.tail = null;
    if (endSeq === this.startSeq) {
      store.cut(endSeq, 0, endSeq === 0 ? 0 : store.texts.length);
      this.tapeWriter.restart();
      return;
    }
    const reader = this.placeAt(endSeq);
    store.cut(endSeq, reader.at, reader.texts);
    this.resumeAfter(reader);
  }

  /**
   * Drops whole blocks before `seq`, and the texts that only they used. A tape that gets the frames of another one keeps
   * those used since `textsSince`: as long as the other has a text, it may use it again without sending it.
   */
  trim(seq: number, textsSince = seq): void {
    this.store.trim(seq, textsSince);
  }

  /** 16 hexadecimal digits over the bytes of [startSeq, toSeq) and the texts that may be used there. */
  digest(toSeq = this.endSeq): string {
    const digest = createDigest();
    for (const { at, bytes } of this.pieces(this.startSeq, toSeq)) {
      digest.addNumber(at);
      digest.add(bytes, 0, bytes.length);
    }
    const texts = this.textsBefore(toSeq);
    for (let i = 0; i < texts; i++) {
      if (!this.store.isInUse(i)) continue;
      const text = this.store.texts[i] as string;
      digest.addNumber(text.length);
      for (let j = 0; j < text.length; j++) digest.addNumber(text.charCodeAt(j));
    }
    return digest.text();
  }

  /** The bytes of [fromSeq, toSeq), block by block: not copied. */
  private *pieces(fromSeq: number, toSeq: number): Generator<Piece> {
    const { marks } = this.store;
    for (let seq = fromSeq; seq < toSeq;) {
      const block = Math.floor(seq / BLOCK_EVENTS);
      const end = Math.min(toSeq, (block + 1) * BLOCK_EVENTS);
      const row = this.store.mark(block);
      const bytes = this.store.chunk(marks.chunk[row] as number);
      const piece = bytes.subarray(this.endOf(block, seq), this.endOf(block, end));
      yield { at: marks.at[row] as number, bytes: piece };
      seq = end;
    }
  }

  /** A reader that has read the events of a block that lie before `seq`, and one at least. */
  private placeAt(seq: number): TapeReader {
    const block = Math.floor((seq - 1) / BLOCK_EVENTS);
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
    const { marks, texts } = this.store;
    if (seq === this.startSeq) return seq === 0 ? 0 : (marks.texts[0] ?? texts.length);
    return seq === this.endSeq ? texts.length : this.placeAt(seq).texts;
  }

  private take(parts: FrameParts): void {
    const { store } = this;
    if (this.endSeq === 0) {
      assert(parts.fromSeq % BLOCK_EVENTS === 0, 'a tape begins at a block');
      store.beginAt(parts.fromSeq);
    }
    assert(parts.fromSeq === this.endSeq, `the tape ends at ${this.endSeq}, the frame begins elsewhere`);
    assert(parts.firstText <= store.texts.length, 'texts are missing');
    parts.texts.forEach((text, i) => {
      const number = parts.firstText + i;
      // Either tape may have let go of a text that it needs no more: it is empty there.
      if (number === store.texts.length) store.addText(text);
      else assert(text === '' || ['', text].includes(store.texts[number] ?? ''), 'texts differ');
    });
    for (const piece of parts.pieces) this.appendPiece(piece, parts.toSeq);
  }

  /** A reader that has read everything; a new one only where none was here before. */
  private readerAtEnd(): TapeReader {
    const { endSeq, startSeq, store } = this;
    this.tail ??= endSeq === startSeq ? new TapeReader(store, endSeq) : this.placeAt(endSeq);
    this.tail.notesTexts = true;
    while (this.tail.seq < endSeq) this.tail.next();
    return this.tail;
  }

  /** Reads what it appends: that is the check, and where the next piece and the writer go on. */
  private appendPiece(piece: Piece, toSeq: number): void {
    const { store } = this;
    const seq = this.endSeq;
    const into = seq % BLOCK_EVENTS;
    const reader = this.readerAtEnd();
    let { pos } = reader;
    if (into === 0) {
      assert(piece.at >= store.endAt, 'time went back');
      pos = store.beginBlock(pos, piece.at);
      // Texts are numbered in the order of their first use, so a mark can be made from the block before.
      if (seq > this.startSeq) store.marks.texts[store.mark(seq / BLOCK_EVENTS)] = reader.texts;
      else if (seq === 0) store.marks.texts[0] = 0;
    }
    const chunk = store.chunk(store.lastChunk);
    const end = pos + piece.bytes.length;
    assert(end <= chunk.length, 'a block that is too long');
    chunk.set(piece.bytes, pos);
    store.endSeq = Math.min(toSeq, seq + BLOCK_EVENTS - into);
    while (reader.seq < store.endSeq) reader.next();
    assert(reader.pos === end, 'a block that does not end with its events');
    assert(reader.texts <= store.texts.length, 'a text that is not there');
    store.endAt = reader.at;
    this.resumeAfter(reader);
  }

  private resumeAfter(reader: TapeReader): void {
    this.tapeWriter.resume(this.store.chunk(this.store.lastChunk), reader);
  }
}
