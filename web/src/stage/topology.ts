/** What there is to be placed: partitions, brokers, producers. Made from the state; another one asks for another layout. */
import type { NodeId } from '#base/ids';
import type { EventLogView } from '#events/EventLogView';
import type { PartitionState, PipelineState } from '#projections/pipelineState';
import { producersOf, producersOnStage, type ProducerOnStage } from './producers.ts';

const MAX_IN_FLIGHT = 'max.in.flight.requests.per.connection';

export interface Topology {
  readonly partitions: readonly { readonly tp: number; readonly name: string; readonly short: string }[];
  readonly brokers: readonly { readonly node: number; readonly tps: readonly number[] }[];
  readonly slots: number;
  /** False: the newest client has no record accumulator, and no limit for its memory or its requests in flight. */
  readonly hasAccumulator: boolean;
  readonly producers: readonly ProducerOnStage[];
}

const hosts = (partition: PartitionState, node: number): boolean =>
  partition.logEnd.has(node as NodeId) || partition.isr.includes(node) || partition.leader === node;

/** As many letters of a topic as tell it from the others: strips have room for three or four. */
function initialsOf(topic: string, topics: ReadonlySet<string>): string {
  let letters = 1;
  const isShared = (): boolean =>
    [...topics].some((other) => other !== topic && other.startsWith(topic.slice(0, letters)));
  while (letters < topic.length && isShared()) letters++;
  return topic.slice(0, letters);
}

/** What stands on the stage, from the state: partitions and brokers in their order, slots of the newest client. */
export function topologyOf(state: PipelineState): Topology {
  const topics = new Set<string>();
  for (const partition of state.partitions.values()) topics.add(partition.topic);
  const partitions = [...state.partitions.values()].map((p) => ({
    tp: p.tp as number,
    name: `${p.topic}-${p.partition}`,
    short: topics.size > 1 ? `${initialsOf(p.topic, topics)}-${p.partition}` : `P${p.partition}`,
  }));
  const brokers = [...state.brokers.keys()]
    .toSorted((a, b) => a - b)
    .map((node) => ({
      node: node as number,
      tps: [...state.partitions.values()].filter((p) => hosts(p, node)).map((p) => p.tp as number),
    }));
  let slots = 5;
  let hasAccumulator = true;
  for (const client of state.clients.values()) {
    const value = Number(client.config[MAX_IN_FLIGHT] ?? '5');
    if (Number.isFinite(value) && value > 0) slots = value;
    hasAccumulator = client.bufferTotalBytes > 0;
  }
  return { partitions, brokers, slots, hasAccumulator, producers: producersOf(state) };
}

/** Changes when `topologyOf` would, within one run; cheap enough for every frame. */
function topologyKey(state: PipelineState): number {
  let key = state.clients.size;
  const add = (value: number): void => {
    key = (Math.imul(key, 31) + value + 1) | 0;
  };
  // Producers are named after their threads.
  add(state.threads.size);
  for (const client of producersOnStage(state)) add(client.id);
  for (const node of state.brokers.keys()) add(node);
  for (const { tp, logEnd, isr, leader } of state.partitions.values()) {
    add(tp);
    add(logEnd.size);
    add(leader ?? -1);
    for (const node of isr) add(node);
  }
  return key;
}

/** `topologyOf`, frame by frame: the same object as long as nothing of it changes. */
export function createTopologyMemo(): (log: EventLogView, state: PipelineState) => Topology {
  let of: EventLogView | null = null;
  let key = 0;
  let kept: Topology | null = null;
  return (log, state) => {
    const newKey = topologyKey(state);
    if (kept === null || of !== log || newKey !== key) kept = topologyOf(state);
    [of, key] = [log, newKey];
    return kept;
  };
}
