/** Answer with an error: which api, which broker, the n-th request from now, which error. */
import { useId, useState, type ReactNode } from 'react';
import type { AnswerRule } from '#model/Scenario';
import type { ErrorName } from '#record/Errors';
import { answerSentence, ANSWERS, API_LABELS, errorMark } from './faults.ts';
import { useStrike } from './FaultButton.tsx';

const NTHS = [1, 2, 3, 5, 10];

export function AnswerForm(props: { readonly node: number | null; readonly onDone?: () => void }): ReactNode {
  const id = useId();
  const strike = useStrike();
  const [api, setApi] = useState<AnswerRule['api']>('PRODUCE');
  const [error, setError] = useState<ErrorName>('NOT_LEADER_OR_FOLLOWER');
  const [nth, setNth] = useState(1);
  const [isAppended, setAppended] = useState(false);
  const rule: AnswerRule = {
    api,
    node: props.node,
    topic: null,
    partition: null,
    nth,
    times: 1,
    error,
    appended: isAppended && api === 'PRODUCE',
  };
  const errors = ANSWERS[api] ?? [];
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
            setError(ANSWERS[next]?.[0] ?? 'UNKNOWN_SERVER_ERROR');
          }}
        >
          {(Object.keys(ANSWERS) as AnswerRule['api'][]).map((each) => (
            <option key={each} value={each}>
              {API_LABELS[each] ?? each}
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
              {each === 1 ? 'next' : `${each}th`.replace('2th', '2nd').replace('3th', '3rd')}
            </option>
          ))}
        </select>
      </div>
      <div className="answer-row">
        <label htmlFor={`${id}-error`}>Error</label>
        <select
          id={`${id}-error`}
          value={error}
          onChange={(event) => setError(event.target.value as ErrorName)}
        >
          {errors.map((each) => (
            <option key={each} value={each}>
              {each} ({errorMark(each)})
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
      <p className="fault-sentence">{answerSentence(rule)}</p>
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
