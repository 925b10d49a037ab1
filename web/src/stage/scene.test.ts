import { describe, expect, it } from 'vitest';
import { micros } from '#base/time';
import { createSession, type Session } from '../session/session.ts';
import { createCountingContext } from '../testing/fakeCanvas.ts';
import { createFakeSource, fakeSpec, type FakeSpec } from '../testing/fakeSource.ts';
import { paletteOf } from '../ui/palette.ts';
import { drawScene, drawSprites } from './draw.ts';
import { hitTest, placesOf } from './hitTest.ts';
import { createLayout, type Layout } from './layout.ts';
import { topologyOf } from './topology.ts';
import { createScene, createSceneFiller, type Scene } from './scene.ts';
import { createSprites } from './sprites.ts';

interface Drawn {
  readonly session: Session;
  readonly scene: Scene;
  readonly layout: Layout;
  /** The scene at the cursor, filled anew. */
  readonly fill: () => Scene;
}

function standAt(at: number, spec: Partial<FakeSpec> = {}): Drawn {
  const session = createSession(createFakeSource({ ...fakeSpec, ...spec }));
  session.source.ensure(micros(at + 500_000), 1000);
  session.frame(0);
  session.dispatch({ type: 'seek', at });
  session.frame(16);
  session.frame(32);
  const layout = createLayout(950, 620, topologyOf(session.view.state));
  const scene = createScene();
  const filler = createSceneFiller();
  const fill = (): Scene => {
    filler(scene, session.view, layout);
    return scene;
  };
  fill();
  return { session, scene, layout, fill };
}

const spriteIds = (scene: Scene): number[] =>
  scene.sprites.buckets
    .flatMap((bucket) => [...bucket.ids.subarray(0, bucket.count)])
    .filter((id) => id >= 0);
const numbersOf = (scene: Scene): string =>
  JSON.stringify([
    scene.sprites.buckets.map((b) => [...b.data.subarray(0, b.count * 3)]),
    scene.boxes.items.slice(0, scene.boxes.count),
    scene.blocks.items.slice(0, scene.blocks.count),
    scene.labels.items.slice(0, scene.labels.count),
  ]);

describe('a picture at the producer’s own speed', () => {
  it('keeps boxes in their lanes, however many have just left', () => {
    const { session, layout, fill } = standAt(300_000, { recordsPerS: 4000, lingerMs: 2 });
    session.dispatch({ type: 'setSpeed', speed: 1 });
    session.dispatch({ type: 'play' });
    const left = Math.min(...layout.lanes.map((lane) => lane.boxes.x));
    let boxes = 0;
    for (let nowMs = 48; nowMs < 900; nowMs += 16) {
      session.frame(nowMs);
      const scene = fill();
      for (const box of scene.boxes.items.slice(0, scene.boxes.count))
        expect(box.x).toBeGreaterThanOrEqual(left - 1);
      boxes += scene.boxes.count;
    }
    expect(session.view.leadUs).toBeGreaterThan(200_000);
    expect(boxes).toBeGreaterThan(0);
  });
});

describe('the still picture', () => {
  it('shows each record of the deques once, and no record that was not appended by then', () => {
    const { session, scene } = standAt(120_300);
    const { state } = session.view;
    const drawn = spriteIds(scene);
    const waiting = [...state.batches.values()].filter((batch) => batch.phase === 'open');
    expect(waiting.length).toBeGreaterThan(0);
    for (const batch of waiting) {
      const records = drawn.filter((id) => session.view.records.batchId(id) === batch.id);
      expect(records.length).toBe(batch.records);
      for (const id of records) expect(session.view.records.appendedAt(id)).toBeLessThanOrEqual(120_300);
    }
  });

  it('is the same whether reached forwards or backwards', () => {
    const { session, fill } = standAt(120_000);
    const there = numbersOf(fill());
    for (const at of [240_000, 30_000, 120_000]) session.dispatch({ type: 'seek', at });
    session.frame(48);
    expect(numbersOf(fill())).toBe(there);
  });

  it('draws a bar with the number where there are too many records', () => {
    const { scene } = standAt(200_000, { recordsPerS: 60_000, lingerMs: 50, batchRecords: 400 });
    const boxes = scene.boxes.items.slice(0, scene.boxes.count);
    expect(boxes.some((box) => box.count > 40)).toBe(true);
  });
});

