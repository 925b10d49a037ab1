import { describe, expect, test } from 'vitest';
import { batchId } from '#base/ids';
import { micros } from '#base/time';
import { createRandom, type Random } from '#base/random';
import type { EventType, PipelineEvent } from './catalogue.ts';
import { EventTape } from './EventTape.ts';
import { LAYOUTS, type FieldLayout } from './tape/layout.ts';

const BIG = 2 ** 50;

function randomValue(field: FieldLayout, random: Random): unknown {
  if (field.optional && random.below(4) === 0) return null;
  switch (field.codec) {
    case 'id':
      return field.name === 'node'
        ? random.below(6) - 3
        : random.below(10) === 0
          ? random.below(1e9)
          : random.below(50);
    case 'count':
      return random.below(20) === 0 ? BIG : random.below(2 ** random.below(32));
    case 'signed':
      return random.below(2 ** 32) >> random.below(32);
    case 'long': {
      const value =
        random.below(20) === 0 ? BIG : random.below(2 ** random.below(32)) * (1 + random.below(1e6));
      return random.below(3) === 0 && value > 0 ? -value : value;
    }
    case 'flag':
      return random.below(2) === 1;
    case 'word':
      return field.words[random.below(field.words.length)];
    case 'text':
      return ['', 'orders', 'naïve \u{1f980} \ud800', `message ${random.below(1000)}`][random.below(4)];
    case 'json':
      return [null, { leaders: [1, 2, random.below(100)] }, [], 'x'][random.below(4)];
    default:
      return undefined;
  }
}

type Body = { type: EventType; at: number; values: unknown[] };

/** Events of every type, and runs of record events as a busy producer writes them. */
function randomBodies(seed: number, count: number): Body[] {
  const random = createRandom(seed);
  const bodies: Body[] = [];
  let at = 0;
  let record = 0;
  while (bodies.length < count) {
    if (random.below(3) === 0) at += random.below(10) === 0 ? random.below(2 ** 31) * 64 : random.below(300);
    if (random.below(2) === 0) {
      const value = random.below(3) === 0 ? random.below(5000) : 100;
      const thread = random.below(5) === 0 ? 1 : 0;
      bodies.push({ type: 'record.sent', at, values: [record, thread, random.below(9) - 1, value] });
      bodies.push({
        type: 'record.serialized',
        at,
        values: [record, random.below(3) + 5, value, random.below(4) === 0 ? 9 : 0],
      });
      at += random.below(3);
      const by = ['sticky', 'key-hash', 'explicit', 'custom'][random.below(4)];
      bodies.push({ type: 'record.partitioned', at, values: [record, random.below(6), by] });
      bodies.push({
        type: 'record.appended',
        at,
        values: [record, random.below(40), value + 9, random.below(5)],
      });
      record++;
      continue;
    }
    const layout = LAYOUTS[random.below(LAYOUTS.length)];
    if (layout === undefined) continue;
    bodies.push({ type: layout.type, at, values: layout.fields.map((field) => randomValue(field, random)) });
  }
  return bodies.slice(0, count);
}

function eventOf({ type, at, values }: Body, seq: number): unknown {
  const layout = LAYOUTS.find((each) => each.type === type);
  return {
    type,
    seq,
    at,
    ...Object.fromEntries((layout?.fields ?? []).map((field, i) => [field.name, values[i]])),
  };
}

function createTape(): { tape: EventTape; write: (bodies: readonly Body[]) => void } {
  let now = 0;
  const tape = new EventTape({ nowUs: () => micros(now) });
  const writers = new Map<EventType, (...values: unknown[]) => void>(
    LAYOUTS.map(({ type }) => [type, tape.writer(type) as unknown as (...values: unknown[]) => void]),
  );
  return {
    tape,
    write: (bodies) => {
      for (const { type, at, values } of bodies) {
        now = at;
        writers.get(type)?.(...values);
      }
    },
  };
}

function readAll(tape: EventTape, from = tape.startSeq): PipelineEvent[] {
  const reader = tape.read(from);
  const events: PipelineEvent[] = [];
  while (reader.seq < tape.endSeq) events.push(reader.next());
  return events;
}

const written = (bodies: readonly Body[]): EventTape => {
  const { tape, write } = createTape();
  write(bodies);
  return tape;
};

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

