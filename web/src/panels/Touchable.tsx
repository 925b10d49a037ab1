/** What changes the run: shown, and disabled with the reason where nothing may be changed. */
import type { ReactNode } from 'react';
import { useFrame } from '../store/useFrame.ts';

/** Why nothing can be changed here, as a sentence; null: it can. */
export const useLookOnly = (): string | null => useFrame(({ source }) => source.lookOnly);

export function Touchable(props: { readonly children: ReactNode }): ReactNode {
  const reason = useLookOnly();
  return (
    <fieldset className="touchable" disabled={reason !== null} title={reason ?? undefined}>
      {props.children}
    </fieldset>
  );
}
