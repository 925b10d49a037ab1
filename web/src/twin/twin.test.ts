import { describe, expect, it } from 'vitest';
import type { EventType } from '#events/catalogue';
import { createTimeline } from '../inspector/timeline.ts';
import { cardOf } from '../inspector/cardOf.ts';
import { subjectOf, touches } from '../inspector/touches.ts';
import { createSession, type Session } from '../session/session.ts';
import type { Provenance } from '../sources/Source.ts';
import { hasMarks } from '../ui/provenance.ts';
import { createFakeSource } from '../testing/fakeSource.ts';
import { createAnnouncement } from './announce.ts';
import { eventsAround, type EventFilter } from './eventWindow.ts';
import { createRested } from './useRested.ts';
import { twinOf, type TwinItem } from './twinOf.ts';

const everything: EventFilter = { group: null, text: '', entity: null };

function sessionAt(us: number, source = createFakeSource()): Session {
  const session = createSession(source);
  session.dispatch({ type: 'seek', at: us });
  for (let ms = 0; ms < 200 && session.playback.cursor.at < us; ms += 16) session.frame(ms);
  session.frame(1000);
  return session;
}

describe('the window of events', () => {
  it('ends before the cursor and goes on with what has been seen', () => {
    const session = sessionAt(60_000);
    const { seq } = session.playback.cursor;
    const { before, after } = eventsAround(session, everything, 50);
    expect(before).toHaveLength(50);
    expect(before.at(-1)?.seq).toBe(seq - 1);
    expect(after).toEqual([]);
    session.dispatch({ type: 'seek', at: 30_000 });
    session.frame(2000);
    const back = eventsAround(session, everything, 50);
    expect(back.after[0]?.seq).toBe(session.playback.cursor.seq);
    expect(back.after.every(({ at }) => at <= 60_000)).toBe(true);
  });

  it('holds what the filter lets through, and nothing else', () => {
    const session = sessionAt(60_000);
    const { log } = session.view;
    const network = eventsAround(session, { ...everything, group: 'network' }, 30).before;
    expect(network).toHaveLength(30);
    for (const { type } of network) expect(type).toMatch(/^(request|response|connection|metadata|link)\./);
    const batch = { kind: 'batch', id: 3 } as const;
    for (const { seq } of eventsAround(session, { ...everything, entity: batch }, 30).before) {
      expect(touches(log.at(seq), batch)).toBe(true);
    }
    const named = eventsAround(session, { ...everything, text: ' BATCH 3' }, 30).before;
    expect(named.length).toBeGreaterThan(0);
    for (const { sentence } of named) expect(sentence.toLowerCase()).toContain('batch 3');
  });
});

describe('how what happened is known', () => {
  it('stands on every row of the lists', () => {
    const events = new Map<EventType, Provenance>([
      ['request.sent', 'measured'],
      ['response.received', 'derived'],
    ]);
    const capabilities = { events, commands: new Set<never>(), commandsInThePast: false };
    const session = sessionAt(60_000, Object.assign(createFakeSource(), { capabilities }));
    const { before } = eventsAround(session, { ...everything, group: 'network' }, 80);
    const howOf = (type: string): unknown => before.find((row) => row.type === type)?.how;
    expect(howOf('request.sent')).toBe('measured');
    expect(howOf('response.received')).toBe('derived');
    expect(howOf('request.written')).toBeNull();
    expect(createTimeline({ kind: 'request', id: 2 }).rows(session)[0]?.how).toBe('measured');
  });

  it('is marked in a live run and in a recording of one, not in a model', () => {
    const of = (how: Provenance) => ({
      events: new Map([['request.sent', how] as const]),
      commands: new Set<never>(),
      commandsInThePast: false,
    });
    expect(hasMarks({ kind: 'live', capabilities: of('simulated') })).toBe(true);
    expect(hasMarks({ kind: 'recording', capabilities: of('measured') })).toBe(true);
    expect(hasMarks({ kind: 'recording', capabilities: of('simulated') })).toBe(false);
    expect(hasMarks({ kind: 'model', capabilities: of('simulated') })).toBe(false);
  });
});

describe('the timeline of a thing', () => {
  it('is what the log says of it up to the cursor, also after going back', () => {
    const session = sessionAt(60_000);
    const timeline = createTimeline({ kind: 'request', id: 2 });
    const all = timeline.rows(session);
    expect(all[0]?.sentence).toMatch(/^Request 2 leaves/);
    expect(all.at(-1)?.sentence).toMatch(/^The broker wrote batch/);
    const middle = all[2];
    if (middle === undefined) throw new Error('too few events');
    session.dispatch({ type: 'moveTo', seq: middle.seq });
    session.frame(3000);
    expect(timeline.rows(session)).toEqual(all.slice(0, 2));
    expect(createTimeline({ kind: 'request', id: 2 }).rows(session)).toEqual(all.slice(0, 2));
  });

  it('of a record goes on with its batch', () => {
    const session = sessionAt(60_000);
    const sentences = createTimeline({ kind: 'record', id: 5 })
      .rows(session)
      .map(({ sentence }) => sentence);
    expect(sentences[0]).toMatch(/^Record 5 is sent/);
    expect(sentences.some((sentence) => /^Batch \d+ is drained/.test(sentence))).toBe(true);
    expect(sentences.some((sentence) => /^Record (?!5 )/.test(sentence))).toBe(false);
  });
});

describe('the picture as lists', () => {
  const flat = (items: readonly TwinItem[]): TwinItem[] =>
    items.flatMap((item) => [item, ...flat(item.inside)]);

  it('has a sentence and a card for everything in it', () => {
    for (let at = 5000; at < 80_000; at += 7001) {
      const session = sessionAt(at);
      const items = twinOf(session).flatMap((station) => flat(station.items));
      expect(items.length).toBeGreaterThan(3);
      for (const { entity, name, sentence } of items) {
        expect(name).not.toBe('');
        expect(sentence).toMatch(/\.$/);
        expect(cardOf(session, entity).facts.length).toBeGreaterThan(0);
      }
    }
  });

  it('holds every batch that is not done', () => {
    const session = sessionAt(60_000);
    const shown = new Set(
      twinOf(session)
        .flatMap((station) => flat(station.items))
        .filter(({ entity }) => entity.kind === 'batch')
        .map(({ entity }) => entity.id),
    );
    for (const { id, phase } of session.view.state.batches.values()) {
      if (phase === 'open' || phase === 'in-flight') expect(shown).toContain(id);
    }
  });
});

describe('the voice', () => {
  it('tells the event of each step, and nothing when nothing moved', () => {
    const session = sessionAt(60_000);
    const voice = createAnnouncement();
    expect(voice.next(session)).toBeNull();
    session.dispatch({ type: 'step', by: 'event', back: true });
    session.frame(2000);
    const { seq } = session.playback.cursor;
    const told = voice.next(session);
    expect(told).toContain(' ms. ');
    expect(subjectOf(session.view.log.at(seq - 1))).not.toBeNull();
    expect(voice.next(session)).toBeNull();
  });
});

it('a rested value is made anew when its key changes, or when its time has come', () => {
  let now = 0;
  let made = 0;
  const rested = createRested(() => now);
  const ask = (version: number, key: string): number => rested.of(version, 500, key, () => ++made);
  expect([ask(1, 'a'), ask(2, 'a'), ask(2, 'b')]).toEqual([1, 1, 2]);
  now = 600;
  expect([ask(2, 'b'), ask(3, 'b')]).toEqual([2, 3]);
});