describe('the moving picture', () => {
  it('shows a record in the air before it is appended, and the same record in its box afterwards', () => {
    const { session, fill } = standAt(100_000);
    session.dispatch({ type: 'play' });
    for (let now = 48; now < 1200; now += 16) session.frame(now);
    const drawn = new Set(spriteIds(fill()));
    const { records, cursor, leadUs } = session.view;
    expect(leadUs).toBeGreaterThan(0);
    const flying = [...drawn].filter((id) => records.appendedAt(id) > cursor.at);
    expect(flying.length).toBeGreaterThan(2);
    for (const id of flying) expect(records.appendedAt(id) - cursor.at).toBeLessThanOrEqual(leadUs);
  });

  it('draws no record twice', () => {
    const { session, fill } = standAt(100_000);
    session.dispatch({ type: 'play' });
    for (let now = 48; now < 3000; now += 33) {
      session.frame(now);
      const ids = spriteIds(fill());
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  it('shows retries with their words', () => {
    const { session, fill } = standAt(100_000, { failEvery: 3 });
    session.dispatch({ type: 'seek', at: 150_000 });
    session.frame(64);
    const scene = fill();
    const texts = scene.labels.items.slice(0, scene.labels.count).map((label) => label.text);
    expect(scene.retryWays.count).toBeGreaterThan(0);
    expect(texts.some((text) => text.startsWith('retry') && text.includes('NOT_LEADER_OR_FOLLOWER'))).toBe(
      true,
    );
  });
});

describe('hitTest', () => {
  it('finds what was drawn: record, batch, request, partition, broker, link, nothing', () => {
    const { scene, layout } = standAt(121_000);
    const bucket = scene.sprites.buckets.find((b) => b.count > 0 && (b.ids[0] ?? -1) >= 0);
    const [x = 0, y = 0, side = 0] = bucket?.data ?? [];
    expect(hitTest(scene, layout, x + side / 2, y + side / 2)).toMatchObject({ kind: 'record' });
    const box = scene.boxes.items[0];
    expect(
      hitTest(scene, layout, (box?.x ?? 0) + (box?.w ?? 0) - 2, (box?.y ?? 0) + (box?.h ?? 0) - 2),
    ).toEqual({
      kind: 'batch',
      id: box?.batch,
    });
    const lane = layout.lanes[2];
    expect(hitTest(scene, layout, (lane?.x ?? 0) + 4, (lane?.y ?? 0) + 4)).toEqual({
      kind: 'partition',
      id: 2,
    });
    const broker = layout.brokers[1];
    expect(hitTest(scene, layout, (broker?.x ?? 0) + 20, (broker?.y ?? 0) + 6)).toEqual({
      kind: 'broker',
      id: 1,
    });
    const slot = broker?.slots.at(-1);
    expect(hitTest(scene, layout, (slot?.x ?? 0) + 3, (slot?.y ?? 0) + 3)).toEqual({ kind: 'link', id: 1 });
    expect(hitTest(scene, layout, 2, 300)).toBeNull();
  });

  it('frames what it finds', () => {
    const { scene, layout } = standAt(121_000);
    const block = scene.blocks.items[0];
    expect(scene.blocks.count).toBeGreaterThan(0);
    expect(placesOf(scene, layout, { kind: 'request', id: block?.request ?? -1 })).toEqual([block]);
    expect(placesOf(scene, layout, { kind: 'partition', id: 0 }).length).toBe(4);
  });
});

describe('drawing', () => {
  it('takes one path and one fill per colour for 10,000 records', () => {
    const sprites = createSprites(9);
    for (let i = 0; i < 10_000; i++) sprites.add(i % 9, i, i, 7, i);
    const { ctx, of } = createCountingContext();
    drawSprites(ctx, sprites, paletteOf('dark'));
    expect(of('beginPath')).toBe(9);
    expect(of('fill')).toBe(9);
    expect(of('rect')).toBe(10_000);
    expect(of('roundRect')).toBe(0);
  });

  it('asks for no more words and fills when more records move', () => {
    const callsAt = (recordsPerS: number): number => {
      const { session, layout, fill } = standAt(100_000, { recordsPerS, lingerMs: 5 });
      session.dispatch({ type: 'setSpeed', speed: 0.3 });
      session.dispatch({ type: 'play' });
      for (let now = 48; now < 1000; now += 16) session.frame(now);
      const { ctx, of } = createCountingContext();
      drawScene(ctx, fill(), layout, paletteOf('dark'));
      return of('fill', 'fillText', 'fillRect', 'stroke');
    };
    expect(callsAt(20_000)).toBeLessThan(callsAt(2000) + 400);
  });
});
