/** Where the seven stations stand. Pure: same size and topology, same places. Units are CSS pixels. */
import { placeApps, type AppPlace } from './producers.ts';
import type { Topology } from './topology.ts';

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface LanePlace extends Rect {
  readonly tp: number;
  readonly name: string;
  /** Where its boxes stand, oldest at the right end, next to the sender. */
  readonly boxes: Rect;
  readonly boxWidth: number;
  /** How many boxes have room; older ones are counted. */
  readonly boxRoom: number;
  /** False where lanes are so low that the header stands left of the boxes. */
  readonly hasHeader: boolean;
}

export interface StripPlace extends Rect {
  readonly tp: number;
  readonly name: string;
  readonly cells: Rect;
  readonly cellWidth: number;
  readonly cellRoom: number;
}

export interface BrokerPlace extends Rect {
  readonly node: number;
  readonly strips: readonly StripPlace[];
  readonly hiddenStrips: number;
  /** Tracks of the requests in flight: a block moves from their left end to their right end and back. */
  readonly rack: Rect;
  readonly slots: readonly Rect[];
  readonly hiddenSlots: number;
  readonly blockWidth: number;
}

const STATIONS = [
  'send()',
  'serializer',
  'partitioner',
  'record accumulator',
  'sender',
  'network',
  'brokers',
] as const;
export type StationName = (typeof STATIONS)[number];

export interface StationPlace {
  readonly name: StationName;
  readonly number: number;
  readonly centreX: number;
  /** The whole column: for highlights. */
  readonly column: Rect;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly topology: Topology;
  readonly stations: readonly StationPlace[];
  /** Where acks come home and callers queue up: the lowest of `apps`. */
  readonly app: Rect;
  readonly apps: readonly AppPlace[];
  readonly serializer: Rect;
  readonly partitioner: Rect;
  readonly sender: Rect;
  readonly lanes: readonly LanePlace[];
  readonly laneOf: ReadonlyMap<number, LanePlace>;
  readonly hiddenLanes: number;
  readonly hiddenLanesAt: Rect;
  readonly gauge: Rect;
  /** Below the brokers: what the coordinator of transactions has in its log. */
  readonly coordinator: Rect;
  readonly brokers: readonly BrokerPlace[];
  readonly brokerOf: ReadonlyMap<number, BrokerPlace>;
  readonly flowY: number;
  readonly retryY: number;
  readonly ackY: number;
  readonly headerY: number;
}

/** Below this neither words nor squares can be read. */
const MIN_LANE = 24;
const MAX_LANE = 84;
/** A row of 12 px words. */
const MIN_STRIP = 13;
const SLOT_GAP = 3;
/** Thinner tracks cannot be told apart; those beyond are counted above them. */
const MIN_SLOT_STEP = 11;

export function createLayout(width: number, height: number, topology: Topology): Layout {
  const headerY = 22;
  const top = 58;
  const bottom = height - 84;
  const flowY = Math.round((top + bottom) / 2);
  const at = (from: number, to: number): { x: number; w: number } => ({
    x: Math.round(from * width),
    w: Math.round((to - from) * width),
  });
  const stationHeight = Math.min(120, Math.max(64, (bottom - top) * 0.3));
  const column = (from: number, to: number): Rect => ({ ...at(from, to), y: 8, h: height - 16 });
  const middle = (from: number, to: number, h: number): Rect => ({
    ...at(from, to),
    y: Math.round(flowY - h / 2),
    h: Math.round(h),
  });
  const spans: readonly (readonly [number, number])[] = [
    [0.01, 0.09],
    [0.118, 0.192],
    [0.222, 0.31],
    [0.356, 0.594],
    [0.618, 0.674],
    [0.696, 0.824],
    [0.838, 0.988],
  ];
  const span = (index: number): readonly [number, number] => spans[index] ?? [0, 1];
  const partitioner = middle(span(2)[0], span(2)[1], Math.min(150, (span(2)[1] - span(2)[0]) * width * 1.25));
  const apps = placeApps(topology.producers, {
    ...at(...span(0)),
    top,
    bottom,
    flowY,
    right: partitioner.x + partitioner.w,
    stationH: Math.round(stationHeight),
  });
  const laneColumn = at(...span(3));
  const lanes = placeLanes(topology, { ...laneColumn, y: top, h: bottom - top });
  const brokers = placeBrokers(
    topology,
    { ...at(...span(6)), y: top, h: bottom - top },
    { ...at(...span(5)), y: top, h: bottom - top },
  );
  return {
    width,
    height,
    topology,
    stations: STATIONS.map((name, index) => {
      const place = column(...span(index));
      return { name, number: index + 1, centreX: place.x + place.w / 2, column: place };
    }),
    app: apps.at(-1) ?? middle(...span(0), stationHeight),
    apps,
    serializer: middle(...span(1), stationHeight),
    partitioner,
    sender: middle(...span(4), Math.min(170, stationHeight * 1.4)),
    ...lanes,
    laneOf: new Map(lanes.lanes.map((lane) => [lane.tp, lane])),
    coordinator: {
      x: at(...span(5)).x,
      y: bottom + 5,
      w: Math.round(span(6)[1] * width) - at(...span(5)).x,
      h: 42,
    },
    gauge: { ...laneColumn, y: bottom + 10, h: 20 },
    brokers,
    brokerOf: new Map(brokers.map((broker) => [broker.node, broker])),
    flowY,
    retryY: 44,
    ackY: height - 32,
    headerY,
  };
}

