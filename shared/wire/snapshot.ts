/**
 * The projected state as JSON: what a viewer that joins late begins with. Maps, sets and infinite numbers are written as
 * objects with one key that no state has.
 */
import { pipelineProjection } from '#projections/pipelineProjection';
import type { PipelineState } from '#projections/pipelineState';
import { parsed, unreadable, type Parsed } from './protocol.ts';

const MAP = '~map';
const SET = '~set';
const NUMBER = '~number';
/** A state is a handful of levels deep; what is deeper is none. */
const MAX_DEPTH = 16;

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The state as JSON. Of a copy: what a state knows about its own copying is nothing to tell. */
export const encodeState = (state: PipelineState): unknown => encode(pipelineProjection.clone(state));

function encode(value: unknown): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : { [NUMBER]: String(value) };
  if (Array.isArray(value)) return value.map(encode);
  if (value instanceof Map)
    return { [MAP]: [...value].map(([key, entry]) => [encode(key), encode(entry)] as const) };
  if (value instanceof Set) return { [SET]: [...value].map(encode) };
  if (typeof value !== 'object') return null;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, encode(entry)]));
}

/** A state of the same shape as one that has just begun, or why it is none. */
export function decodeState(json: unknown): Parsed<PipelineState> {
  let state: unknown;
  try {
    state = decode(json, 0);
  } catch {
    return unreadable('a snapshot that cannot be read');
  }
  const missing = differsFrom(state, pipelineProjection.initial(), 'state');
  return missing === null ? parsed(state as PipelineState) : unreadable(`a snapshot without ${missing}`);
}

function decode(json: unknown, depth: number): unknown {
  if (typeof json !== 'object' || json === null) return json;
  if (depth > MAX_DEPTH) throw new RangeError('too deep');
  if (Array.isArray(json)) return json.map((entry) => decode(entry, depth + 1));
  const entries = Object.entries(json);
  const [first] = entries;
  if (first !== undefined && entries.length === 1) {
    const [key, value] = first as [string, unknown];
    if (key === NUMBER) return Number(value);
    if (key === SET) return new Set((decode(value, depth + 1) as unknown[]).values());
    if (key === MAP) return new Map(decode(value, depth + 1) as [unknown, unknown][]);
  }
  return Object.fromEntries(entries.map(([key, value]) => [key, decode(value, depth + 1)]));
}

/** The first part of `like` that `value` lacks or has as something else; null: none. */
function differsFrom(value: unknown, like: unknown, path: string): string | null {
  if (like === null) return value === undefined ? path : null;
  if (typeof like !== 'object') return typeof value === typeof like ? null : path;
  if (typeof value !== 'object' || value === null || value.constructor !== like.constructor) return path;
  if (like instanceof Map || like instanceof Set || Array.isArray(like)) return null;
  for (const [key, part] of Object.entries(like)) {
    const missing = differsFrom((value as Record<string, unknown>)[key], part, `${path}.${key}`);
    if (missing !== null) return missing;
  }
  return null;
}
