/** Keys to acts: the table is ui/keyboard.ts, this does what it says. */
import { useLayoutEffect } from 'react';
import { useShare } from './panels/Share.tsx';
import { jumpToMark, jumpToShare } from './session/jumps.ts';
import { undoWithNotice } from './session/commands.ts';
import { useAppStore, useSession } from './store/useFrame.ts';
import { isForField, keyAct, type KeyAct } from './ui/keyboard.ts';
import { speedAtStep, stepOfSpeed } from './ui/speedScale.ts';

/** Slider steps of one press. */
const SPEED_STEP = 4;

export function useKeys(): void {
  const session = useSession();
  const store = useAppStore();
  const share = useShare();
  // With the commit, not after it: a key pressed as soon as the panels are seen must count.
  useLayoutEffect(() => {
    const run = (act: KeyAct): void => {
      const app = store.getState();
      switch (act.do) {
        case 'session':
          return session.dispatch(act.action);
        case 'nudge': {
          const by = act.wallS * 1_000_000 * session.playback.speed;
          return session.dispatch({ type: 'seek', at: session.playback.cursor.at + by });
        }
        case 'share':
          return jumpToShare(session, act.share);
        case 'mark':
          return jumpToMark(session, act.back);
        case 'faster':
        case 'slower': {
          const step = stepOfSpeed(session.playback.speed) + (act.do === 'faster' ? SPEED_STEP : -SPEED_STEP);
          return session.dispatch({ type: 'setSpeed', speed: speedAtStep(step) });
        }
        case 'auto':
          return session.dispatch({ type: 'setAuto', auto: !session.playback.auto });
        case 'undo':
          return undoWithNotice(session, app.notify);
        case 'help':
          return app.openDialog('keys');
        case 'theme':
          return app.setTheme(app.theme === 'dark' ? 'light' : 'dark');
        case 'deselect':
          return app.select(null);
        case 'link':
          return share();
      }
    };
    const pressed = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (isForField(event.target, event.key) || document.querySelector('dialog[open]') !== null) return;
      const act = keyAct({ key: event.key, shift: event.shiftKey });
      if (act === null) return;
      event.preventDefault();
      run(act);
    };
    globalThis.addEventListener('keydown', pressed);
    return () => globalThis.removeEventListener('keydown', pressed);
  }, [session, store, share]);
}
