/** Station 1: the applications, each with its producer, and where the transaction of each stands. */
import type { ClientId } from '#base/ids';
import type { TransactionState } from '#events/words';
import type { ClientState } from '#projections/pipelineState';
import { countText } from '../ui/format.ts';
import { centreX } from './layout.ts';
import { SENDER_THREAD, type AppPlace } from './producers.ts';
import { addLabel, type Scene, type SceneInput, type Tone } from './scene.ts';

/** One step of a state machine. */
export interface PillItem {
  x: number;
  y: number;
  w: number;
  h: number;
  text: string;
  tone: Tone;
  /** Where it stands at this moment. */
  isOn: boolean;
}

const STEP_H = 19;
const STEP_GAP = 3;
/** Wider, they would only be emptier. */
const MOST_STEPS_W = 320;

/** In few words where there is no room for Kafka's own. */
const SHORT: Readonly<Record<TransactionState, string>> = {
  UNINITIALIZED: 'not init',
  INITIALIZING: 'init…',
  READY: 'ready',
  IN_TRANSACTION: 'in txn',
  PREPARED_TRANSACTION: 'prepared',
  COMMITTING_TRANSACTION: 'commits',
  ABORTING_TRANSACTION: 'aborts',
  ABORTABLE_ERROR: 'error',
  FATAL_ERROR: 'fatal',
};

const toneOf = (state: TransactionState): Tone => {
  if (state === 'FATAL_ERROR') return 'bad';
  if (state === 'ABORTABLE_ERROR' || state === 'ABORTING_TRANSACTION') return 'warn';
  return state === 'COMMITTING_TRANSACTION' ? 'good' : 'accent';
};

export function fillApps(scene: Scene, input: SceneInput): void {
  const { layout, view } = input;
  const { producers } = layout.topology;
  layout.apps.forEach((place, index) => {
    const client = view.state.clients.get(place.client as ClientId);
    const isDead = client !== undefined && client.closed !== null;
    const isFatal = client?.transaction === 'FATAL_ERROR';
    scene.appTones[index] = isFatal || isDead ? 'bad' : 'plain';
    const name = producers[index]?.name ?? 'app';
    const isAlone = layout.apps.length < 2;
    const tone: Tone = isDead ? 'dim' : 'plain';
    addLabel(scene, centreX(place), place.y + 20, fitted(name, place.w), tone, 'center', true);
    if (!isAlone) addLabel(scene, centreX(place), place.y + 37, `no. ${index + 1}`, 'dim', 'center');
    if (client === undefined) return;
    fillThreads(scene, input, place, client);
    if (isDead) {
      const words = client.closed === 'died' ? 'died' : 'closed';
      addLabel(scene, centreX(place), place.y + place.h - 10, words, 'bad', 'center', true);
    }
    fillTransaction(scene, place, client);
  });
}

/** The name as far as the box is wide: some 7 px a letter. */
const fitted = (name: string, w: number): string => {
  const most = Math.max(3, Math.floor((w - 6) / 7.4));
  return name.length <= most ? name : `${name.slice(0, most - 1)}…`;
};

function fillThreads(scene: Scene, input: SceneInput, place: AppPlace, client: ClientState): void {
  let threads = 0;
  for (const thread of input.view.state.threads.values()) {
    if (thread.client === client.id && client.closed === null && !thread.name.startsWith(SENDER_THREAD)) {
      threads++;
    }
  }
  const bottom = place.y + place.h;
  if (threads < 2 || place.h < 80) return;
  addLabel(scene, centreX(place), bottom - 26, countText(threads), 'dim', 'center');
  addLabel(scene, centreX(place), bottom - 10, 'threads', 'dim', 'center');
}

/** The steps of its state machine, the one that it stands at lit; in an error that one alone, with its exception. */
function fillTransaction(scene: Scene, place: AppPlace, client: ClientState): void {
  const id = client.config['transactional.id'] ?? '';
  const state = client.transaction;
  if (id === '' || state === null) return;
  const { card } = place;
  if (card === null) {
    if (client.closed === null) {
      addLabel(scene, centreX(place), place.y + place.h - 8, SHORT[state], toneOf(state), 'center', true);
    }
    return;
  }
  const epoch = client.producerId < 0 ? 'no producer id yet' : `epoch ${client.producerEpoch}`;
  const ended = client.committed + client.aborted;
  const counts = ended === 0 ? '' : ` · ✓ ${countText(client.committed)} ✕ ${countText(client.aborted)}`;
  const isError = state === 'ABORTABLE_ERROR' || state === 'FATAL_ERROR';
  const said = isError
    ? (client.transactionError ?? epoch).replace(/Exception$/, '')
    : `${fitted(id, card.w - 110)} · ${epoch}${counts}`;
  addLabel(scene, card.x, card.y + 12, said, isError ? toneOf(state) : 'dim', 'left', isError);
  const y = card.y + CARD_TEXT_H;
  if (isError) {
    pill(scene, card.x, y, card.w, state, toneOf(state), true);
    return;
  }
  const isNarrow = card.w < NARROW_W;
  const end = ENDS[state] ?? 'committing';
  const first = state === 'INITIALIZING' || state === 'UNINITIALIZED' ? 'init' : 'ready';
  const steps = [first, isNarrow ? 'in txn' : 'in transaction', end];
  const on = state === 'IN_TRANSACTION' ? 1 : first === 'init' || state === 'READY' ? 0 : 2;
  fillSteps(scene, { x: card.x, y, w: card.w }, steps, on, toneOf(state));
}

/** Steps of a state machine side by side, as wide as their words ask for. */
export function fillSteps(
  scene: Scene,
  area: { readonly x: number; readonly y: number; readonly w: number },
  steps: readonly string[],
  on: number,
  tone: Tone,
): void {
  const letters = steps.reduce((sum, step) => sum + step.length + 2, 0);
  const room = Math.min(MOST_STEPS_W, area.w) - STEP_GAP * (steps.length - 1);
  let { x } = area;
  steps.forEach((step, index) => {
    const w = (room * (step.length + 2)) / letters;
    pill(scene, x, area.y, w, step, tone, index === on);
    x += w + STEP_GAP;
  });
}

const CARD_TEXT_H = 19;
/** Less has no room for whole words. */
const NARROW_W = 215;
const ENDS: Partial<Record<TransactionState, string>> = {
  ABORTING_TRANSACTION: 'aborting',
  PREPARED_TRANSACTION: 'prepared',
};

function pill(scene: Scene, x: number, y: number, w: number, text: string, tone: Tone, isOn: boolean): void {
  const item = scene.pills.next();
  item.x = x;
  item.y = y;
  item.w = w;
  item.h = STEP_H;
  item.text = text;
  item.tone = tone;
  item.isOn = isOn;
}
