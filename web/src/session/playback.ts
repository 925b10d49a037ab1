/**
 * Time in the viewer's hands. A pure reducer over what the log says; nothing here draws, waits or remembers.
 * `headAt` is where send() is drawn, `cursor` what the facts show; between them records are in the air.
 */
import { leadUsAt } from '../stage/motion.ts';
import type { Cursor } from './view.ts';

export const MIN_SPEED = 0.0001;
export const MAX_SPEED = 10;
const DEFAULT_SPEED = 0.012;
/** How long the picture takes to come to rest. */
const SETTLE_WALL_MS = 300;
/** From standing still, facts follow at this share of the speed until the lead is there. */
const FOLLOW_SHARE = 0.35;

export interface Playback {
  readonly playing: boolean;
  readonly cursor: Cursor;
  /** µs; never before the cursor. */
  readonly headAt: number;
  /** µs of run time per µs of wall time. */
  readonly speed: number;
  readonly auto: boolean;
  /** A jump to a moment that is not computed yet. */
  readonly seekingTo: number | null;
}

/** What the reducer asks of the log. */
export interface Timeline {
  readonly startSeq: number;
  readonly endSeq: number;
  seqAfter(time: number): number;
  timeOf(seq: number): number;
}

export type PlaybackAction =
  | { readonly type: 'play' }
  | { readonly type: 'pause' }
  | { readonly type: 'setSpeed'; readonly speed: number }
  | { readonly type: 'setAuto'; readonly auto: boolean }
  /** `completeAt`: how far the log is complete. The cursor never passes it. */
  | { readonly type: 'seek'; readonly at: number; readonly completeAt: number }
  /** Events [0, seq) applied: stops between events of one instant. */
  | { readonly type: 'moveTo'; readonly seq: number }
  /** `autoSpeed`: what `auto` would like now. */
  | {
      readonly type: 'tick';
      readonly wallMs: number;
      readonly completeAt: number;
      readonly autoSpeed: number;
    };

export const initialPlayback: Playback = {
  playing: false,
  cursor: { seq: 0, at: 0 },
  headAt: 0,
  speed: DEFAULT_SPEED,
  auto: false,
  seekingTo: null,
};

export const clampSpeed = (speed: number): number =>
  Number.isFinite(speed) ? Math.min(MAX_SPEED, Math.max(MIN_SPEED, speed)) : DEFAULT_SPEED;

/** True while another frame would change something. */
export const isMoving = (playback: Playback): boolean =>
  playback.playing || playback.seekingTo !== null || playback.headAt > playback.cursor.at;

/** How far geometry looks ahead now. */
export const leadOf = (playback: Playback): number => playback.headAt - playback.cursor.at;

export function reducePlayback(playback: Playback, action: PlaybackAction, log: Timeline): Playback {
  switch (action.type) {
    case 'play':
      return playback.playing ? playback : { ...playback, playing: true };
    case 'pause':
      return playback.playing ? { ...playback, playing: false } : playback;
    case 'setSpeed':
      return { ...playback, speed: clampSpeed(action.speed), auto: false };
    case 'setAuto':
      return { ...playback, auto: action.auto };
    case 'seek': {
      const at = Math.max(0, Math.floor(Number.isFinite(action.at) ? action.at : 0));
      return at > action.completeAt
        ? { ...playback, seekingTo: at }
        : standAt(playback, at, log.seqAfter(at));
    }
    case 'moveTo': {
      const seq = Math.max(log.startSeq, Math.min(log.endSeq, action.seq));
      // Of what came before a log that begins in the middle only the time of its first event is known.
      const at = seq > log.startSeq ? log.timeOf(seq - 1) : seq === 0 ? 0 : playback.cursor.at;
      return { ...standAt(playback, at, seq), playing: false };
    }
    case 'tick':
      return tick(playback, action, log);
  }
}

const standAt = (playback: Playback, at: number, seq: number): Playback => ({
  ...playback,
  cursor: { seq, at },
  headAt: at,
  seekingTo: null,
});

function tick(
  playback: Playback,
  action: Extract<PlaybackAction, { type: 'tick' }>,
  log: Timeline,
): Playback {
  const { completeAt, wallMs } = action;
  if (playback.seekingTo !== null) {
    if (completeAt < playback.seekingTo) return playback;
    return standAt(playback, playback.seekingTo, log.seqAfter(playback.seekingTo));
  }
  if (!isMoving(playback)) return playback;
  const speed = playback.auto ? nearer(playback.speed, clampSpeed(action.autoSpeed), wallMs) : playback.speed;
  const stepUs = wallMs * 1000 * speed;
  const from = playback.cursor.at;
  let headAt = playback.headAt;
  let at: number;
  if (playback.playing) {
    headAt = Math.max(headAt, Math.min(headAt + stepUs, completeAt));
    // Facts never go back while playing, also when a higher speed wants a longer lead.
    at = Math.min(
      headAt,
      Math.max(from + (headAt > playback.headAt ? stepUs * FOLLOW_SHARE : 0), headAt - leadUsAt(speed)),
    );
  } else {
    // Coming to rest: what is in the air lands, nothing new starts.
    const settleUs = Math.max(1, (leadUsAt(speed) / SETTLE_WALL_MS) * wallMs);
    at = Math.min(headAt, from + settleUs);
    if (headAt - at < 1) at = headAt = Math.floor(headAt) < from ? headAt : Math.floor(headAt);
  }
  if (at === from && headAt === playback.headAt && speed === playback.speed) return playback;
  return {
    ...playback,
    speed,
    headAt,
    cursor: { at, seq: at === from ? playback.cursor.seq : log.seqAfter(at) },
  };
}

/** Moves a speed towards another evenly on the log scale: the eye sees no jerk. */
function nearer(speed: number, wanted: number, wallMs: number): number {
  const factor = wanted / speed;
  const most = 1 + wallMs / 220;
  if (factor > most) return speed * most;
  if (factor < 1 / most) return speed / most;
  return wanted;
}