function placeLanes(topology: Topology, area: Rect): Pick<Layout, 'lanes' | 'hiddenLanes' | 'hiddenLanesAt'> {
  const all = topology.partitions;
  const gap = all.length > 10 ? 4 : 8;
  const room = Math.max(1, Math.floor((area.h + gap) / (MIN_LANE + gap)));
  const fits = all.length <= room;
  const shown = fits ? all.length : Math.max(1, room - 1);
  const rows = fits ? Math.max(1, shown) : shown + 1;
  const h = Math.min(MAX_LANE, Math.floor((area.h + gap) / rows) - gap);
  const step = fits ? Math.min((area.h + gap) / rows, h + 28) : h + gap;
  const y0 = area.y + (area.h - (step * (rows - 1) + h)) / 2;
  const hasHeader = h >= 40;
  const lanes = all.slice(0, shown).map((partition, index): LanePlace => {
    const y = Math.round(y0 + index * step);
    const left = hasHeader ? 8 : Math.min(90, area.w * 0.42);
    const boxes: Rect = {
      x: area.x + left,
      y: y + (hasHeader ? 22 : 3),
      w: area.w - left - 8,
      h: h - (hasHeader ? 28 : 6),
    };
    const boxWidth = Math.max(34, Math.min(96, Math.floor(boxes.w / (hasHeader ? 3 : 2)) - 5));
    const boxRoom = Math.max(1, Math.floor((boxes.w + 5) / (boxWidth + 5)));
    return {
      x: area.x,
      y,
      w: area.w,
      h,
      tp: partition.tp,
      name: partition.name,
      boxes,
      boxWidth,
      boxRoom,
      hasHeader,
    };
  });
  const lastY = Math.round(y0 + shown * step);
  return { lanes, hiddenLanes: all.length - shown, hiddenLanesAt: { x: area.x, y: lastY, w: area.w, h } };
}

function placeBrokers(topology: Topology, area: Rect, racks: Rect): BrokerPlace[] {
  const count = Math.max(1, topology.brokers.length);
  const gap = count > 4 || area.h < 380 ? 6 : 14;
  const h = Math.min(210, Math.floor((area.h + gap) / count) - gap);
  const step = Math.min((area.h + gap) / count, h + 40);
  const y0 = area.y + (area.h - (step * (count - 1) + h)) / 2;
  const nameOf = new Map(topology.partitions.map((p) => [p.tp, p.short]));
  return topology.brokers.map((broker, index): BrokerPlace => {
    const y = Math.round(y0 + index * step);
    const rack: Rect = { x: racks.x, y, w: racks.w, h };
    const slotTop = y + 20;
    const slotRoom = Math.max(1, Math.floor((h - 20 + SLOT_GAP) / MIN_SLOT_STEP));
    const shownSlots = Math.min(topology.slots, slotRoom);
    const slotStep = Math.min(
      25,
      Math.floor((h - 20 + SLOT_GAP) / Math.max(shownSlots, Math.min(slotRoom, 5))),
    );
    const slots = Array.from({ length: shownSlots }, (_, i): Rect => ({
      x: rack.x,
      y: slotTop + i * slotStep,
      w: rack.w,
      h: slotStep - SLOT_GAP,
    }));
    return {
      x: area.x,
      y,
      w: area.w,
      h,
      node: broker.node,
      ...placeStrips(broker.tps, nameOf, { x: area.x, y: y + 21, w: area.w, h: h - 23 }),
      rack,
      slots,
      hiddenSlots: topology.slots - shownSlots,
      blockWidth: Math.round(rack.w * 0.58),
    };
  });
}

function placeStrips(
  tps: readonly number[],
  nameOf: ReadonlyMap<number, string>,
  area: Rect,
): Pick<BrokerPlace, 'strips' | 'hiddenStrips'> {
  const room = Math.max(0, Math.floor(area.h / MIN_STRIP));
  // What has no room is counted beside the broker's name.
  const shown = Math.min(tps.length, room);
  const h = Math.min(28, Math.floor(area.h / Math.max(1, shown)));
  const nameWidth = area.w > 150 ? 30 : 26;
  const roleWidth = area.w > 150 ? 58 : 16;
  const cellWidth = h >= 24 ? 10 : h >= 18 ? 8.5 : 7;
  const strips = tps.slice(0, shown).map((tp, index): StripPlace => {
    const y = area.y + index * h;
    const cells: Rect = {
      x: area.x + 8 + nameWidth,
      y: y + (h - cellWidth) / 2,
      w: area.w - 16 - nameWidth - roleWidth,
      h: cellWidth,
    };
    return {
      x: area.x + 4,
      y,
      w: area.w - 8,
      h,
      tp,
      name: nameOf.get(tp) ?? `#${tp}`,
      cells,
      cellWidth,
      cellRoom: Math.max(1, Math.floor(cells.w / cellWidth)),
    };
  });
  return { strips, hiddenStrips: tps.length - shown };
}

/** Centre of a rectangle. */
export const centreX = (rect: Rect): number => rect.x + rect.w / 2;
export const centreY = (rect: Rect): number => rect.y + rect.h / 2;
