/** Answer with an error: which request, which broker, which partition, the n-th from now, which error. */
import { useId, useState, type ReactNode } from 'react';
import type { AnswerRule } from '#model/Scenario';
import type { ErrorName } from '#record/Errors';
import { useFrame } from '../../store/useFrame.ts';
import { usePresent } from '../settings/usePresent.ts';
import { kindOf } from '../errors/errorRows.ts';
import { answerSentence, ANSWERS, API_LABELS, APIS, errorMark, hasPartitions, ordinal } from './answers.ts';
import { useStrike } from './FaultButton.tsx';

const NTHS = [1, 2, 3, 5, 10];
const ANY = '';

interface Place {
  readonly topic: string;
  readonly partition: number;
}

function usePlaces(): readonly Place[] {
  return useFrame((session) =>
    [...session.view.state.partitions.values()].map(({ topic, partition }) => ({ topic, partition })),
  );
}

export function AnswerForm(props: { readonly node: number | null; readonly onDone?: () => void }): ReactNode {
  const id = useId();
  const strike = useStrike();
  const places = usePlaces();
  const kind = kindOf(usePresent().applications[0]);
  const [api, setApi] = useState<AnswerRule['api']>('PRODUCE');
  const [error, setError] = useState<ErrorName>('NOT_LEADER_OR_FOLLOWER');
  const [nth, setNth] = useState(1);
  const [place, setPlace] = useState(ANY);
  const [isAppended, setAppended] = useState(false);
  const chosen = hasPartitions(api) && place !== ANY ? places[Number(place)] : undefined;
  const rule: AnswerRule = {
    api,
    node: props.node,
    topic: chosen?.topic ?? null,
    partition: chosen?.partition ?? null,
    nth,
    times: 1,
    error,
    appended: isAppended && api === 'PRODUCE',
  };
  return (
    <div className="answer-form">
      <div className="answer-row">
        <label htmlFor={`${id}-api`}>Request</label>
        <select
          id={`${id}-api`}
          value={api}
          onChange={(event) => {
            const next = event.target.value as AnswerRule['api'];
            setApi(next);
            setError(ANSWERS[next][0] ?? 'UNKNOWN_SERVER_ERROR');
          }}
        >
          {APIS.map((each) => (
            <option key={each} value={each}>
              {API_LABELS[each]}
            </option>
          ))}
        </select>
        <select
          aria-label="Which request"
          value={nth}
          onChange={(event) => setNth(Number(event.target.value))}
        >
          {NTHS.map((each) => (
            <option key={each} value={each}>
              {ordinal(each)}
            </option>
          ))}
        </select>
      </div>
      {hasPartitions(api) ? (
        <div className="answer-row">
          <label htmlFor={`${id}-place`}>For</label>
          <select id={`${id}-place`} value={place} onChange={(event) => setPlace(event.target.value)}>
            <option value={ANY}>all its partitions</option>
            {places.map(({ topic, partition }, i) => (
              <option key={`${topic}-${partition}`} value={i}>
                {topic}-{partition}
              </option>
            ))}
          </select>
        </div>
      ) : null}
      <div className="answer-row">
        <label htmlFor={`${id}-error`}>Error</label>
        <select
          id={`${id}-error`}
          value={error}
          onChange={(event) => setError(event.target.value as ErrorName)}
        >
          {ANSWERS[api].map((each) => (
            <option key={each} value={each}>
              {each} ({errorMark(api, each, kind)})
            </option>
          ))}
        </select>
      </div>
      {api === 'PRODUCE' ? (
        <label className="check">
          <input
            type="checkbox"
            checked={isAppended}
            onChange={(event) => setAppended(event.target.checked)}
          />{' '}
          written all the same
        </label>
      ) : null}
      <p className="fault-sentence">{answerSentence(rule, kind)}</p>
      <button
        type="button"
        className="fault bad"
        onClick={() => {
          strike({ command: { do: 'answer.set', rule } });
          props.onDone?.();
        }}
      >
        Answer so
      </button>
    </div>
  );
}
