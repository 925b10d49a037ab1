/**
 * Which producers stand at the first station. One that is being closed because another took its place does not; one
 * that has failed for good does, for that is what there is to see of a fenced zombie.
 */
import type { ClientState, PipelineState } from '#projections/pipelineState';

export interface ProducerOnStage {
  readonly client: number;
  /** The application's name; of several instances of one they are equal. */
  readonly name: string;
}

/** More would leave no room for what they do. */
const MOST_PRODUCERS = 3;
/** What Java calls the thread of the Sender. */
export const SENDER_THREAD = 'kafka-producer-network-thread';

const isFatal = ({ transaction }: ClientState): boolean => transaction === 'FATAL_ERROR';

/** Oldest first. At least one, once there was any. */
export function producersOnStage(state: PipelineState): readonly ClientState[] {
  const all = [...state.clients.values()];
  const closing = new Set<number>();
  for (const thread of state.threads.values()) if (thread.call === 'close') closing.add(thread.client);
  const open = all.filter((client) => client.closed === null && (!closing.has(client.id) || isFatal(client)));
  const dead = all.findLast((client) => client.closed !== null && isFatal(client));
  const shown = open.length === 0 ? all.slice(-1) : open;
  if (dead !== undefined && !shown.includes(dead)) shown.unshift(dead);
  return shown.slice(-MOST_PRODUCERS).toSorted((a, b) => a.id - b.id);
}

/** The same with their names. */
export const producersOf = (state: PipelineState): readonly ProducerOnStage[] =>
  producersOnStage(state).map((client) => ({ client: client.id, name: applicationName(state, client) }));

/** By its threads; a producer that nobody has called yet has none, and is named as the application is. */
export function applicationName(state: PipelineState, client: ClientState): string {
  let any = 'app';
  for (const { client: of, name } of state.threads.values()) {
    const numbered = /^(.+)-\d+$/.exec(name);
    if (numbered === null || name.startsWith(SENDER_THREAD)) continue;
    any = numbered[1] ?? name;
    if (of === client.id) return any;
  }
  return any;
}

/** Its place among those on the stage, from 0; −1: it is not there, or alone. */
export function ownerOf(producers: readonly ProducerOnStage[], client: number): number {
  return producers.length < 2 ? -1 : producers.findIndex((producer) => producer.client === client);
}

/** The places of the apps, and of what is said of their transactions. */
export interface AppPlace {
  readonly client: number;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  /** Where its transaction is shown; null: there is no room, a word in its box must do. */
  readonly card: { readonly x: number; readonly y: number; readonly w: number; readonly h: number } | null;
}

const CARD_H = 42;
const GAP = 6;

interface Area {
  readonly x: number;
  readonly w: number;
  readonly top: number;
  readonly bottom: number;
  readonly flowY: number;
  /** Where the partitioner ends: cards may be as wide. */
  readonly right: number;
  readonly stationH: number;
}

/** One: in the middle of its station. Several: one above the other, with their cards at the outer sides. */
export function placeApps(producers: readonly ProducerOnStage[], area: Area): readonly AppPlace[] {
  const { x, w, top, bottom, flowY, right, stationH } = area;
  if (producers.length < 2) {
    const y = Math.round(flowY - stationH / 2);
    const cardY = Math.max(top - 16, y - CARD_H - 26);
    const card = { x, y: cardY, w: right - x, h: CARD_H };
    return [{ client: producers[0]?.client ?? -1, x, y, w, h: stationH, card }];
  }
  const pitch = (bottom - top) / producers.length;
  const isPair = producers.length === 2;
  const h = Math.round(Math.min(72, pitch - (isPair ? CARD_H + GAP + 8 : 14)));
  const besideX = x + w / 2 + 12;
  return producers.map(({ client }, index) => {
    const isUpper = index === 0;
    const y = Math.round(
      isPair
        ? isUpper
          ? top + CARD_H + GAP - 10
          : bottom - CARD_H - GAP - h
        : top + pitch * (index + 0.5) - h / 2,
    );
    if (!isPair) return { client, x, y, w, h, card: null };
    const card = isUpper
      ? { x, y: top - 10, w: right - x, h: CARD_H }
      : { x: besideX, y: bottom - CARD_H, w: right - besideX, h: CARD_H };
    return { client, x, y, w, h, card };
  });
}
