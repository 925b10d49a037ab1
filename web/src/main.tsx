/** Puts the parts together: what the link says, the model, the session, the loop, the page. */
import { createRoot } from 'react-dom/client';
import { known } from '#base/assert';
import { App } from './App.tsx';
import './app.css';
import { announceCuts } from './session/commands.ts';
import { createFrameLoop } from './session/frameLoop.ts';
import { createSession } from './session/session.ts';
import { keepAddress, readAddress } from './session/urlState.ts';
import { createModelSource } from './sources/modelSource.ts';
import { createAppStore } from './store/appStore.ts';
import { browserStore, readMemory } from './store/memory.ts';
import { AppContextValue } from './store/useFrame.ts';
import { createTestHook } from './testHook.ts';

/** Without a link the first picture is a pipeline at work, not an empty one. */
const FIRST_MOMENT_US = 100_000;

const storage = browserStore();
const remembered = readMemory(storage);
const link = readAddress();
const store = createAppStore(remembered.memory, storage);
const session = createSession(createModelSource(link.scenario));
const loop = createFrameLoop((nowMs) => session.frame(nowMs));
session.wake = loop.wake;
document.documentElement.dataset['theme'] = remembered.memory.theme;

const { notify } = store.getState();
if (remembered.notice !== null) notify(remembered.notice);
for (const notice of link.notices) notify(notice, 'warn');
announceCuts(session, notify);

const { playhead } = link;
session.dispatch({ type: 'seek', at: playhead?.at ?? FIRST_MOMENT_US });
if (playhead?.seq !== null && playhead?.seq !== undefined) session.arriveAt(playhead.seq);
if (playhead?.paused !== true) session.dispatch({ type: 'play' });
keepAddress(session);
Object.assign(globalThis, { linger: createTestHook(session, store) });

createRoot(known(document.getElementById('root'), 'the root element')).render(
  <AppContextValue.Provider value={{ session, store }}>
    <App />
  </AppContextValue.Provider>,
);