describe('EventTape', () => {
  test.each(SEEDS)('what is written is read, from anywhere (seed %i)', (seed) => {
    const bodies = randomBodies(seed, 3000);
    const tape = written(bodies);
    const events = bodies.map(eventOf);
    expect(readAll(tape)).toEqual(events);
    const random = createRandom(seed).fork('seek');
    for (let i = 0; i < 40; i++) {
      const seq = random.below(bodies.length);
      expect(tape.at(seq)).toEqual(events[seq]);
      expect(tape.timeOf(seq)).toBe(bodies[seq]?.at);
      expect(readAll(tape, seq).slice(0, 70)).toEqual(events.slice(seq, seq + 70));
    }
  });

  test.each(SEEDS)('seqAfter is the first event strictly later (seed %i)', (seed) => {
    const bodies = randomBodies(seed, 1500);
    const tape = written(bodies);
    const random = createRandom(seed).fork('times');
    for (let i = 0; i < 60; i++) {
      const time = (bodies[random.below(bodies.length)]?.at ?? 0) + random.below(3) - 1;
      const expected = bodies.findIndex((body) => body.at > time);
      expect(tape.seqAfter(time)).toBe(expected < 0 ? bodies.length : expected);
    }
    expect(tape.seqAfter(-1)).toBe(0);
    expect(new EventTape().seqAfter(5)).toBe(0);
  });

  test.each(SEEDS)('cut and written again is as if never written (seed %i)', (seed) => {
    const bodies = randomBodies(seed, 1200);
    const random = createRandom(seed).fork('cut');
    for (const cut of [0, 1, 255, 256, 257, 768, random.below(1200), random.below(1200)]) {
      const { tape, write } = createTape();
      write(bodies);
      tape.truncate(cut);
      const other = written(bodies.slice(0, cut));
      expect(tape.digest()).toBe(other.digest());
      expect([tape.endSeq, tape.endAt]).toEqual([other.endSeq, other.endAt]);
      const rest = randomBodies(seed + 100, 900).map((body) => ({ ...body, at: body.at + tape.endAt }));
      write(rest);
      expect(tape.digest()).toBe(written([...bodies.slice(0, cut), ...rest]).digest());
      expect(readAll(tape)).toEqual([...bodies.slice(0, cut), ...rest].map(eventOf));
    }
  });

  test.each(SEEDS)('frames in pieces of any size make the same tape (seed %i)', (seed) => {
    const bodies = randomBodies(seed, 1000);
    const tape = written(bodies);
    const copy = new EventTape();
    const random = createRandom(seed).fork('pieces');
    while (copy.endSeq < tape.endSeq) {
      const to = Math.min(tape.endSeq, copy.endSeq + 1 + random.below(150));
      copy.append(tape.frame(copy.endSeq, to));
      expect(copy.digest()).toBe(tape.digest(to));
    }
    expect(readAll(copy)).toEqual(bodies.map(eventOf));
    const joined = new EventTape();
    joined.append(tape.frame(512, 1000, 0));
    expect(joined.startSeq).toBe(512);
    expect(readAll(joined)).toEqual(bodies.map(eventOf).slice(512));
  });

  test('a broken frame is refused, and the tape stays as it was', () => {
    const tape = written(randomBodies(11, 700));
    const random = createRandom(3);
    const copy = new EventTape();
    copy.append(tape.frame(0, 300));
    const before = copy.digest();
    const frame = tape.frame(300, 700);
    let refused = 0;
    for (let i = 0; i < 300; i++) {
      const bytes = frame.bytes.slice(
        0,
        random.below(3) === 0 ? random.below(frame.bytes.length) : undefined,
      );
      for (let j = 0; j < 3; j++) bytes[random.below(bytes.length)] = random.below(256);
      try {
        copy.append({ ...frame, bytes });
        readAll(copy);
        copy.truncate(300);
      } catch {
        refused++;
      }
      expect(copy.digest()).toBe(before);
    }
    expect(refused).toBeGreaterThan(100);
    copy.append(frame);
    expect(copy.digest()).toBe(tape.digest());
  });

  test('a first frame that is refused leaves the tape empty: one that begins elsewhere still fits', () => {
    const tape = written(randomBodies(11, 700));
    const random = createRandom(4);
    const whole = tape.frame(512, 700, 0);
    let refused = 0;
    for (let i = 0; i < 300; i++) {
      const copy = new EventTape();
      const bytes = whole.bytes.slice();
      bytes[random.below(bytes.length)] = random.below(256);
      try {
        copy.append({ ...whole, bytes });
      } catch {
        refused++;
        expect([copy.startSeq, copy.endSeq, copy.endAt]).toEqual([0, 0, 0]);
        expect(copy.digest()).toBe(new EventTape().digest());
      }
    }
    expect(refused).toBeGreaterThan(30);
    const copy = new EventTape();
    // Its texts do not come along.
    expect(() => copy.append(tape.frame(512, 700))).toThrow('texts');
    copy.append(tape.frame(0, 700));
    expect(copy.digest()).toBe(tape.digest());
  });

  test('trim drops whole blocks, and the rest reads as before', () => {
    const bodies = randomBodies(5, 40_000);
    const { tape, write } = createTape();
    write(bodies);
    const kept = tape.bytesKept;
    tape.trim(30_010);
    expect(tape.startSeq).toBe(29_952);
    expect(tape.bytesKept).toBeLessThan(kept);
    expect(readAll(tape).slice(0, 500)).toEqual(bodies.map(eventOf).slice(29_952, 30_452));
    expect(tape.seqAfter(-1)).toBe(29_952);
    const more = randomBodies(6, 200).map((body) => ({ ...body, at: body.at + tape.endAt }));
    write(more);
    expect(readAll(tape, 40_000)).toEqual(more.map((body, i) => eventOf(body, 40_000 + i)));
  });

  test('texts of events that are gone go with them, on both ends of a wire', () => {
    let now = 0;
    const told = new EventTape({ nowUs: () => micros(now) });
    const failed = told.writer('batch.failed');
    const [early, late] = [new EventTape(), new EventTape()];
    const most = 2048;
    const kept: number[] = [];
    for (let round = 0; round < 40; round++) {
      const from = told.endSeq;
      for (let i = 0; i < 512; i++) {
        now += 10;
        // One text that always comes, one that comes back after it was let go, and one that never comes again.
        failed(
          batchId(from + i),
          'TimeoutException',
          i === 0 ? `part ${round % 7}` : `after ${now} us`,
          true,
        );
      }
      early.append(told.frame(from, told.endSeq));
      for (const tape of [told, early]) if (tape.endSeq - tape.startSeq > most) tape.trim(tape.endSeq - most);
      kept.push(Math.max(told.bytesKept, early.bytesKept));
      expect(early.digest()).toBe(told.digest());
    }
    expect(Math.max(...kept)).toBeLessThan(1.5 * (kept[5] ?? 0));
    late.append(told.frame(told.startSeq, told.endSeq, 0));
    const from = told.endSeq;
    failed(batchId(from), 'TimeoutException', 'part 0', true);
    for (const tape of [early, late]) {
      tape.append(told.frame(from, told.endSeq));
      expect(readAll(tape, tape.startSeq)).toEqual(readAll(told, told.startSeq));
      expect(tape.digest()).toBe(told.digest());
    }
  });

  test('a text stays with a receiver that keeps less than the writer, who may use it again', () => {
    let now = 0;
    const told = new EventTape({ nowUs: () => micros(now) });
    const failed = told.writer('batch.failed');
    const copy = new EventTape();
    const fail = (message: string): void => {
      now += 10;
      failed(batchId(told.endSeq), 'TimeoutException', message, true);
    };
    fail('seldom');
    for (let i = 0; i < 2000; i++) fail('often');
    const from = told.endSeq;
    copy.append(told.frame(0, from));
    copy.trim(from - 512, 0);
    expect(copy.startSeq).toBeGreaterThan(0);
    fail('seldom');
    copy.append(told.frame(from, told.endSeq));
    expect(copy.at(from)).toMatchObject({ message: 'seldom' });
    // The bridge has let go of it too: now it may go, and comes anew when it is used.
    const later = told.endSeq;
    for (let i = 0; i < 2000; i++) fail('often');
    copy.append(told.frame(later, told.endSeq));
    told.trim(told.endSeq - 1024);
    copy.trim(copy.endSeq - 512, copy.endSeq - 1536);
    const end = told.endSeq;
    fail('seldom');
    copy.append(told.frame(end, told.endSeq));
    expect(copy.at(end)).toMatchObject({ message: 'seldom' });
  });

  test('four events a record stay below 30 bytes a record', () => {
    let now = 0;
    const tape = new EventTape({ nowUs: () => micros(now) });
    const sent = tape.writer('record.sent') as (...values: number[]) => void;
    const serialized = tape.writer('record.serialized') as (...values: number[]) => void;
    const partitioned = tape.writer('record.partitioned') as (...values: unknown[]) => void;
    const appended = tape.writer('record.appended') as (...values: number[]) => void;
    const records = 200_000;
    for (let record = 0; record < records; record++) {
      now += 2;
      sent(record, 0, record % 8, 100);
      serialized(record, 6, 100, 0);
      now += 1;
      partitioned(record, record % 6, 'key-hash');
      appended(record, Math.floor(record / 600) * 6 + (record % 6), 109, 0);
    }
    expect(tape.bytesKept / records).toBeLessThan(20);
  });
});
