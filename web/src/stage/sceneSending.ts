/** Stations 1 to 3: records on their way from send() into their lane, and callers that send() holds back. */
import type { ThreadId, TpId } from '#base/ids';
import { sentUntil } from '#projections/RecordColumns';
import type { ThreadState } from '#projections/pipelineState';
import { countText, msText } from '../ui/format.ts';
import { createFlight, RECORD_SIDE, SIDES, type AppOf } from './flight.ts';
import { centreX, centreY, type Layout } from './layout.ts';
import { lerp } from './motion.ts';
import { addLabel, type Scene, type SceneInput } from './scene.ts';

/** How many waiting callers are listed one by one. */
const MAX_CALLERS = 4;

export function fillSending(scene: Scene, input: SceneInput): void {
  const { view, layout } = input;
  fillWords(scene, input);
  fillCallers(scene, input);
  if (view.leadUs <= 0) return;
  const { records, cursor, leadUs } = view;
  const fly = createFlight(scene, input, appsOf(input));
  for (const thread of view.state.threads.values()) if (thread.sending !== null) fly(thread.sending);
  const end = sentUntil(records, cursor.at + leadUs);
  for (let record = sentUntil(records, cursor.at); record < end; record++) fly(record);
  // Refused records never reach a lane: they fall down where they were turned away.
  for (const effect of input.near.effects) {
    if (effect.type !== 'record.refused' || effect.at > cursor.at) continue;
    const u = (cursor.at - effect.at) / leadUs;
    if (u >= 1) continue;
    const x = centreX(
      effect.stage === 'size' || effect.stage === 'memory' ? layout.partitioner : layout.serializer,
    );
    scene.sprites.add(
      records.colour(effect.record),
      x,
      lerp(layout.flowY, layout.ackY - 14, u * u),
      7,
      effect.record,
    );
  }
}

function fillWords(scene: Scene, input: SceneInput): void {
  const { layout } = input;
  const y = layout.flowY;
  addLabel(scene, centreX(layout.serializer), layout.serializer.y + 20, 'String', 'plain', 'center');
  addLabel(
    scene,
    centreX(layout.serializer),
    layout.serializer.y + layout.serializer.h - 10,
    '→ bytes',
    'dim',
    'center',
  );
  const [first, second] = partitionerWords(input);
  addLabel(scene, centreX(layout.partitioner), y - 22, first, 'plain', 'center');
  addLabel(scene, centreX(layout.partitioner), y + 32, second, 'dim', 'center');
}

/** How the last record found its partition: by its key's hash, or without a key by the client's own way. */
function partitionerWords({ view, layout }: SceneInput): readonly [string, string] {
  const { state } = view;
  let config: Readonly<Record<string, string>> = {};
  let sticky: ReadonlyMap<string, number> = new Map();
  for (const client of state.clients.values()) {
    config = client.config;
    sticky = client.stickyOf;
  }
  const custom = config['partitioner.class'];
  if (custom !== undefined && custom !== '' && custom !== 'null') {
    const name = custom.slice(custom.lastIndexOf('.') + 1).replace(/Partitioner$/, '');
    return [name === 'RoundRobin' ? 'round' : name.slice(0, 9), name === 'RoundRobin' ? 'robin' : ''];
  }
  const latest = sentUntil(view.records, view.cursor.at) - 1;
  if (latest >= 0 && view.records.colour(latest) === 0) {
    // Who has no batches to fill has nothing to stick to.
    if (!layout.topology.hasAccumulator) return ['round', 'robin'];
    for (const [topic, tp] of sticky) {
      const partition = state.partitions.get(tp as TpId);
      if (partition?.topic === topic) return ['sticky', `→ ${partition.partition}`];
    }
    return ['sticky', ''];
  }
  return ['murmur2', `% ${state.partitions.size}`];
}

/** Threads inside send(): where their record is when time stands still, and how long they may wait when it blocks. */
function fillCallers(scene: Scene, input: SceneInput): void {
  const { view, layout } = input;
  let blocked = 0;
  for (const thread of view.state.threads.values()) {
    if (thread.sending === null) continue;
    if (thread.blockedOn === 'buffer-memory' || thread.blockedOn === 'metadata') {
      if (blocked++ < MAX_CALLERS) fillBlockedCaller(scene, input, thread, blocked);
      continue;
    }
    if (view.leadUs > 0) continue;
    const place = stationOf(input, thread, layout);
    const side = RECORD_SIDE * (SIDES[view.records.sizeClass(thread.sending)] ?? 1);
    const colour = view.records.colour(thread.sending);
    const y = place < layout.serializer.x ? centreY(appsOf(input)(thread.id)) : layout.flowY;
    scene.sprites.add(colour, place - side / 2, y - side / 2, side, thread.sending);
  }
  if (blocked > MAX_CALLERS) {
    const y = layout.app.y + layout.app.h + 24 + MAX_CALLERS * 20;
    addLabel(scene, layout.app.x, y, `+ ${countText(blocked - MAX_CALLERS)} more threads`, 'warn');
  }
  if (blocked > 0) {
    addLabel(
      scene,
      layout.app.x,
      layout.app.y - 10,
      `${countText(blocked)} blocked in send()`,
      'warn',
      'left',
      true,
    );
  }
}

function appsOf({ view, layout }: SceneInput): AppOf {
  if (layout.apps.length < 2) {
    const only = layout.apps[0] ?? layout.app;
    return () => only;
  }
  return (thread) => {
    const client = view.state.threads.get(thread as ThreadId)?.client ?? -1;
    return layout.apps.find((app) => app.client === client) ?? layout.app;
  };
}

function fillBlockedCaller(scene: Scene, input: SceneInput, thread: ThreadState, place: number): void {
  const { layout, view } = input;
  if (thread.sending === null) return;
  const y = layout.app.y + layout.app.h + 24 + (place - 1) * 20;
  const colour = view.records.colour(thread.sending);
  scene.sprites.add(colour, layout.app.x, y - 9, RECORD_SIDE, thread.sending);
  const left =
    thread.blockedUntilUs === null
      ? ''
      : `, ${msText(Math.max(0, thread.blockedUntilUs - view.cursor.at))} left`;
  const what = thread.blockedOn === 'metadata' ? 'waits for metadata' : 'waits for buffer.memory';
  addLabel(scene, layout.app.x + 15, y, `${what}${left}`, 'warn', 'left', false, true);
}

/** x of the station that the record of a running send() is in: told by the last event about it. */
function stationOf(input: SceneInput, thread: ThreadState, layout: Layout): number {
  const { log, cursor } = input.view;
  for (let seq = cursor.seq - 1; seq >= Math.max(log.startSeq, cursor.seq - 24); seq--) {
    const event = log.at(seq);
    if (!('record' in event) || event.record !== thread.sending) continue;
    if (event.type === 'record.serialized') return centreX(layout.serializer);
    if (event.type === 'record.partitioned') return centreX(layout.partitioner);
    if (event.type === 'record.sent') break;
  }
  return layout.app.x + layout.app.w - 8;
}

/** Used by the network as well: the middle of a lane's drain end. */
export const laneExit = (layout: Layout, tp: number): { readonly x: number; readonly y: number } => {
  const lane = layout.laneOf.get(tp);
  if (lane === undefined)
    return { x: layout.hiddenLanesAt.x + layout.hiddenLanesAt.w, y: centreY(layout.hiddenLanesAt) };
  return { x: lane.x + lane.w, y: lane.boxes.y + lane.boxes.h / 2 };
};
