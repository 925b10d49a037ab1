/** A number with its name in the line of the counters; where it counts records, a click lists them. */
import type { ReactNode } from 'react';
import type { Listed } from '../store/appStore.ts';
import { useAppStore } from '../store/useFrame.ts';
import { countText } from '../ui/format.ts';

interface TermProps {
  readonly name: string;
  readonly value: number;
  readonly tone?: string;
  /** Which records it counts. */
  readonly of?: Listed;
  /** What they are, before the word that a click lists them. */
  readonly meaning?: string;
}

/** Trouble, where there is any. */
export const badTone = (value: number): string => (value > 0 ? 'bad' : 'zero');

export function Term({ name, value, tone, of, meaning }: TermProps): ReactNode {
  const store = useAppStore();
  const inside = (
    <>
      <span className="term-name">{name}</span> <span className="number">{countText(value)}</span>
    </>
  );
  const className = `term ${tone ?? ''}`;
  if (of === undefined || value === 0) return <span className={className}>{inside}</span>;
  return (
    <button
      type="button"
      className={className}
      title={`${meaning === undefined ? '' : `${meaning} `}List these records`}
      onClick={() => store.getState().listOutcome(of)}
    >
      {inside}
    </button>
  );
}
