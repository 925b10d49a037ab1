import { describe, expect, it } from 'vitest';
import { readMemory, writeMemory, defaultMemory } from '../store/memory.ts';
import { createAppStore } from '../store/appStore.ts';
import { MAX_SPEED, MIN_SPEED } from '../session/playback.ts';
import { bytesText, countText, momentText, msText, speedText } from './format.ts';
import { KEY_TABLE, keyAct } from './keyboard.ts';
import { paletteOf } from './palette.ts';
import { SPEED_STEPS, speedAtStep, stepOfSpeed } from './speedScale.ts';

describe('numbers as text', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1204, '1,204'],
    [1234567, '1,234,567'],
    [-1000, '−1,000'],
  ])('counts %d', (value, text) => expect(countText(value)).toBe(text));
  it.each([
    [884, '884 B'],
    [16384, '16 KiB'],
    [32 * 1024 * 1024, '32 MiB'],
    [1500, '1.5 KiB'],
  ])('bytes %d', (value, text) => expect(bytesText(value)).toBe(text));
  it.each([
    [40, '40 µs'],
    [3100, '3.1 ms'],
    [120_400, '120 ms'],
    [59_240_000, '59.2 s'],
    [123_000_000, '2 min 3 s'],
  ])('durations of %d µs', (value, text) => expect(msText(value)).toBe(text));
  it('moments do not round up', () => {
    expect(momentText(184_209)).toBe('184.20 ms');
    expect(momentText(1_234_567)).toBe('1,234.56 ms');
  });
  it.each([
    [0.012, '1 s here = 12 ms in the producer'],
    [0.0001, '1 s here = 100 µs in the producer'],
    [1, '1 s here = 1 s in the producer'],
    [10, '1 s here = 10 s in the producer'],
    [0.5, '1 s here = 500 ms in the producer'],
  ])('a speed of %d', (speed, text) => expect(speedText(speed)).toBe(text));
});

describe('the speed slider', () => {
  it('reaches both ends and finds back to each of its steps', () => {
    expect(speedAtStep(0)).toBe(MIN_SPEED);
    expect(speedAtStep(SPEED_STEPS)).toBe(MAX_SPEED);
    for (let step = 0; step <= SPEED_STEPS; step++) expect(stepOfSpeed(speedAtStep(step))).toBe(step);
  });
});

describe('keys', () => {
  it('each row of the list has a key that does it', () => {
    const presses = [
      ' ',
      'ArrowRight',
      'ArrowLeft',
      '.',
      ',',
      'm',
      'M',
      'ArrowUp',
      'ArrowDown',
      'a',
      '7',
      'u',
      'l',
      't',
    ]
      .concat(['Escape', '?'])
      .flatMap((key) => [
        { key, shift: false },
        { key, shift: true },
      ]);
    for (const row of KEY_TABLE) expect(presses.some((press) => row.act(press) !== null)).toBe(true);
  });
  it('tell steps by event and by batch apart', () => {
    expect(keyAct({ key: 'ArrowRight', shift: false })).toMatchObject({
      action: { by: 'event', back: false },
    });
    expect(keyAct({ key: 'ArrowLeft', shift: true })).toMatchObject({ action: { by: 'batch', back: true } });
    expect(keyAct({ key: 'q', shift: false })).toBeNull();
  });
});

const storage = (text: string | null) => {
  const items = new Map<string, string>(text === null ? [] : [['linger', text]]);
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
};

describe('what the page remembers', () => {
  it('comes back', () => {
    const store = storage(null);
    writeMemory(store, { theme: 'light', panels: { ...defaultMemory.panels, charts: false } });
    expect(readMemory(store)).toEqual({
      memory: { theme: 'light', panels: { ...defaultMemory.panels, charts: false } },
      notice: null,
    });
  });
  it.each([
    '',
    '{',
    'null',
    '[]',
    '{"version":99}',
    '{"version":1,"theme":"pink","panels":{}}',
    '{"version":1}',
  ])('is dropped with a sentence when it is %j', (text) => {
    const store = storage(text);
    const remembered = readMemory(store);
    expect(remembered.memory).toEqual(defaultMemory);
    expect(remembered.notice).toContain('back to their defaults');
    expect(store.items.size).toBe(0);
  });
  it('does without a storage that refuses', () => {
    const refusing = {
      getItem: () => {
        throw new Error('denied');
      },
      setItem: () => {
        throw new Error('denied');
      },
      removeItem: () => {},
    };
    expect(readMemory(refusing)).toEqual({ memory: defaultMemory, notice: null });
    expect(writeMemory(refusing, defaultMemory)).toBe(false);
    expect(readMemory(null).memory).toEqual(defaultMemory);
  });
});

describe('notices', () => {
  it('say the same thing once and keep the latest four', () => {
    const store = createAppStore(defaultMemory, null);
    for (const sentence of ['a', 'b', 'a', 'c', 'd', 'e']) store.getState().notify(sentence);
    expect(store.getState().notices.map((notice) => notice.sentence)).toEqual(['a', 'c', 'd', 'e']);
  });
});

/** WCAG 2: relative luminance of a hex colour. */
const luminance = (hex: string): number => {
  const channel = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
};
const contrast = (a: string, b: string): number => {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
};

describe.each(['dark', 'light'] as const)('the %s palette', (theme) => {
  const p = paletteOf(theme);
  it('has words of at least 4.5 to 1 on everything they stand on', () => {
    for (const ground of [p.background, p.panel, p.raised]) {
      for (const word of [p.text, p.textDim, p.good, p.warn, p.bad, p.accent]) {
        expect(contrast(word, ground), `${word} on ${ground}`).toBeGreaterThanOrEqual(4.5);
      }
    }
    expect(contrast(p.text, p.accentFill)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(p.good, p.goodFill)).toBeGreaterThanOrEqual(4.5);
  });
  it('has eight keys and a neutral one that can be seen', () => {
    expect(new Set(p.keys).size).toBe(9);
    for (const key of p.keys) expect(contrast(key, p.raised), key).toBeGreaterThanOrEqual(2);
  });
});
