import { describe, expect, it } from 'vitest';
import { gridFor, MAX_DRAWN_RECORDS } from './grid.ts';
import { createLayout, type Layout, type Rect } from './layout.ts';
import type { Topology } from './topology.ts';

const topology = (partitions: number, brokers: number, slots = 5, producers = 1): Topology => ({
  partitions: Array.from({ length: partitions }, (_, tp) => ({ tp, name: `orders-${tp}`, short: `P${tp}` })),
  brokers: Array.from({ length: brokers }, (_, node) => ({
    node,
    tps: Array.from({ length: partitions }, (_, tp) => tp),
  })),
  slots,
  hasAccumulator: true,
  producers: Array.from({ length: producers }, (_, client) => ({ client, name: 'shop' })),
});

const apart = (a: Rect, b: Rect): boolean =>
  a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
const within = (a: Rect, layout: Layout): boolean =>
  a.x >= 0 && a.y >= 0 && a.x + a.w <= layout.width && a.y + a.h <= layout.height;

const SIZES: readonly (readonly [number, number])[] = [
  [780, 440],
  [950, 620],
  [1300, 830],
];

describe.each(SIZES)('a stage of %i × %i', (width, height) => {
  it.each([
    [1, 1, 1],
    [6, 3, 5],
    [12, 3, 5],
    [50, 9, 100],
    [0, 0, 5],
  ])('holds %i partitions, %i brokers, %i slots without overlaps', (partitions, brokers, slots) => {
    const layout = createLayout(width, height, topology(partitions, brokers, slots));
    const blocks: Rect[] = [layout.app, layout.serializer, layout.sender, layout.gauge, ...layout.lanes];
    for (const broker of layout.brokers) blocks.push(broker, ...broker.slots);
    for (const block of blocks) expect(within(block, layout)).toBe(true);
    blocks.forEach((a, i) => blocks.slice(i + 1).forEach((b) => expect(apart(a, b)).toBe(true)));
    for (const broker of layout.brokers) {
      for (const strip of broker.strips) expect(strip.y + strip.h).toBeLessThanOrEqual(broker.y + broker.h);
    }
  });

  it.each([1, 2, 3])('has room for %i producers and for what is said of their transactions', (producers) => {
    const layout = createLayout(width, height, topology(6, 3, 5, producers));
    const blocks: Rect[] = [layout.serializer, layout.partitioner, layout.gauge, layout.coordinator];
    blocks.push(...layout.lanes, ...layout.brokers);
    for (const app of layout.apps) blocks.push(app, ...(app.card === null ? [] : [app.card]));
    expect(layout.apps).toHaveLength(producers);
    for (const block of blocks) expect(within(block, layout)).toBe(true);
    blocks.forEach((a, i) => blocks.slice(i + 1).forEach((b) => expect(apart(a, b)).toBe(true)));
  });

  it('says how many it cannot show instead of leaving them out', () => {
    const layout = createLayout(width, height, topology(50, 9, 100));
    expect(layout.lanes.length + layout.hiddenLanes).toBe(50);
    for (const broker of layout.brokers) {
      expect(broker.strips.length + broker.hiddenStrips).toBe(50);
      expect(broker.slots.length + broker.hiddenSlots).toBe(100);
    }
  });

  it('keeps the seven stations in their order', () => {
    const { stations } = createLayout(width, height, topology(6, 3));
    expect(stations.map((station) => station.number)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    stations
      .slice(1)
      .forEach((station, i) => expect(station.centreX).toBeGreaterThan(stations[i]?.centreX ?? 0));
  });
});

describe('squares in a box', () => {
  it('are all drawn, or a bar: never some of them', () => {
    for (let records = 0; records <= 60; records++) {
      const grid = gridFor(records, 44, 24);
      if (grid === null) continue;
      expect(grid.columns * grid.rows).toBeGreaterThanOrEqual(records);
      expect(records).toBeLessThanOrEqual(MAX_DRAWN_RECORDS);
    }
  });
});
