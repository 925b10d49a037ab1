/**
 * Puts the parts together: what the link says, the model, the session, the loop, the picture. The panels come after the
 * first record has moved: nothing of them is needed for it.
 */
import { known } from '#base/assert';
import './ui/theme.css';
import './stage/stage.css';
import { whenFirstRecordMoves } from './firstRecord.ts';
import { announceCuts, announceGone } from './session/commands.ts';
import { createFrameLoop } from './session/frameLoop.ts';
import { goToPlayhead } from './session/openRun.ts';
import { createSession, type RestartableSource } from './session/session.ts';
import {
  isLiveAddress,
  isViewersPage,
  keepAddress,
  liveOffer,
  readAddress,
  takeViewersToken,
} from './session/urlState.ts';
import { createModelSource } from './sources/modelSource.ts';
import { mountStage } from './stage/mountStage.ts';
import { createAppStore } from './store/appStore.ts';
import { browserStore, readMemory } from './store/memory.ts';
import type { AppContext } from './store/useFrame.ts';
import { createTestHook } from './testHook.ts';

/** Without a link the first picture is a pipeline at work, not an empty one. */
const FIRST_MOMENT_US = 40_000;

const NO_LIVE_RUN = {
  presenter: 'There is no live run here: the bridge offers none.',
  viewer: 'The live run is for those who have the whole link, with what follows the #: ask the presenter.',
};

const storage = browserStore();
const remembered = readMemory(storage);
takeViewersToken();
// Another link in the same tab differs behind the # only, for which no browser loads a page anew.
if (isViewersPage()) addEventListener('hashchange', () => location.reload());
const link = readAddress();
const store = createAppStore(remembered.memory, storage);
const isLive = isLiveAddress() && liveOffer() !== null;

// Not by a top-level await: what live mode fetches needs the module that would wait for it.
if (isLive) openLive().then(begin, sayWhyNot);
else begin(createModelSource(link.scenario));

function begin(source: RestartableSource): void {
  const session = createSession(source);
  const loop = createFrameLoop((nowMs) => session.frame(nowMs));
  session.wake = loop.wake;
  document.documentElement.dataset['theme'] = remembered.memory.theme;
  const stage = mountStage(known(document.getElementById('stage'), 'the place of the stage'), session);
  stage.instance.setTheme(remembered.memory.theme);

  const { notify } = store.getState();
  if (remembered.notice !== null) notify(remembered.notice);
  for (const notice of link.notices) notify(notice, 'warn');
  announceCuts(session, notify);
  announceGone(session, notify);
  if (isLiveAddress() && !isLive) notify(NO_LIVE_RUN[isViewersPage() ? 'viewer' : 'presenter'], 'warn');
  if (isLive) session.follow();
  else {
    goToPlayhead(session, link, FIRST_MOMENT_US);
    keepAddress(session);
  }
  const lessMotion = matchMedia('(prefers-reduced-motion: reduce)');
  session.setReducedMotion(lessMotion.matches);
  lessMotion.addEventListener('change', () => session.setReducedMotion(lessMotion.matches));
  Object.assign(globalThis, { linger: createTestHook(session, store, stage.instance) });

  whenFirstRecordMoves(session, stage.instance, () => {
    mountPage({ session, store, stage }).catch(sayWhyNot);
  });
}

async function mountPage(context: AppContext): Promise<void> {
  const page = await import('./page.tsx');
  page.mount(known(document.getElementById('root'), 'the place of the page'), context);
}

function sayWhyNot(error: unknown): void {
  const why = error instanceof Error ? error.message : String(error);
  known(document.getElementById('root'), 'the place of the page').textContent =
    `A part of the page could not be loaded (${why}). Reload the page to try again.`;
}

/** The wire is fetched by those who want it. */
async function openLive(): Promise<RestartableSource> {
  const { createLiveSource, pageSurroundings } = await import('./sources/liveSource.ts');
  const live = createLiveSource(pageSurroundings);
  live.onSentence((sentence, isPassing) => store.getState().notify(sentence, 'warn', null, isPassing));
  return live;
}
