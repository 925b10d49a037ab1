import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '#base/random';
import { EventTape } from '#events/EventTape';
import { micros } from '#base/time';
import { recordId, threadId } from '#base/ids';
import { randomScenario } from '#testing/randomScenario';
import { decodeWireFrame, encodeWireFrame } from './frame.ts';
import {
  parseBridgeMessage,
  parsePageMessage,
  vocabulary,
  writeMessage,
  type PageMessage,
} from './messages.ts';
import { MAX_PAGE_MESSAGE_BYTES, PROTOCOL_VERSION } from './protocol.ts';
import { decodeState } from './snapshot.ts';

const GOOD: readonly PageMessage[] = [
  { kind: 'hello', protocolVersion: PROTOCOL_VERSION, resume: null },
  { kind: 'hello', protocolVersion: PROTOCOL_VERSION, resume: { runId: 'a1', seq: 640 } },
  { kind: 'drawn', seq: 12_345 },
  { kind: 'content', recordId: 7 },
  { kind: 'command', commandId: 1, command: { do: 'broker.kill', node: 2 } },
  {
    kind: 'command',
    commandId: 2,
    command: { do: 'producer.replace', application: 0, producer: { 'linger.ms': '20' } },
  },
  {
    kind: 'command',
    commandId: 3,
    command: { do: 'workload.set', application: 0, workload: { recordsPerS: 500 } },
  },
];

/** One random change of a text: a piece cut, doubled, or replaced by something that JSON may hold. */
function broken(random: Random, text: string): string {
  const from = random.below(text.length);
  const to = from + random.below(text.length - from + 1);
  const pieces = [
    '',
    '-1',
    '1e999',
    'null',
    '"__proto__"',
    '[[[[',
    '{}',
    '\u0000',
    'true',
    '9007199254740993',
    '{"a":',
  ];
  const piece = pieces[random.below(pieces.length)] ?? '';
  return (
    text.slice(0, from) + (random.below(4) === 0 ? text.slice(from, to).repeat(2) : piece) + text.slice(to)
  );
}

describe('messages', () => {
  it('come out as they went in', () => {
    for (const message of GOOD) {
      expect(parsePageMessage(writeMessage(message))).toEqual({ ok: true, value: message });
    }
  });

  it('carry every command that a scenario can hold', () => {
    let commands = 0;
    for (let seed = 1; seed <= 200; seed++) {
      for (const { at: _, ...command } of randomScenario(seed).commands) {
        const message = { kind: 'command', commandId: commands++, command } as const;
        expect(parsePageMessage(JSON.stringify(message))).toEqual({ ok: true, value: message });
      }
    }
    expect(commands).toBeGreaterThan(200);
  });

  it('are refused with the place that is wrong', () => {
    const refused = (message: unknown): string => {
      const read = parsePageMessage(typeof message === 'string' ? message : JSON.stringify(message));
      return read.ok ? 'read' : read.sentence;
    };
    expect(refused('{')).toBe('the message is not JSON');
    expect(refused({ kind: 'shutdown' })).toContain('kind');
    expect(refused({ kind: 'drawn', seq: -1 })).toContain('seq');
    expect(refused({ kind: 'drawn', seq: 1, more: 1 })).toContain('more');
    const kill = { do: 'broker.kill', node: '../../etc' };
    expect(refused({ kind: 'command', commandId: 1, command: kill })).toContain('command.node');
    expect(refused(`"${'x'.repeat(MAX_PAGE_MESSAGE_BYTES)}"`)).toContain('bytes');
  });

  it('never throw, whatever comes', () => {
    const random = createRandom(11);
    let refusals = 0;
    for (let i = 0; i < 6000; i++) {
      let text = writeMessage(GOOD[random.below(GOOD.length)] as PageMessage);
      for (let changes = 1 + random.below(3); changes > 0; changes--)
        text = broken(random, text === '' ? '0' : text);
      for (const read of [parsePageMessage(text), parseBridgeMessage(text)]) {
        if (read.ok) continue;
        refusals++;
        expect(read.sentence.length).toBeGreaterThan(3);
      }
    }
    expect(refusals).toBeGreaterThan(6000);
  });

  it('name every type of event with its fields', () => {
    expect(vocabulary()).toContainEqual(['record.sent', 'record', 'thread', 'keyId', 'valueBytes']);
  });
});

describe('frames', () => {
  let now = 0;
  const tape = new EventTape({ nowUs: () => micros(now) });
  const sent = tape.writer('record.sent');
  const named = tape.writer('partition.named');
  for (let i = 0; i < 500; i++) {
    now += i % 7;
    if (i % 50 === 0) named(0 as never, `topic-${i}`, i);
    else sent(recordId(i), threadId(1), i % 5, 100 + i);
  }

  it('come out as they went in, empty ones too', () => {
    for (const [from, to] of [
      [0, 500],
      [256, 256],
      [100, 101],
    ] as const) {
      const slice = tape.frame(from, to);
      expect(decodeWireFrame(encodeWireFrame(99_000, slice))).toEqual({
        ok: true,
        value: { firstSeq: from, lastAt: 99_000, slice },
      });
    }
  });

  it('broken ones are refused, by the head or by the tape, which then is as before', () => {
    const random = createRandom(12);
    const whole = encodeWireFrame(1234, tape.frame(0, 300));
    let refusals = 0;
    for (let i = 0; i < 4000; i++) {
      const bytes = whole.slice(0, random.below(10) === 0 ? random.below(whole.length) : whole.length);
      for (let changes = 1 + random.below(4); changes > 0; changes--) {
        // Most changes near the front, where the counts stand.
        const at = random.below(random.below(2) === 0 ? Math.min(40, bytes.length) : bytes.length);
        if (at < bytes.length) bytes[at] = random.below(256);
      }
      const read = decodeWireFrame(bytes);
      if (!read.ok) {
        refusals++;
        continue;
      }
      const mine = new EventTape();
      try {
        mine.append(read.value.slice);
        expect(mine.endSeq).toBe(read.value.slice.toSeq);
      } catch {
        refusals++;
        expect(mine.endSeq).toBe(mine.startSeq);
      }
    }
    expect(refusals).toBeGreaterThan(1000);
  });

  it('of another version or kind are refused by name', () => {
    const bytes = encodeWireFrame(0, tape.frame(0, 10));
    expect(decodeWireFrame(Uint8Array.from([1, 99, ...bytes.slice(2)]))).toEqual({
      ok: false,
      sentence: 'a frame of version 99',
    });
    expect(decodeWireFrame(Uint8Array.from([7, ...bytes.slice(1)]))).toMatchObject({ ok: false });
    expect(decodeWireFrame(new Uint8Array(0))).toMatchObject({ ok: false });
  });
});

describe('a snapshot', () => {
  it('that is none is refused', () => {
    for (const json of [
      null,
      7,
      [],
      {},
      { seq: 1 },
      { '~map': 5 },
      { '~set': null },
      JSON.parse('{"__proto__":1}'),
    ]) {
      expect(decodeState(json)).toMatchObject({ ok: false });
    }
    let deep: unknown = 1;
    for (let i = 0; i < 1000; i++) deep = [deep];
    expect(decodeState(deep)).toMatchObject({ ok: false });
  });
});
