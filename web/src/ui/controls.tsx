/** The few controls everything is made of. Looks are beside it. */
import { useEffect, useRef, type ReactNode } from 'react';
import './controls.css';
import './dialog.css';

export function IconButton(props: {
  readonly label: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly wide?: boolean;
  readonly keys?: string;
}): ReactNode {
  const title = props.keys === undefined ? props.label : `${props.label} (${props.keys})`;
  return (
    <button
      type="button"
      className={props.wide === true ? 'button wide' : 'button'}
      aria-label={props.label}
      aria-pressed={props.pressed}
      title={title}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      {props.children}
    </button>
  );
}

/** A modal window of the browser's own kind: keeps the focus, closes with Esc, gives the focus back. */
export function Dialog(props: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}): ReactNode {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    if (dialog !== null && !dialog.open) dialog.showModal();
  }, []);
  return (
    <dialog ref={ref} className="dialog" aria-label={props.title} onClose={props.onClose}>
      <header>
        <h2>{props.title}</h2>
        <form method="dialog">
          <button className="button" aria-label="Close" title="Close (Esc)">
            ✕
          </button>
        </form>
      </header>
      {props.children}
    </dialog>
  );
}
