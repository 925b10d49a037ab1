/** The automatic speed: so many things a second as an eye can follow, and fewer where something goes wrong. */
import type { EventType, PipelineEvent } from '#events/catalogue';
import type { EventLogView } from '#events/EventLogView';
import { MAX_SPEED, MIN_SPEED } from './playback.ts';

/** What one second of wall time should bring: the weights of the events in it. */
const WEIGHT_PER_S = 5;
/** Nothing ahead is worth a look: as fast as this. */
const IDLE_SPEED = 0.5;
const MAX_LOOKED_AT = 600;

/** How much attention an event deserves; what is not here passes. */
const WEIGHTS: Partial<Record<EventType, number>> = {
  'node.drained': 1,
  'batch.completed': 0.3,
  'batch.requeued': 3,
  'batch.failed': 3,
  'batch.split': 3,
  'record.refused': 3,
  'request.lost': 3,
  'fault.struck': 3,
  'log.truncated': 3,
  'broker.moved': 1.5,
  'leader.elected': 1.5,
  'connection.moved': 1.5,
  'epoch.bumped': 1.5,
};

/** A drain that took nothing is nothing to see. */
const weightOf = (event: PipelineEvent): number =>
  event.type === 'node.drained' && event.batches === 0 ? 0 : (WEIGHTS[event.type] ?? 0);

/** Speed (µs of run time per µs of wall) at which the next second from the cursor brings `WEIGHT_PER_S`. */
export function autoSpeedAt(log: EventLogView, seq: number, at: number): number {
  if (seq >= log.endSeq) return IDLE_SPEED / 10;
  const reader = log.read(seq);
  let weight = 0;
  let spanUs = 0;
  for (let i = seq; i < Math.min(log.endSeq, seq + MAX_LOOKED_AT); i++) {
    const event = reader.next();
    weight += weightOf(event);
    spanUs = event.at - at;
    if (weight >= WEIGHT_PER_S) break;
  }
  if (spanUs <= 0) return MIN_SPEED * 10;
  const share = Math.max(weight, WEIGHT_PER_S / 8) / WEIGHT_PER_S;
  return Math.min(MAX_SPEED, IDLE_SPEED, Math.max(MIN_SPEED * 5, spanUs / 1_000_000 / share));
}
