/**
 * One run under the viewer's hands: a source, where time stands, and the picture of that moment. `frame()` is the
 * only place where time passes, always in the same order. No React, no canvas: both only look.
 */
import { micros, type Micros } from '#base/time';
import { MAX_LEAD_US } from '../stage/motion.ts';
import { autoSpeedAt } from './autoSpeed.ts';
import { StageSource } from '../sources/stageSource.ts';
import { createChanges } from './changes.ts';
import type { CutNotice, RestartableSource, Session } from './contract.ts';
import { atOnceShownAt, followFactor, isFarFrom, nowShownAt } from './follow.ts';
import { createKeeping } from './keeping.ts';
import { createListeners } from './listeners.ts';
import { createPicture, type Picture } from './picture.ts';
import { initialPlayback, isMoving, reducePlayback, type Playback, type PlaybackAction } from './playback.ts';
import { createView } from './sessionView.ts';
import { createSpeedMeter } from './speedMeter.ts';
import { isWithinInstant, nextStop, type StepBy } from './stops.ts';
import type { StageView } from './view.ts';

export type { CutNotice, RestartableSource, Session, SessionAction } from './contract.ts';

/** A tab that slept goes on where it was. */
const MAX_WALL_MS = 100;
const ENGINE_BUDGET_MS = 6;
/** While the person waits for a moment that is not computed yet: more of the frame, still no jank. */
const SEEK_BUDGET_MS = 24;
/** Before the first picture nothing else wants the frame. */
const OPENING_BUDGET_MS = 40;
/** Slow copies to the panels. */
const SLOW_MS = 100;
/** How far a step may look for what it wants. */
const STEP_LOOKAHEAD_US = 2_000_000;

