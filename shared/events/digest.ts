/** A digest of 64 bits in two lanes of 32: equal runs, equal digests, in every browser and in Node. */

export interface Digest {
  add(bytes: Uint8Array, from: number, to: number): void;
  addNumber(value: number): void;
  /** 16 hexadecimal digits. */
  text(): string;
}

/** FNV-1a in one lane, a multiply-rotate in the other: a change that one lane misses moves the other. */
export function createDigest(): Digest {
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  const addByte = (byte: number): void => {
    low = Math.imul(low ^ byte, 0x01000193);
    high = Math.imul((high << 13) | (high >>> 19), 5) + (0xe6546b64 ^ byte);
    high |= 0;
  };
  const hex = (lane: number): string => (lane >>> 0).toString(16).padStart(8, '0');
  return {
    add: (bytes, from, to) => {
      for (let i = from; i < to; i++) addByte(bytes[i] as number);
    },
    addNumber: (value) => {
      for (let rest = value; ; rest = Math.floor(rest / 256)) {
        addByte(rest % 256);
        if (rest < 256) return;
      }
    },
    text: () => {
      // Final mixing, so that the last bytes reach every bit.
      const mix = (lane: number, with_: number): number => {
        let z = lane ^ Math.imul(with_, 0x85ebca6b);
        z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
        z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
        return z ^ (z >>> 15);
      };
      return hex(mix(high, low)) + hex(mix(low, high));
    },
  };
}
