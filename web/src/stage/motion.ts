/**
 * Motion is arithmetic on a span of run time: nothing is remembered, so backwards works by itself. Every function is
 * pure in (facts, time, lead). `lead` is how far geometry looks ahead; 0 draws the bare facts.
 */
import type { RequestLifeline } from '#projections/lifelines';

/** Wall time of the way from send() to the lane, in ms: three legs that the eye can follow. */
const LEAD_WALL_MS = 480;
/** Never further ahead than the source computes. */
export const MAX_LEAD_US = 250_000;
/** An open flight without known end creeps: half of its way after this long. */
const TYPICAL_FLIGHT_US = 3000;

/** µs of run time that drawing looks ahead at this speed. */
export const leadUsAt = (speed: number): number => Math.min(LEAD_WALL_MS * 1000 * speed, MAX_LEAD_US);

export const clamp01 = (u: number): number => (u < 0 ? 0 : u > 1 ? 1 : u);
/** Slow at both ends. */
export const ease = (u: number): number => (u <= 0 ? 0 : u >= 1 ? 1 : u * u * (3 - 2 * u));
export const lerp = (a: number, b: number, u: number): number => a + (b - a) * u;

/** How much of a flight that ends at `endAt` and lasts `spanUs` is done, 0 … 1. */
export const fractionBefore = (at: number, endAt: number, spanUs: number): number =>
  spanUs > 0 ? clamp01(1 - (endAt - at) / spanUs) : at >= endAt ? 1 : 0;

/** How much of a flight that began at `startAt` and lasts `spanUs` is done, 0 … 1. */
export const fractionAfter = (at: number, startAt: number, spanUs: number): number =>
  spanUs > 0 ? clamp01((at - startAt) / spanUs) : at >= startAt ? 1 : 0;

/** A flight of unknown end: never arrives. */
export const creep = (elapsedUs: number): number =>
  elapsedUs <= 0 ? 0 : elapsedUs / (elapsedUs + TYPICAL_FLIGHT_US);

export type RequestLeg =
  /** From its lanes through the sender to its slot. */
  | 'to-slot'
  | 'out'
  /** At the broker: queued, appended, waiting for followers. */
  | 'at-broker'
  | 'back'
  | 'done';

export interface RequestMotion {
  leg: RequestLeg;
  /** How much of the leg is done, 0 … 1. */
  u: number;
}

/** The lead's third is one visible leg; a flight of known length gives at most 40% of itself to it. */
function exitSpanUs(sentAt: number, arrivesAt: number, leadUs: number): number {
  const span = leadUs / 2;
  return arrivesAt < 0 ? span : Math.min(span, 0.4 * Math.max(0, arrivesAt - sentAt));
}

/** The records of a request fly into the log at the end of its way: a quarter of it at most. 0 draws the bare facts. */
export const landSpanUs = (sentAt: number, arrivesAt: number, leadUs: number): number =>
  arrivesAt < 0 ? 0 : Math.min(leadUs / 3, 0.25 * Math.max(0, arrivesAt - sentAt));

/**
 * Where a request is at `at`. The way from lane to slot takes no time in the producer, so it borrows from the flight
 * and the flight catches up: its records are in the log when they really are. Writes into `out` to allocate nothing.
 */
export function requestMotion(line: RequestLifeline, at: number, leadUs: number, out: RequestMotion): void {
  const exitUs = exitSpanUs(line.sentAt, line.arrivesAt, leadUs);
  const startAt = line.sentAt + exitUs;
  if (line.receivedAt >= 0 && at >= line.receivedAt) return set(out, 'done', 1);
  if (line.lostAt >= 0 && at >= line.lostAt) return set(out, 'done', 1);
  if (at < startAt) return set(out, 'to-slot', fractionAfter(at, line.sentAt, exitUs));
  if (line.arrivesAt < 0) return set(out, 'out', creep(at - startAt) * 0.9);
  const landsAt = line.arrivesAt - landSpanUs(line.sentAt, line.arrivesAt, leadUs);
  if (at < landsAt) return set(out, 'out', clamp01((at - startAt) / Math.max(1, landsAt - startAt)));
  if (line.answeredAt < 0 || at < line.answeredAt) return set(out, 'at-broker', 1);
  const endAt = line.returnsAt >= 0 ? line.returnsAt : line.receivedAt;
  if (endAt < 0) return set(out, 'back', creep(at - line.answeredAt) * 0.9);
  return set(out, 'back', clamp01((at - line.answeredAt) / Math.max(1, endAt - line.answeredAt)));
}

function set(out: RequestMotion, leg: RequestLeg, u: number): void {
  out.leg = leg;
  out.u = u;
}

/** Point on a cubic from (x0, y0) to (x1, y1) that leaves and arrives level. */
export const levelCurveX = (x0: number, x1: number, u: number): number => {
  const mid = (x0 + x1) / 2;
  const v = 1 - u;
  return v * v * v * x0 + 3 * v * v * u * mid + 3 * v * u * u * mid + u * u * u * x1;
};
export const levelCurveY = (y0: number, y1: number, u: number): number => {
  const v = 1 - u;
  return (v * v * v + 3 * v * v * u) * y0 + (3 * v * u * u + u * u * u) * y1;
};