export function createSession(own: RestartableSource): Session {
  const source = new StageSource(own);
  let playback: Playback = initialPlayback;
  let picture: Picture = createPicture(source.log, source.base);
  /** Of a run made anew: takes over when it has reached the cursor. */
  let coming: Picture | null = null;
  let completeAt = 0;
  let seenAt = 0;
  let lastMs: number | null = null;
  let slowMs = 0;
  let version = 0;
  let cutAt: number | null = null;
  /** Of the run that is to take over: where it is to be shown. */
  let switchAt: Micros | 'now' | null = null;
  let arrivalSeq: number | null = null;
  let isReduced = false;
  let isFollowing = false;
  let isAtOnce = false;
  /** The moment that the page was opened at has been reached. */
  let isOpen = false;
  const keeping = createKeeping();
  const speedMeter = createSpeedMeter();
  const drawers = createListeners<StageView>();
  const copies = createListeners<void>();
  const cuts = createListeners<CutNotice>();
  const goneListeners = createListeners<number>();
  const view = createView({
    picture: () => picture,
    playback: () => playback,
    isReduced: () => isReduced,
  });

  const touch = (): void => session.wake();
  const reduce = (action: PlaybackAction): void => {
    playback = reducePlayback(playback, action, picture.log);
  };
  /** Computes in slices until `enough` or the run shows nothing more within the lookahead. */
  const ensureUntil = (enough: () => boolean): void => {
    const limit = playback.cursor.at + STEP_LOOKAHEAD_US;
    const from = Math.max(completeAt, playback.cursor.at);
    for (let at = from; !enough() && at < limit; at += 5000) {
      completeAt = source.ensure(micros(Math.floor(at + 5000)), ENGINE_BUDGET_MS);
      picture.extend(Number.POSITIVE_INFINITY);
      if (completeAt < at) return;
    }
  };

  const play = (isOn: boolean): void => {
    // A run that is over and was seen to its end begins again.
    const isOver = source.endsAt !== null && playback.cursor.at >= source.endsAt;
    if (isOn && isOver) reduce({ type: 'seek', at: picture.startAt, completeAt });
    reduce({ type: isOn ? 'play' : 'pause' });
  };

  const step = (by: StepBy, back: boolean): void => {
    const { seq } = playback.cursor;
    if (back && seq === picture.log.startSeq && seq > 0) return sayGone();
    const stop = (): number | null => nextStop(picture, seq, by, back);
    if (!back) ensureUntil(() => stop() !== null);
    const to = stop() ?? (back ? picture.log.startSeq : picture.log.endSeq);
    reduce({ type: 'moveTo', seq: to });
  };

  source.subscribe((change) => {
    if (change.kind !== 'grown') {
      coming = createPicture(source.log, source.base);
      completeAt = 0;
    }
    if (change.kind === 'switched') {
      switchAt = change.at ?? 'now';
      isFollowing = change.at === null;
      cutAt = arrivalSeq = null;
    }
    touch();
  });

  /** Whole µs, and nothing in the air: that belongs to the future that is about to change. */
  const rest = (): number => {
    const at = Math.floor(playback.cursor.at);
    reduce({ type: 'seek', at, completeAt: Number.POSITIVE_INFINITY });
    return at;
  };

  const changes = createChanges(source, {
    completeAt: () => completeAt,
    cursorAt: () => micros(Math.floor(playback.cursor.at)),
    rest,
    cut: (at) => (cutAt = at),
    touch,
  });

  const withinRun = (at: number): number => {
    if (at < picture.startAt && picture.startAt > 0) sayGone();
    return Math.min(source.endsAt ?? Number.POSITIVE_INFINITY, Math.max(picture.startAt, at));
  };

  /** Somebody wanted to see, or saw, what is not kept. */
  const sayGone = (): void => goneListeners.tell(picture.startAt);

  /** Of a run that is too long only the last part is kept. */
  const letGo = (): void => {
    const later = keeping.step(picture, source.mostEvents, ENGINE_BUDGET_MS);
    if (later === null || later.base === null) return;
    picture = later;
    source.letGo(later.base);
    if (playback.cursor.seq >= later.base.seq) return;
    const { seekingTo } = playback;
    reduce({ type: 'seek', at: later.startAt, completeAt: Number.POSITIVE_INFINITY });
    if (seekingTo !== null) reduce({ type: 'seek', at: seekingTo, completeAt });
    sayGone();
  };

  const isWithoutFlights = (): boolean => isAtOnce || isReduced;

  const goToNow = (): void => {
    const shownAt = isWithoutFlights() ? atOnceShownAt : nowShownAt;
    const at = shownAt(Math.min(completeAt, picture.extendedAt), picture.startAt);
    reduce({ type: 'seek', at, completeAt: Number.POSITIVE_INFINITY });
  };

  /** A run that was made anew is folded aside until it reaches the cursor; till then the old picture stands. */
  const takeOver = (budgetMs: number): void => {
    if (coming === null) return;
    const isIn = coming.extend(budgetMs);
    if (!isIn || source.status.kind === 'rerunning') return;
    // Another run, or a later part of it: where the old one stood means nothing in it.
    const goTo = source.kind === 'live' && switchAt === null ? 'now' : switchAt;
    if (goTo === null && completeAt < playback.cursor.at) return;
    const oldEndAt = picture.log.endAt;
    const oldEndSeq = picture.log.endSeq;
    const cutFromSeq = cutAt === null ? oldEndSeq : picture.log.seqAfter(cutAt);
    picture = coming;
    coming = switchAt = null;
    const { seekingTo } = playback;
    // First to the same moment: the places of the old log mean nothing in the new one.
    if (goTo === 'now') goToNow();
    else reduce({ type: 'seek', at: goTo ?? playback.cursor.at, completeAt: Number.POSITIVE_INFINITY });
    if (seekingTo !== null && goTo === null) reduce({ type: 'seek', at: seekingTo, completeAt });
    if (cutAt !== null && seenAt - cutAt >= 1) {
      const cut = { cutUs: Math.min(seenAt, oldEndAt) - cutAt, cutEvents: oldEndSeq - cutFromSeq };
      cuts.tell(cut);
    }
    seenAt = playback.cursor.at;
    cutAt = null;
    slowMs = 0;
  };

  const session: Session = {
    source,
    view,
    wake: () => {},
    get projections() {
      return picture.projections;
    },
    get playback() {
      return playback;
    },
    get completeAt() {
      return completeAt;
    },
    get seenAt() {
      return seenAt;
    },
    get startAt() {
      return picture.startAt;
    },
    get isFollowing() {
      return isFollowing;
    },
    get isAtOnce() {
      return isWithoutFlights();
    },
    get version() {
      return version;
    },
    get keptUp() {
      return speedMeter.keptUp;
    },
    get canUndo() {
      return changes.canUndo();
    },
    follow() {
      isFollowing = source.kind === 'live';
      if (!isFollowing) return;
      reduce({ type: 'setSpeed', speed: 1 });
      reduce({ type: 'play' });
      goToNow();
      slowMs = 0;
      touch();
    },
    dispatch(action) {
      isFollowing = false;
      switch (action.type) {
        case 'pause':
        case 'setSpeed':
        case 'setAuto':
          reduce(action);
          break;
        case 'moveTo':
          if (action.seq < picture.log.startSeq) sayGone();
          reduce(action);
          break;
        case 'play':
        case 'toggle':
          play(action.type === 'play' || !playback.playing);
          break;
        case 'seek':
          reduce({ type: 'seek', at: withinRun(action.at), completeAt });
          break;
        case 'step':
          step(action.by, action.back);
          break;
      }
      slowMs = 0;
      touch();
    },
    arriveAt(seq) {
      arrivalSeq = seq;
      touch();
    },
    setReducedMotion(reduced) {
      isReduced = reduced;
      touch();
    },
    setAtOnce(atOnce) {
      isAtOnce = atOnce;
      touch();
    },
    command: changes.command,
    restart: changes.restart,
    undo: changes.undo,
    digest(seq) {
      const { log } = picture;
      return 'digest' in log && typeof log.digest === 'function' ? String(log.digest(seq)) : null;
    },
    frame(nowMs) {
      const wallMs = lastMs === null ? 0 : Math.min(MAX_WALL_MS, Math.max(0, nowMs - lastMs));
      const isBusy = coming !== null || playback.seekingTo !== null;
      // 2. The source computes ahead of what will be drawn.
      const headAt = playback.seekingTo ?? playback.headAt + wallMs * 1000 * playback.speed;
      const target = micros(Math.floor(headAt + (playback.seekingTo === null ? MAX_LEAD_US : 0)));
      const busyBudgetMs = isOpen ? SEEK_BUDGET_MS : OPENING_BUDGET_MS;
      completeAt = source.ensure(target, isBusy ? busyBudgetMs : ENGINE_BUDGET_MS);
      takeOver(SEEK_BUDGET_MS / 2);
      if (coming === null) {
        picture.extend(isBusy ? SEEK_BUDGET_MS / 2 : ENGINE_BUDGET_MS);
        letGo();
      }
      // 3. The cursor moves, never past what is complete; while a new run is made it waits.
      const before = playback;
      if (coming === null) {
        const shownTo = Math.min(completeAt, picture.extendedAt);
        if (isFollowing && (isWithoutFlights() || isFarFrom(completeAt, playback.headAt))) goToNow();
        const tickMs = isFollowing ? wallMs * followFactor(completeAt, playback.headAt) : wallMs;
        const autoSpeed = playback.auto
          ? autoSpeedAt(picture.log, playback.cursor.seq, playback.cursor.at)
          : playback.speed;
        reduce({ type: 'tick', wallMs: tickMs, completeAt: shownTo, autoSpeed });
        // At the end of a run that is over time stops.
        if (source.endsAt !== null && playback.headAt >= source.endsAt) reduce({ type: 'pause' });
        arrive();
        // What a live run brings late is no question of speed.
        if (source.kind === 'model') speedMeter.frame(before, playback, wallMs);
        else speedMeter.rest();
      }
      // 4. The picture of that moment.
      picture.moveTo(playback.cursor.seq);
      if (playback.cursor.at > seenAt) seenAt = playback.cursor.at;
      // Of a live or recorded run everything that has come may be looked at.
      if (source.kind !== 'model' && coming === null) seenAt = Math.max(seenAt, completeAt);
      // 5. Whoever draws, draws.
      isOpen ||= playback.seekingTo === null;
      if (isOpen || version === 0) drawers.tell(view);
      // 6. Slow copies: at most ten a second, at once when something was done.
      slowMs -= wallMs;
      const wantsMore = isMoving(playback) || coming !== null || keeping.isUnderWay;
      if (slowMs <= 0 || !wantsMore) {
        slowMs = SLOW_MS;
        version++;
        copies.tell();
      }
      lastMs = wantsMore ? nowMs : null;
      return wantsMore;
    },
    onDraw(draw) {
      touch();
      return drawers.add(draw);
    },
    subscribe: copies.add,
    onGone: goneListeners.add,
    onCut: cuts.add,
  };

  /** A seq belongs to the instant that was sought; if it does not, the instant wins. */
  const arrive = (): void => {
    if (arrivalSeq === null || playback.seekingTo !== null) return;
    const seq = arrivalSeq;
    arrivalSeq = null;
    const { at } = playback.cursor;
    if (isWithinInstant(picture.log, seq, at)) playback = { ...playback, cursor: { seq, at } };
  };

  return session;
}
