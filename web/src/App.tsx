/** The frame of the page: stage in the middle, panels around it, keys for everything. */
import { Suspense, useEffect, type ComponentType, type ReactNode } from 'react';
import { Counters } from './panels/Counters.tsx';
import { KeysDialog } from './panels/KeysDialog.tsx';
import { LiveChip } from './panels/LiveChip.tsx';
import { Notices } from './panels/Notices.tsx';
import { PlaybackBar } from './panels/PlaybackBar.tsx';
import { Scrubber } from './panels/Scrubber.tsx';
import { ShareDialog, useShare } from './panels/Share.tsx';
import { slots } from './slots.ts';
import { Stage } from './stage/Stage.tsx';
import { useApp, useFrame } from './store/useFrame.ts';
import { Boundary } from './ui/Boundary.tsx';
import { IconButton } from './ui/controls.tsx';
import { useKeys } from './useKeys.ts';
import { useDroppedFiles, useRunNotices } from './useRunNotices.ts';
import './ui/panelParts.css';
import './app.css';

export function App(): ReactNode {
  const theme = useApp((state) => state.theme);
  const dialog = useApp((state) => state.dialog);
  const openDialog = useApp((state) => state.openDialog);
  const panels = useApp((state) => state.panels);
  useKeys();
  useRunNotices();
  useDroppedFiles();
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
  }, [theme]);
  return (
    <div className="app">
      <TopBar />
      {panels.settings ? <Slot of={slots.left} className="left" label="Settings" /> : null}
      <main className="centre">
        <div className="stage-cell">
          <Stage />
          <Notices />
          <Suspense fallback={null}>
            {slots.thingMenu === null ? null : <slots.thingMenu />}
            {slots.announcer === null ? null : <slots.announcer />}
          </Suspense>
        </div>
        <PlaybackBar />
        <Scrubber />
        {panels.charts ? <Slot of={slots.charts} className="charts" label="Charts" /> : null}
      </main>
      {panels.inspector ? <Slot of={slots.right} className="right" label="Inspector" /> : null}
      <Counters />
      {dialog === 'keys' ? <KeysDialog onClose={() => openDialog(null)} /> : null}
      {dialog === 'recordings' && slots.recordings !== null ? (
        <Suspense fallback={null}>
          <slots.recordings onClose={() => openDialog(null)} />
        </Suspense>
      ) : null}
      {dialog === 'share' ? <ShareDialog onClose={() => openDialog(null)} /> : null}
    </div>
  );
}

function Slot(props: {
  readonly of: ComponentType | null;
  readonly className: string;
  readonly label: string;
}): ReactNode {
  if (props.of === null) return null;
  return (
    <aside className={props.className} aria-label={props.label}>
      <Boundary name={`The part "${props.label}"`}>
        <Suspense fallback={null}>
          <props.of />
        </Suspense>
      </Boundary>
    </aside>
  );
}

function TopBar(): ReactNode {
  const theme = useApp((state) => state.theme);
  const setTheme = useApp((state) => state.setTheme);
  const openDialog = useApp((state) => state.openDialog);
  const share = useShare();
  // A lesson makes runs of its own.
  const isModel = useFrame(({ source }) => source.kind === 'model');
  const other = theme === 'dark' ? 'light' : 'dark';
  return (
    <header className="top">
      <div className="brand">
        <h1>linger</h1>
        <p className="dim">Kafka producer, in slow motion</p>
      </div>
      <LiveChip />
      <div className="lesson-line">
        <Boundary name="The lessons">
          <Suspense fallback={null}>
            {slots.lessonLine === null || !isModel ? null : <slots.lessonLine />}
          </Suspense>
        </Boundary>
      </div>
      <div className="actions">
        <IconButton label="Share a link to this moment" keys="L" wide onClick={share}>
          Share
        </IconButton>
        <IconButton label="Save this run, or open a saved one" wide onClick={() => openDialog('recordings')}>
          Recordings
        </IconButton>
        <IconButton label={`Switch to ${other} colours`} keys="T" onClick={() => setTheme(other)}>
          <svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true">
            <circle cx="10" cy="10" r="6.5" fill="none" stroke="currentColor" strokeWidth="1.6" />
            <path d="M10 3.5a6.5 6.5 0 0 1 0 13z" fill="currentColor" />
          </svg>
        </IconButton>
        <IconButton label="Keys" keys="?" onClick={() => openDialog('keys')}>
          ?
        </IconButton>
      </div>
    </header>
  );
}
