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
import { useFrame, useSession } from '../store/useFrame.ts';
import { LessonPanel } from './LessonPanel.tsx';
import { Touchable, useLookOnly } from './Touchable.tsx';
import { isChanged } from './settings/Control.ts';
import './settings/settings.css';

export function SettingsPanel(): ReactNode {
  const present = usePresent();
  const lookOnly = useLookOnly();
  const isModel = useFrame(({ source }) => source.kind === 'model');
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
  const rows = (group: ControlGroup): ReactNode => (
    <Touchable>
      {group.controls.map((control) => (
        <ControlRow key={control.id} control={control} present={present} fromStart={fromStart} />
      ))}
    </Touchable>
  );
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
      {isModel ? <LessonPanel /> : null}
      {lookOnly === null ? null : <p className="look-only">{lookOnly}</p>}
      {lookOnly === null ? <FromWhen fromStart={fromStart} onChange={setFromStart} /> : null}
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
        <Touchable>
          <PresetMenu application={application} present={present} fromStart={fromStart} />
        </Touchable>
        {rows(common)}
        {more('More producer settings', moreOfProducer)}
      </section>
      <section aria-label="Cluster">
        <h2>Cluster</h2>
        {rows(tables.cluster.main)}
        {more('More of cluster and network', [tables.cluster.more])}
        {more('CPU costs of the client', [tables.costs])}
      </section>
      {lookOnly === null ? <FaultPanel application={application} /> : null}
      <Touchable>
        <ChangedBox groups={all} present={present} fromStart={fromStart} />
      </Touchable>
    </div>
  );
}

/** Whether a change holds from the playhead on, or makes the whole run anew. */
function FromWhen(props: {
  readonly fromStart: boolean;
  readonly onChange: (fromStart: boolean) => void;
}): ReactNode {
  // What has happened cannot be made anew.
  if (!useSession().source.capabilities.commandsInThePast) {
    return <p className="dim apply">A change holds from now on.</p>;
  }
  return (
    <div className="apply">
      <span className="dim">A change holds</span>
      <div className="segments" role="radiogroup" aria-label="From when a change holds">
        <button
          type="button"
          role="radio"
          aria-checked={!props.fromStart}
          title="From the playhead on. A producer setting starts a new producer there; the old one drains beside it"
          onClick={() => props.onChange(false)}
        >
          from now
        </button>
        <button
          type="button"
          role="radio"
          aria-checked={props.fromStart}
          title="The whole run is made again with the new value, at the same playhead (also: Alt while dragging)"
          onClick={() => props.onChange(true)}
        >
          from the start
        </button>
      </div>
    </div>
  );
}
