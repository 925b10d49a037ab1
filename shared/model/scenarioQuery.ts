/**
 * A whole run in a link: `?seed=42&linger.ms=20&acks=all&rate=500&do=3200000.broker.kill.2&at=3500000&paused`. Kafka's own
 * keys for the producer, the short ones of `ranges.ts` for the rest.
 */
export type { Playhead } from './linkFields.ts';
export { readLink, type ReadLink } from './readLink.ts';
export { LONGEST_QUERY, nearestPreset, writeLink, type WrittenLink } from './writeLink.ts';
