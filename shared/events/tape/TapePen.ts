/** Puts numbers on the tape: the place where the next event goes, and what its block remembers for foretelling. */
import { assert } from '#base/assert';
import type { Micros } from '#base/time';
import { BLOCK_EVENTS, MEMORY, MOST_NUMBER, SAME_TIME, SLOTS, TP, type FieldLayout } from './layout.ts';
import type { TapeStore } from './TapeStore.ts';

/** Run time, as far as the log needs it. */
export interface TapeClock {
  nowUs(): Micros;
}

/** How far a reader has come: where the next event stands, and what its block remembers there. */
export interface TapePlace {
  readonly pos: number;
  readonly at: number;
  readonly left: number;
  readonly last: Int32Array;
  readonly previous: Float64Array;
}

export class TapePen {
  protected readonly store: TapeStore;
  protected readonly clock: TapeClock;
  protected bytes: Uint8Array = new Uint8Array(0);
  protected pos = 0;
  protected at = 0;
  /** Events that still fit in this block. */
  protected left = 0;
  protected readonly last = new Int32Array(MEMORY);
  protected readonly previous = new Float64Array(SLOTS);
  /** The number of the field before. */
  protected before = 0;

  constructor(store: TapeStore, clock: TapeClock) {
    this.store = store;
    this.clock = clock;
  }

  /** Goes on behind what stands on the tape, as if it had written that itself. */
  resume(bytes: Uint8Array, { pos, at, left, last, previous }: TapePlace): void {
    this.bytes = bytes;
    this.pos = pos;
    this.at = at;
    this.left = left;
    this.last.set(last);
    this.previous.set(previous);
  }

  /** Begins an empty tape. */
  restart(): void {
    this.bytes = new Uint8Array(0);
    this.pos = this.at = this.left = 0;
  }

  /** Makes room for one more event. Until then nothing may be foretold from `last`. */
  protected open(): number {
    const at: number = this.clock.nowUs();
    assert(at >= this.at, 'time went back');
    if (this.left === 0) {
      this.pos = this.store.beginBlock(this.pos, at);
      this.bytes = this.store.chunk(this.store.lastChunk);
      this.at = at;
      this.left = BLOCK_EVENTS;
      this.last.fill(0);
      this.previous.fill(0);
    }
    this.left--;
    return at;
  }

  /** Code and time. */
  protected stamp(code: number, at: number): void {
    this.store.endSeq++;
    this.store.endAt = at;
    if (at === this.at) {
      this.bytes[this.pos++] = code | SAME_TIME;
      return;
    }
    this.bytes[this.pos++] = code;
    this.count(at - this.at);
    this.at = at;
  }

  protected count(value: number): void {
    assert(value >= 0, 'a count below zero');
    const bytes = this.bytes;
    let pos = this.pos;
    while (value >= 0x80) {
      bytes[pos++] = (value & 0x7f) | 0x80;
      value = value < 0x8000_0000 ? value >>> 7 : Math.floor(value / 128);
    }
    bytes[pos++] = value;
    this.pos = pos;
  }

  protected signed(value: number): void {
    this.count(((value << 1) ^ (value >> 31)) >>> 0);
  }

  protected id(kind: number, value: number): void {
    const delta = value - (this.last[kind] as number);
    this.last[kind] = value;
    this.count(((delta << 1) ^ (delta >> 31)) >>> 0);
  }

  /** Against the number before: sign and magnitude, six bits and the sign in the first byte, then seven a byte. */
  protected number({ slot, lanes, step }: FieldLayout, value: number, mayLeaveOut: boolean): number {
    const place = slot + ((this.last[TP] as number) & lanes);
    const difference = value - (this.previous[place] as number) - step;
    this.previous[place] = value;
    if (difference === 0 && mayLeaveOut) return 1;
    assert(value <= MOST_NUMBER && value >= -MOST_NUMBER, 'a number beyond 2^50');
    this.difference(difference);
    return 0;
  }

  protected difference(value: number): void {
    const magnitude = Math.abs(value);
    const low = ((magnitude % 64) << 1) | (value < 0 ? 1 : 0);
    if (magnitude < 64) {
      this.bytes[this.pos++] = low;
      return;
    }
    this.bytes[this.pos++] = low | 0x80;
    this.count(Math.floor(magnitude / 64));
  }

  /** `mayLeaveOut`: null is left out, so nothing has to be kept free for it. */
  protected optionalId(kind: number, value: number | null, mayLeaveOut: boolean): number {
    if (value === null) {
      if (!mayLeaveOut) this.count(0);
      return mayLeaveOut ? 1 : 0;
    }
    const delta = value - (this.last[kind] as number);
    this.last[kind] = value;
    this.count((((delta << 1) ^ (delta >> 31)) >>> 0) + (mayLeaveOut ? 0 : 1));
    return 0;
  }
}
