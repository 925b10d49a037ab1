/** The stage as lists of buttons, each with its sentence. Selecting here and on the canvas is one thing. */
import type { ReactNode } from 'react';
import type { Entity } from '../stage/scene.ts';
import { useApp, useAppStore, useFrame, useSession } from '../store/useFrame.ts';
import { twinOf, type TwinItem } from './twinOf.ts';
import { useRested } from './useRested.ts';

/** While time runs it follows once a second: a list that jumps cannot be read. */
const FOLLOW_MS = 1000;

export function StageTwin(): ReactNode {
  const session = useSession();
  const selection = useApp((state) => state.selection);
  const version = useFrame((s) => s.version);
  const stations = useRested(version, session.playback.playing ? FOLLOW_MS : 0, '', () => twinOf(session));
  return (
    <div className="twin">
      {stations.map((station) => (
        <section key={station.name} aria-label={station.name}>
          <h2>{station.name}</h2>
          {station.items.length === 0 ? (
            <p className="dim">{station.empty}</p>
          ) : (
            <Items items={station.items} selection={selection} />
          )}
        </section>
      ))}
    </div>
  );
}

function Items(props: { readonly items: readonly TwinItem[]; readonly selection: Entity | null }): ReactNode {
  const store = useAppStore();
  const { items, selection } = props;
  return (
    <ul>
      {items.map(({ entity, name, sentence, inside }) => (
        <li key={`${entity.kind}-${entity.id}`}>
          <button
            type="button"
            aria-pressed={selection?.kind === entity.kind && selection.id === entity.id}
            onClick={() => store.getState().select(entity)}
          >
            <strong>{name}</strong>
            <span className="dim">{sentence}</span>
          </button>
          {inside.length === 0 ? null : <Items items={inside} selection={selection} />}
        </li>
      ))}
    </ul>
  );
}
