/** How each event of a live run is known. What is not here happens inside of a broker, and no client can see it. */
import { catalogue, type EventType } from '#events/catalogue';
import type { ClientName } from './arguments.ts';
import { exhibitProvenance } from './kafkajs/asItIs/exhibit.ts';

/** Computed from what was answered: offsets, the brokers that answered them, and what acks=all promises of the others. */
const DERIVED: readonly EventType[] = [
  'log.appended',
  'log.recognised',
  'log.truncated',
  'replica.fetched',
  'highWatermark.advanced',
];
/** Done to the links by this bridge's own proxies. */
const OF_LINKS: readonly EventType[] = ['link.changed', 'fault.armed', 'fault.struck'];
const UNKNOWN: readonly EventType[] = [
  'request.arrived',
  'request.begun',
  'response.left',
  'request.departed',
  'response.departed',
  'log.refused',
  'log.marked',
  'coordinator.moved',
  'producerState.expired',
  'topic.changed',
];

/** `hasLinks`: proxies of ours stand before the brokers. `client`: whose producer it is. */
export function liveProvenance(
  hasLinks: boolean,
  client: ClientName,
): ReadonlyMap<EventType, 'measured' | 'derived'> {
  const provenance = new Map<EventType, 'measured' | 'derived'>();
  for (const type of Object.keys(catalogue) as EventType[]) {
    if (UNKNOWN.includes(type) || (OF_LINKS.includes(type) && !hasLinks)) continue;
    const how = DERIVED.includes(type) ? 'derived' : 'measured';
    const known = client === 'kafkajs' ? exhibitProvenance(type, how) : how;
    if (known !== null) provenance.set(type, known);
  }
  return provenance;
}
