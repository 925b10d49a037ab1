/** What is under the pointer, searched in what was drawn: the smallest thing first. */
import type { Layout, Rect } from './layout.ts';
import type { Entity, Scene } from './scene.ts';
import { SPRITE_STRIDE, type Sprites } from './sprites.ts';

/** A record is hit within this many pixels around its square. */
const SLACK = 3;

const inside = (rect: Rect, x: number, y: number, slack = 0): boolean =>
  x >= rect.x - slack && x < rect.x + rect.w + slack && y >= rect.y - slack && y < rect.y + rect.h + slack;

function recordAt(sprites: Sprites, x: number, y: number): number {
  let found = -1;
  let nearest = Number.POSITIVE_INFINITY;
  for (const bucket of sprites.buckets) {
    for (let i = 0, at = 0; i < bucket.count; i++, at += SPRITE_STRIDE) {
      const side = bucket.data[at + 2] ?? 0;
      const dx = (bucket.data[at] ?? 0) + side / 2 - x;
      const dy = (bucket.data[at + 1] ?? 0) + side / 2 - y;
      if (Math.abs(dx) > side / 2 + SLACK || Math.abs(dy) > side / 2 + SLACK) continue;
      const distance = dx * dx + dy * dy;
      const id = bucket.ids[i] ?? -1;
      if (distance < nearest && id >= 0) {
        nearest = distance;
        found = id;
      }
    }
  }
  return found;
}

/** Record, dot, request, batch, then the things that stand: partition, broker, the link to a broker. */
export function hitTest(scene: Scene, layout: Layout, x: number, y: number): Entity | null {
  let record = recordAt(scene.sprites, x, y);
  if (record < 0) record = recordAt(scene.faint, x, y);
  if (record >= 0) return { kind: 'record', id: record };
  for (let i = 0; i < scene.dots.count; i++) {
    const dot = scene.dots.items[i];
    if (dot !== undefined && Math.hypot(dot.x - x, dot.y - y) <= dot.radius + SLACK) {
      return { kind: 'batch', id: dot.batch };
    }
  }
  for (let i = scene.blocks.count - 1; i >= 0; i--) {
    const block = scene.blocks.items[i];
    if (block !== undefined && inside(block, x, y, 1)) return { kind: 'request', id: block.request };
  }
  for (let i = scene.boxes.count - 1; i >= 0; i--) {
    const box = scene.boxes.items[i];
    if (box !== undefined && inside(box, x, y)) return { kind: 'batch', id: box.batch };
  }
  for (const app of layout.apps) {
    if (app.client >= 0 && (inside(app, x, y) || (app.card !== null && inside(app.card, x, y)))) {
      return { kind: 'client', id: app.client };
    }
  }
  for (const lane of layout.lanes) if (inside(lane, x, y)) return { kind: 'partition', id: lane.tp };
  for (const broker of layout.brokers) {
    for (const strip of broker.strips) if (inside(strip, x, y)) return { kind: 'partition', id: strip.tp };
    if (inside(broker, x, y)) return { kind: 'broker', id: broker.node };
    if (inside(broker.rack, x, y)) return { kind: 'link', id: broker.node };
  }
  return null;
}

/** Everything that is drawn for an entity: for the frame around it. Records first look into the squares. */
export function placesOf(scene: Scene, layout: Layout, entity: Entity): Rect[] {
  const places: Rect[] = [];
  switch (entity.kind) {
    case 'record':
      for (const sprites of [scene.sprites, scene.faint]) collectRecord(sprites, entity.id, places);
      return places;
    case 'batch':
      for (let i = 0; i < scene.boxes.count; i++) {
        const box = scene.boxes.items[i];
        if (box !== undefined && box.batch === entity.id) places.push(box);
      }
      return places;
    case 'request':
      for (let i = 0; i < scene.blocks.count; i++) {
        const block = scene.blocks.items[i];
        if (block !== undefined && block.request === entity.id) places.push(block);
      }
      return places;
    case 'partition': {
      const lane = layout.laneOf.get(entity.id);
      if (lane !== undefined) places.push(lane);
      for (const broker of layout.brokers)
        places.push(...broker.strips.filter((strip) => strip.tp === entity.id));
      return places;
    }
    case 'broker':
      return layout.brokers.filter((broker) => broker.node === entity.id);
    case 'link':
      return layout.brokers.filter((broker) => broker.node === entity.id).map((broker) => broker.rack);
    case 'client':
      return layout.apps.filter((app) => app.client === entity.id);
  }
}

function collectRecord(sprites: Sprites, id: number, places: Rect[]): void {
  for (const bucket of sprites.buckets) {
    for (let i = 0; i < bucket.count; i++) {
      if (bucket.ids[i] !== id) continue;
      const at = i * SPRITE_STRIDE;
      const side = bucket.data[at + 2] ?? 0;
      places.push({ x: bucket.data[at] ?? 0, y: bucket.data[at + 1] ?? 0, w: side, h: side });
    }
  }
}

/** A station by its name, a partition or broker by its Kafka name ("orders-2", "broker 1"): for lessons. */
export function placeNamed(layout: Layout, name: string): Rect | null {
  const wanted = name === 'accumulator' ? 'record accumulator' : name;
  const station = layout.stations.find((place) => place.name === wanted);
  if (station !== undefined) return station.column;
  if (name === 'buffer.memory') return layout.gauge;
  const lane = layout.lanes.find((place) => place.name === name);
  if (lane !== undefined) return lane;
  return layout.brokers.find((place) => `broker ${place.node}` === name) ?? null;
}
