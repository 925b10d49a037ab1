/** The right side: inspector, event list, or the whole picture as lists. */
import { lazy, Suspense, type KeyboardEvent, type ReactNode } from 'react';
import type { RightTab } from '../store/appStore.ts';
import { useApp, useAppStore, useFrame } from '../store/useFrame.ts';
import { Boundary } from '../ui/Boundary.tsx';
import { Inspector } from './Inspector.tsx';
import './inspector.css';

const EventList = lazy(async () => ({ default: (await import('../twin/EventList.tsx')).EventList }));
const ErrorsPanel = lazy(async () => ({ default: (await import('../panels/ErrorsPanel.tsx')).ErrorsPanel }));
const PredictionPanel = lazy(async () => ({
  default: (await import('../panels/PredictionPanel.tsx')).PredictionPanel,
}));
const StageTwin = lazy(async () => ({ default: (await import('../twin/StageTwin.tsx')).StageTwin }));

const TABS: readonly { readonly id: RightTab; readonly label: string; readonly title: string }[] = [
  { id: 'inspector', label: 'Inspector', title: 'What is selected, and why it is where it is' },
  { id: 'events', label: 'Events', title: 'Everything that happens, in words' },
  {
    id: 'errors',
    label: 'Errors',
    title: 'Every error: what it means, what the producer does, what is left to you',
  },
  { id: 'list', label: 'List', title: 'The picture as lists, for keyboard and screen reader' },
];

/** Beside a live run only. */
const PREDICTION: (typeof TABS)[number] = {
  id: 'prediction',
  label: 'Predict',
  title: 'What the model says to the same settings, beside what was measured',
};

const VIEWS: Readonly<Record<RightTab, ReactNode>> = {
  inspector: <Inspector />,
  events: <EventList />,
  errors: <ErrorsPanel />,
  list: <StageTwin />,
  prediction: <PredictionPanel />,
};

export function RightPanel(): ReactNode {
  const chosen = useApp((state) => state.rightTab);
  const store = useAppStore();
  const isLive = useFrame(({ source }) => source.kind === 'live');
  const tabs = isLive ? [...TABS, PREDICTION] : TABS;
  // The chosen one may have gone with the live run: a recording has no prediction.
  const tab = tabs.some(({ id }) => id === chosen) ? chosen : 'inspector';
  const moved = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (by === 0) return;
    const next = tabs[(tabs.findIndex(({ id }) => id === tab) + by + tabs.length) % tabs.length];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    store.getState().setRightTab(next.id);
    document.getElementById(`tab-${next.id}`)?.focus();
  };
  return (
    <div className="right-panel">
      <div className="tabs" role="tablist" aria-label="Right side" onKeyDown={moved}>
        {tabs.map(({ id, label, title }) => (
          <button
            key={id}
            id={`tab-${id}`}
            type="button"
            role="tab"
            aria-selected={id === tab}
            aria-controls="right-view"
            tabIndex={id === tab ? 0 : -1}
            title={title}
            onClick={() => store.getState().setRightTab(id)}
          >
            {label}
          </button>
        ))}
      </div>
      <div id="right-view" role="tabpanel" tabIndex={0} aria-labelledby={`tab-${tab}`} className="right-view">
        <Boundary key={tab} name="This tab">
          <Suspense fallback={null}>{VIEWS[tab]}</Suspense>
        </Boundary>
      </div>
    </div>
  );
}
