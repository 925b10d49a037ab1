/** The way of a record as bars, one a stage: they touch, and their sum is its latency. */
import type { ReactNode } from 'react';
import type { Journey } from '#projections/journey';
import type { Capabilities } from '../sources/Source.ts';
import { msText } from '../ui/format.ts';
import { How } from '../ui/How.tsx';
import { journeyProvenance, stageProvenance } from './factSources.ts';

export interface JourneyBarProps {
  readonly journey: Journey;
  /** By which each number is marked; null: all are of one kind, and nothing is. */
  readonly marks: Capabilities | null;
}

export function JourneyBar({ journey, marks }: JourneyBarProps): ReactNode {
  const { totalUs, isOver } = journey;
  const parts = journey.parts
    .map((part) => ({ ...part, how: marks === null ? null : stageProvenance(marks, part.stage) }))
    .filter(({ how }) => marks === null || how !== null);
  const sum = marks === null ? null : journeyProvenance(marks);
  const from = journey.parts[0]?.fromUs ?? 0;
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
                {again} {part.how === null ? null : <How of={part.how} />}
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
        <span>
          {isOver ? 'latency' : 'so far'} {sum === null ? null : <How of={sum} />}
        </span>
        <span className="number">{msText(totalUs)}</span>
      </p>
    </section>
  );
}
