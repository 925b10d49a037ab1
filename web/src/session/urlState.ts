/** The link and the page: the only reader and writer of `location` and `history`. */
import { micros } from '#base/time';
import { writeScenarioFile } from '#model/scenarioFile';
import { readLink, writeLink, type Playhead, type ReadLink } from '#model/scenarioQuery';
import { VIEWERS_TOKEN } from '#wire/protocol';
import { isMoving } from './playback.ts';
import type { Session } from './session.ts';

export interface SharedLink {
  readonly url: string;
  /** False: more commands than a link carries; `file()` has them all. */
  readonly fits: boolean;
  file(): string;
}

/** What of a session a link holds. */
export type Shared = Pick<Session, 'playback'> & {
  readonly source: Pick<Session['source'], 'scenario'>;
  readonly view: Pick<Session['view'], 'log'>;
};

/** Where the picture stands; the seq only where it stops between events of one instant. */
function playheadOf(session: Shared): Playhead {
  const { playback, view } = session;
  const at = micros(Math.floor(playback.cursor.at));
  const isBetween = view.log.seqAfter(at) !== playback.cursor.seq;
  return { at, seq: isBetween ? playback.cursor.seq : null, paused: !playback.playing };
}

/** The link to this moment, on whatever copy of the page is at `base`. */
export function linkOf(session: Shared, base: string = location.href): SharedLink {
  const playhead = playheadOf(session);
  const { scenario } = session.source;
  const written = writeLink(scenario, playhead);
  const url = new URL(base);
  url.search = written.query;
  url.hash = '';
  return { url: url.toString(), fits: written.fits, file: () => writeScenarioFile(scenario, playhead) };
}

/** What the address says. Never throws: what it cannot read is a notice. */
export const readAddress = (search: string = location.search): ReadLink =>
  readLink(search.replace(/^\?/, '').replace(LIVE_PARAMETER, ''));

/** Beside the scenario of the model, which so comes back when the page goes back to it. */
const LIVE_PARAMETER = /(^|&)live(=[^&]*)?(?=&|$)/;

/** Whether the address asks for the live run. */
export const isLiveAddress = (search: string = location.search): boolean =>
  LIVE_PARAMETER.test(search.replace(/^\?/, ''));

/** This page with the run of the model, or the live one. */
export function sourceAddress(isLive: boolean, search: string = location.search): string {
  const rest = search.replace(/^\?/, '').replace(LIVE_PARAMETER, '').replace(/^&/, '');
  return `?${[rest, isLive ? 'live' : ''].filter((part) => part !== '').join('&')}`;
}

/** What the bridge that has served this page tells it; null: nothing of that name, or there is no bridge. */
const told = (name: string): string | null =>
  document.querySelector<HTMLMetaElement>(`meta[name="linger-${name}"]`)?.content ?? null;

/** What live run the bridge offers, in a word; null: none, or this page has no way to it. */
export const liveOffer = (): string | null =>
  isViewersPage() && viewersToken === null ? null : told('live');

/** The link that the presenter gives to viewers; null: this bridge is not shared. */
export const viewersLink = (): string | null => told('share');

/** Whether this page is one of those that may look but not touch. */
export const isViewersPage = (): boolean => told('viewers') !== null;

/** From the link by which a viewer came; null: it was not the whole link. */
export let viewersToken: string | null = null;

/** Takes the token out of the address, so that nobody reads or copies it there; a reload still has it. */
export function takeViewersToken(): void {
  if (!isViewersPage()) return;
  const [, inLink] = new RegExp(`^#${VIEWERS_TOKEN}=([0-9a-f]+)$`).exec(location.hash) ?? [];
  try {
    if (inLink !== undefined) sessionStorage.setItem(VIEWERS_TOKEN, inLink);
    viewersToken = inLink ?? sessionStorage.getItem(VIEWERS_TOKEN);
  } catch {
    // Without storage a reload needs the link once more.
    viewersToken = inLink ?? null;
  }
  if (inLink !== undefined) history.replaceState(null, '', location.pathname + location.search);
}

/** Whether the bridge that has served this page would start a local cluster for it. */
export const canStartCluster = (): boolean =>
  document.querySelector('meta[name="linger-startable"]') !== null;

/** Keeps the address up to date while time stands still, so that a reload or a bookmark comes back here. */
export function keepAddress(session: Session): () => void {
  let written = location.search;
  return session.subscribe(() => {
    if (isMoving(session.playback) || session.source.kind !== 'model') return;
    const link = linkOf(session);
    if (!link.fits || link.url === written) return;
    written = link.url;
    try {
      history.replaceState(null, '', link.url);
    } catch {
      // Browsers refuse too many changes of the address in a short time: the next one will do.
    }
  });
}
