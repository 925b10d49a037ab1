/** The list under `?`: made from the table of keys, so that it is complete. */
import type { ReactNode } from 'react';
import { Dialog } from '../ui/controls.tsx';
import { KEY_TABLE } from '../ui/keyboard.ts';

export function KeysDialog(props: { readonly onClose: () => void }): ReactNode {
  return (
    <Dialog title="Keys" onClose={props.onClose}>
      <dl className="keys">
        {KEY_TABLE.map((row) => (
          <div key={row.keys}>
            <dt>
              <kbd>{row.keys}</kbd>
            </dt>
            <dd>{row.meaning}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
