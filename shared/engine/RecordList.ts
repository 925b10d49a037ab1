/**
 * What the records of one batch take, by their place in it, and their callbacks: ProducerBatch's thunks. The records
 * of a batch are mostly alike, so each column is a single value until one differs.
 */
import type { Callback } from './ProducerRecord.ts';

class NumberColumn {
  private common = 0;
  /** null: all are `common`. */
  private values: number[] | null = null;

  /** `length`: how many there are before this one. */
  push(length: number, value: number): void {
    if (this.values !== null) this.values.push(value);
    else if (length === 0) this.common = value;
    else if (value !== this.common) {
      const { common } = this;
      this.values = Array.from({ length }, () => common);
      this.values.push(value);
    }
  }

  get(index: number): number {
    return this.values === null ? this.common : (this.values[index] ?? this.common);
  }
}

export class RecordList {
  private length = 0;
  private readonly timestamps = new NumberColumn();
  private readonly keySizes = new NumberColumn();
  private readonly valueSizes = new NumberColumn();
  private readonly headersSizes = new NumberColumn();
  private callback: Callback | null = null;
  /** null: all are `callback`. */
  private callbacks: (Callback | null)[] | null = null;

  /** Sizes are −1 for null. */
  push(
    timestampMs: number,
    keySize: number,
    valueSize: number,
    headersSize: number,
    callback: Callback | null,
  ): void {
    const { length } = this;
    this.timestamps.push(length, timestampMs);
    this.keySizes.push(length, keySize);
    this.valueSizes.push(length, valueSize);
    this.headersSizes.push(length, headersSize);
    if (this.callbacks !== null) this.callbacks.push(callback);
    else if (length === 0) this.callback = callback;
    else if (callback !== this.callback) {
      const before = this.callback;
      this.callbacks = Array.from({ length }, () => before);
      this.callbacks.push(callback);
    }
    this.length = length + 1;
  }

  /** Client ms. */
  timestampOf(index: number): number {
    return this.timestamps.get(index);
  }

  keySizeOf(index: number): number {
    return this.keySizes.get(index);
  }

  valueSizeOf(index: number): number {
    return this.valueSizes.get(index);
  }

  headersSizeOf(index: number): number {
    return this.headersSizes.get(index);
  }

  get hasCallbacks(): boolean {
    return this.callbacks !== null || this.callback !== null;
  }

  callbackOf(index: number): Callback | null {
    return this.callbacks === null ? this.callback : (this.callbacks[index] ?? null);
  }
}
