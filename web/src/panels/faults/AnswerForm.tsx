/** Answer with an error: which request, which broker, which partition, the n-th from now, which error. */
import { useId, useState, type ReactNode } from 'react';
import type { AnswerRule } from '#model/Scenario';
import type { ErrorName } from '#record/Errors';
import { usePresent } from '../settings/usePresent.ts';
import { kindOf } from '../errors/errorRows.ts';
import {
  answerRule,
  answerSentence,
  ANSWERS,
  API_LABELS,
  APIS,
  errorMark,
  hasPartitions,
  isStored,
  type Place,
} from './answers.ts';
import { NthSelect, PlaceSelect } from './AnswerTarget.tsx';
import { useStrike } from './FaultButton.tsx';

export function AnswerForm(props: { readonly node: number | null; readonly onDone?: () => void }): ReactNode {
  const id = useId();
  const strike = useStrike();
  const kind = kindOf(usePresent().applications[0]);
  const [api, setApi] = useState<AnswerRule['api']>('PRODUCE');
  const [error, setError] = useState<ErrorName>('NOT_LEADER_OR_FOLLOWER');
  const [nth, setNth] = useState(1);
  const [place, setPlace] = useState<Place | null>(null);
  const [isAppended, setAppended] = useState(false);
  const choose = (next: ErrorName, of: AnswerRule['api']): void => {
    setError(next);
    setAppended(isStored(of, next));
  };
  const target = { nth, node: props.node, place };
  const rule = { ...answerRule(api, error, target), appended: isAppended };
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
            choose(ANSWERS[next][0] ?? 'UNKNOWN_SERVER_ERROR', next);
          }}
        >
          {APIS.map((each) => (
            <option key={each} value={each}>
              {API_LABELS[each]}
            </option>
          ))}
        </select>
        <NthSelect nth={nth} onChange={setNth} />
      </div>
      {hasPartitions(api) ? (
        <div className="answer-row">
          <label htmlFor={`${id}-place`}>For</label>
          <PlaceSelect id={`${id}-place`} place={place} onChange={setPlace} />
        </div>
      ) : null}
      <div className="answer-row">
        <label htmlFor={`${id}-error`}>Error</label>
        <select
          id={`${id}-error`}
          value={error}
          onChange={(event) => choose(event.target.value as ErrorName, api)}
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
