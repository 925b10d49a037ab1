/** Which request is to be answered so: the n-th from now, to which broker, with which partition. */
import type { ReactNode } from 'react';
import { useFrame } from '../../store/useFrame.ts';
import { ordinal, type Place, type Target } from './answers.ts';

const NTHS = [1, 2, 3, 5, 10];
const ANY = '';

export function NthSelect(props: {
  readonly nth: number;
  readonly onChange: (nth: number) => void;
}): ReactNode {
  return (
    <select
      aria-label="Which request"
      value={props.nth}
      onChange={(event) => props.onChange(Number(event.target.value))}
    >
      {NTHS.map((each) => (
        <option key={each} value={each}>
          {ordinal(each)}
        </option>
      ))}
    </select>
  );
}

export function PlaceSelect(props: {
  readonly id?: string;
  readonly place: Place | null;
  readonly onChange: (place: Place | null) => void;
}): ReactNode {
  const { id, place } = props;
  const places = useFrame((session) =>
    [...session.view.state.partitions.values()].map(({ topic, partition }) => ({ topic, partition })),
  );
  const chosen = places.findIndex(
    ({ topic, partition }) => topic === place?.topic && partition === place.partition,
  );
  return (
    <select
      id={id}
      aria-label="Partition whose answer it is"
      value={chosen < 0 ? ANY : chosen}
      onChange={(event) =>
        props.onChange(event.target.value === ANY ? null : (places[Number(event.target.value)] ?? null))
      }
    >
      <option value={ANY}>all its partitions</option>
      {places.map(({ topic, partition }, i) => (
        <option key={`${topic}-${partition}`} value={i}>
          {topic}-{partition}
        </option>
      ))}
    </select>
  );
}

function NodeSelect(props: {
  readonly node: number | null;
  readonly onChange: (node: number | null) => void;
}): ReactNode {
  const nodes = useFrame(({ view }) =>
    [...view.state.brokers.keys()].filter((node) => node >= 0).toSorted((a, b) => a - b),
  );
  return (
    <select
      aria-label="Broker that answers"
      value={props.node ?? ANY}
      onChange={(event) => props.onChange(event.target.value === ANY ? null : Number(event.target.value))}
    >
      <option value={ANY}>any broker</option>
      {nodes.map((node) => (
        <option key={node} value={node}>
          broker {node}
        </option>
      ))}
    </select>
  );
}

/** All three in a row. */
export function AnswerTarget(props: {
  readonly target: Target;
  readonly onChange: (target: Target) => void;
}): ReactNode {
  const { target, onChange } = props;
  return (
    <div className="answer-target" role="group" aria-label="The request that a try answers">
      <NthSelect nth={target.nth} onChange={(nth) => onChange({ ...target, nth })} />
      <NodeSelect node={target.node} onChange={(node) => onChange({ ...target, node })} />
      <PlaceSelect place={target.place} onChange={(place) => onChange({ ...target, place })} />
    </div>
  );
}
