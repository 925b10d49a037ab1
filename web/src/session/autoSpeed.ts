/** The automatic speed: so many things a second as an eye can follow, and fewer where something goes wrong. */
import type { PipelineEvent } from '#events/catalogue';
import type { EventLogView } from '#events/EventLogView';
import { MAX_SPEED, MIN_SPEED } from './playback.ts';

/** What one second of wall time should bring: the weights of the events in it. */
const WEIGHT_PER_S = 5;
/** Nothing ahead is worth a look: as fast as this. */
const IDLE_SPEED = 0.5;
const MAX_LOOKED_AT = 600;

/** How much attention an event deserves; 0: it passes. */
export function weightOf(event: PipelineEvent): number {
  switch (event.type) {
    case 'node.drained':
      return event.batches > 0 ? 1 : 0;
    case 'batch.completed':
      return 0.3;
    case 'batch.requeued':
    case 'batch.failed':
    case 'batch.split':
    case 'record.refused':
    case 'request.lost':
    case 'fault.struck':
    case 'log.truncated':
      return 3;
    case 'broker.moved':
    case 'leader.elected':
    case 'connection.moved':
    case 'epoch.bumped':
      return 1.5;
    default:
      return 0;
  }
}

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
