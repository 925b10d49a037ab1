/** The left side: lesson, workload, producer, cluster, faults. Made from tables; nothing that shapes the outcome is secret. */
import { useMemo, useState, type ReactNode } from 'react';
import { ApplicationPicker } from './settings/ApplicationPicker.tsx';
import { ChangedBox } from './settings/ChangedBox.tsx';
import { clusterControls } from './settings/clusterControls.ts';
import type { ControlGroup } from './settings/Control.ts';
import { ControlRow } from './settings/ControlRow.tsx';
import { PresetMenu } from './settings/PresetMenu.tsx';
import { producerControls } from './settings/producerControls.ts';
import { transactionControls } from './settings/transactionControls.ts';
import { usePresent } from './settings/usePresent.ts';
import { costControls, workloadControls } from './settings/workloadControls.ts';
import { FaultPanel } from './FaultPanel.tsx';
import { LessonPanel } from './LessonPanel.tsx';
import { isChanged } from './settings/Control.ts';
import './panels.css';

export function SettingsPanel(): ReactNode {
  const present = usePresent();
  const [fromStart, setFromStart] = useState(false);
  const [chosen, setApplication] = useState(0);
  // A link or an undo may have brought a run with fewer of them.
  const application = present.applications[chosen] === undefined ? 0 : chosen;
  const tables = useMemo(
    () => ({
      workload: workloadControls(application),
      producer: producerControls(application),
      cluster: clusterControls(),
      costs: costControls(),
    }),
    [application],
  );
  const transactions = transactionControls(present, application);
  const [common, ...moreOfProducer] = tables.producer;
  const all = [
    ...(transactions === null ? [] : [transactions]),
    tables.workload.main,
    tables.workload.more,
    ...tables.producer,
    tables.cluster.main,
    tables.cluster.more,
    tables.costs,
  ];
  if (present.applications[application] === undefined || common === undefined) return null;
  const rows = (group: ControlGroup): ReactNode =>
    group.controls.map((control) => (
      <ControlRow key={control.id} control={control} present={present} fromStart={fromStart} />
    ));
  const more = (title: string, groups: readonly ControlGroup[]): ReactNode => {
    const changed = groups
      .flatMap(({ controls }) => controls)
      .filter((each) => isChanged(each, present)).length;
    return (
      <details className="more">
        <summary>
          {title}
          {changed === 0 ? null : <span className="changed-count"> {changed} changed</span>}
        </summary>
        {groups.map((group) => (
          <div key={group.id}>
            {groups.length > 1 ? <h3>{group.title}</h3> : null}
            {rows(group)}
          </div>
        ))}
      </details>
    );
  };
  return (
    <div className="settings">
      <LessonPanel />
      <div className="apply">
        <span className="dim">A change holds</span>
        <div className="segments" role="radiogroup" aria-label="From when a change holds">
          <button
            type="button"
            role="radio"
            aria-checked={!fromStart}
            title="From the playhead on. A producer setting starts a new producer there; the old one drains beside it"
            onClick={() => setFromStart(false)}
          >
            from now
          </button>
          <button
            type="button"
            role="radio"
            aria-checked={fromStart}
            title="The whole run is made again with the new value, at the same playhead (also: Alt while dragging)"
            onClick={() => setFromStart(true)}
          >
            from the start
          </button>
        </div>
      </div>
      <section aria-label="Workload">
        <h2>Workload</h2>
        <ApplicationPicker present={present} chosen={application} onChoose={setApplication} />
        {rows(tables.workload.main)}
        {transactions === null ? null : (
          <>
            <h3>{transactions.title}</h3>
            {rows(transactions)}
          </>
        )}
        {more('More of the workload', [tables.workload.more])}
      </section>
      <section aria-label="Producer">
        <h2>Producer</h2>
        <PresetMenu application={application} present={present} fromStart={fromStart} />
        {rows(common)}
        {more('More producer settings', moreOfProducer)}
      </section>
      <section aria-label="Cluster">
        <h2>Cluster</h2>
        {rows(tables.cluster.main)}
        {more('More of cluster and network', [tables.cluster.more])}
        {more('CPU costs of the client', [tables.costs])}
      </section>
      <FaultPanel application={application} />
      <ChangedBox groups={all} present={present} fromStart={fromStart} />
    </div>
  );
}
