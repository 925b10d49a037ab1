/** The small mark beside a number: how it is known. And the line that says what the marks mean. */
import type { ReactNode } from 'react';
import type { Provenance } from '../sources/Source.ts';
import { momentText } from './format.ts';
import { PROVENANCE_MEANINGS, PROVENANCE_WORDS } from './provenance.ts';
import './how.css';

export function How(props: { readonly of: Provenance }): ReactNode {
  const word = PROVENANCE_WORDS[props.of];
  const title = `${word}: ${PROVENANCE_MEANINGS[props.of]}`;
  return <span className={`how ${word}`} role="img" aria-label={word} title={title} />;
}

/** When something happened, in µs of run time, and how it is known that it did; null: unmarked. */
export function Moment(props: { readonly at: number; readonly how: Provenance | null }): ReactNode {
  return (
    <span className="number dim">
      {momentText(props.at)} {props.how === null ? null : <How of={props.how} />}
    </span>
  );
}

/** One line for a panel: the marks that occur in it. */
export function HowLegend(props: { readonly of: readonly Provenance[] }): ReactNode {
  return (
    <p className="how-legend" data-testid="how-legend">
      {props.of.map((one) => (
        <span key={one} title={PROVENANCE_MEANINGS[one]}>
          <How of={one} /> {PROVENANCE_WORDS[one]}
        </span>
      ))}
    </p>
  );
}
