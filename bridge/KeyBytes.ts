/** The bytes of keys, which come again and again: as they are sent, and as they stand in a value. */
import { utf8Bytes } from '#base/utf8';
import type { KeyNames } from '#model/KeyNames';
import { quotedKey } from '#patterns/content';

export interface KeyForms {
  readonly bytes: Uint8Array;
  readonly quoted: Uint8Array;
}

/** More are forgotten and made again. */
const KEPT_KEYS = 20_000;

export class KeyBytes {
  private readonly names: KeyNames;
  private readonly made = new Map<number, KeyForms>();

  constructor(names: KeyNames) {
    this.names = names;
  }

  /** null: no key. */
  of(keyId: number): KeyForms | null {
    if (keyId < 0) return null;
    let forms = this.made.get(keyId);
    if (forms === undefined) {
      const text = this.names.textOf(keyId);
      if (text === null) return null;
      forms = { bytes: utf8Bytes(text), quoted: quotedKey(text) };
      if (this.made.size >= KEPT_KEYS) this.made.clear();
      this.made.set(keyId, forms);
    }
    return forms;
  }
}
