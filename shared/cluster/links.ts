/**
 * What lies between the clients and the brokers: delays from quantile tables, bandwidth, loss, cuts. Integer arithmetic
 * on seeded streams only. It decides when a message arrives, or that it never does; it knows no request.
 */
import { known } from '#base/assert';
import type { ClientId, NodeId } from '#base/ids';
import type { Random } from '#base/random';
import type { EventSink, WriterOf } from '#events/catalogue';

/** One-way delay as quantiles in µs, read by linear interpolation. Same shape as the scenario's `DelaySpec`. */
export interface DelayQuantiles {
  readonly p0Us: number;
  readonly p50Us: number;
  readonly p90Us: number;
  readonly p99Us: number;
  readonly p100Us: number;
}

export interface NetworkConditions {
  readonly delay: DelayQuantiles;
  readonly lossPpm: number;
  readonly connectUs: number;
  /** 0: no limit. */
  readonly bandwidthBytesPerS: number;
}

const MILLION = 1_000_000;

/** The delay at `ppm` millionths of the distribution. */
export function delayAt(delay: DelayQuantiles, ppm: number): number {
  const between = (from: number, to: number, fromUs: number, toUs: number): number =>
    fromUs + Math.floor(((toUs - fromUs) * (ppm - from)) / (to - from));
  if (ppm < 500_000) return between(0, 500_000, delay.p0Us, delay.p50Us);
  if (ppm < 900_000) return between(500_000, 900_000, delay.p50Us, delay.p90Us);
  if (ppm < 990_000) return between(900_000, 990_000, delay.p90Us, delay.p99Us);
  return between(990_000, MILLION, delay.p99Us, delay.p100Us);
}

/** One direction of one connection: bytes keep their order, and what follows a lost byte waits for it. */
export interface Lane {
  /** When the last message that was sent arrives. */
  lastArrivesUs: number;
  /** When the wire is free for the next message. */
  freeAtUs: number;
  /** Something was lost on it: nothing arrives any more until the connection is closed, as with TCP. */
  isStuck: boolean;
}

export const createLane = (): Lane => ({ lastArrivesUs: 0, freeAtUs: 0, isStuck: false });

interface Link {
  addedUs: number;
  cut: boolean;
}

export class Links {
  conditions: NetworkConditions;
  private readonly links: Link[] = [];
  private readonly delays: Random[] = [];
  private readonly losses: Random;
  private readonly clients: ClientId[] = [];
  private readonly linkChanged: WriterOf<'link.changed'>;

  constructor(conditions: NetworkConditions, brokers: number, random: Random, events: EventSink) {
    this.conditions = conditions;
    this.losses = random.fork('loss');
    for (let node = 0; node < brokers; node++) {
      this.links.push({ addedUs: 0, cut: false });
      this.delays.push(random.fork(`network/${node}`));
    }
    this.linkChanged = events.writer('link.changed');
  }

  /** A client shares the state its brokers' links are in. */
  addClient(client: ClientId): void {
    if (this.clients.includes(client)) return;
    this.clients.push(client);
    this.links.forEach((link, node) => {
      if (link.cut || link.addedUs > 0) this.linkChanged(client, node as NodeId, link.addedUs, link.cut);
    });
  }

  /** The link of one broker, or of every one (null): slower by `addedUs` each way, or cut. */
  set(node: NodeId | null, addedUs: number, cut: boolean): void {
    this.links.forEach((link, index) => {
      if (node !== null && node !== index) return;
      link.addedUs = addedUs;
      link.cut = cut;
      for (const client of this.clients) this.linkChanged(client, index as NodeId, addedUs, cut);
    });
  }

  isCut(node: NodeId): boolean {
    return this.links[node]?.cut ?? true;
  }

  /** A one-way delay to or from this broker, drawn anew. */
  delayUs(node: NodeId): number {
    const random = known(this.delays[node], 'the stream of a broker');
    return delayAt(this.conditions.delay, random.below(MILLION)) + (this.links[node]?.addedUs ?? 0);
  }

  /** From connect to the outcome: the handshake's time, and both ways of a slowed link. Infinity when cut. */
  connectUs(node: NodeId): number {
    if (this.isCut(node)) return Infinity;
    return this.conditions.connectUs + 2 * (this.links[node]?.addedUs ?? 0);
  }

  /** When a message that leaves now arrives; null: never. `isLost` loses this one for sure. */
  send(lane: Lane, node: NodeId, sizeBytes: number, nowUs: number, isLost: boolean): number | null {
    const { lossPpm, bandwidthBytesPerS } = this.conditions;
    // The draws are made whatever the state of the lane, so that a fault does not shift what others draw.
    const delay = this.delayUs(node);
    const isUnlucky = lossPpm > 0 && this.losses.below(MILLION) < lossPpm;
    if (isLost || isUnlucky || this.isCut(node)) lane.isStuck = true;
    if (lane.isStuck) return null;
    const begins = Math.max(nowUs, lane.freeAtUs);
    lane.freeAtUs =
      bandwidthBytesPerS > 0 ? begins + Math.floor((sizeBytes * MILLION) / bandwidthBytesPerS) : begins;
    lane.lastArrivesUs = Math.max(lane.lastArrivesUs, lane.freeAtUs + delay);
    return lane.lastArrivesUs;
  }
}
