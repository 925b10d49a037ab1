/** The way of a record as bars, one a stage: they touch, and their sum is its latency. */
import type { ReactNode } from 'react';
import type { Journey } from '#projections/journey';
import { msText } from '../ui/format.ts';

export function JourneyBar(props: { readonly journey: Journey }): ReactNode {
  const { parts, totalUs, isOver } = props.journey;
  const from = parts[0]?.fromUs ?? 0;
  const share = (us: number): string => `${((us / Math.max(1, totalUs)) * 100).toFixed(2)}%`;
  return (
    <section className="journey" aria-label="Journey">
      <h3>Journey</h3>
      <ul>
        {parts.map((part) => {
          const span = part.toUs - part.fromUs;
          const again = part.attempt > 1 ? ` (attempt ${part.attempt})` : '';
          return (
            <li key={`${part.stage}-${part.fromUs}-${part.attempt}`}>
              <span className="journey-name">
                {part.stage}
                {again}
              </span>
              <span className="number">{msText(span)}</span>
              <span className="journey-track" aria-hidden="true">
                <span
                  className={`journey-part ${part.stage.replace(' ', '-')}`}
                  style={{ left: share(part.fromUs - from), width: share(span) }}
                />
              </span>
            </li>
          );
        })}
      </ul>
      <p className="journey-sum">
        <span>{isOver ? 'latency' : 'so far'}</span>
        <span className="number">{msText(totalUs)}</span>
      </p>
    </section>
  );
}
