/** Whether an event speaks of a thing. */
import type { PipelineEvent } from '#events/catalogue';
import type { Entity } from '../stage/scene.ts';

const FIELDS: Readonly<Record<Entity['kind'], readonly string[]>> = {
  record: ['record'],
  batch: ['batch', 'parentBatch'],
  request: ['request'],
  broker: ['node', 'leader'],
  link: ['node'],
  partition: ['tp'],
  client: ['client'],
};

const LINK_TYPES = new Set([
  'connection.moved',
  'link.changed',
  'request.sent',
  'node.drained',
  'drain.stopped',
]);

export function touches(event: PipelineEvent, entity: Entity): boolean {
  if (entity.kind === 'link' && !LINK_TYPES.has(event.type)) return false;
  const fields = event as unknown as Readonly<Record<string, unknown>>;
  return FIELDS[entity.kind].some((field) => fields[field] === entity.id);
}

/** The thing that an event speaks of first: what is selected when the event is. */
export function subjectOf(event: PipelineEvent): Entity | null {
  const fields = event as unknown as Readonly<Record<string, unknown>>;
  const of = (kind: Entity['kind'], field: string): Entity | null => {
    const id = fields[field];
    return typeof id === 'number' && id >= 0 ? { kind, id } : null;
  };
  return (
    of('record', 'record') ??
    of('batch', 'batch') ??
    of('request', 'request') ??
    of('partition', 'tp') ??
    of('broker', 'node') ??
    of('client', 'client')
  );
}
