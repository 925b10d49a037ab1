/** Sentences that somebody should read: what was cut, what a link could not say, what went wrong. */
import { useEffect, type ReactNode } from 'react';
import type { Notice } from '../store/appStore.ts';
import { useApp } from '../store/useFrame.ts';
import './notices.css';

/** Long enough to be read, and gone before it covers the next thing. */
const PASSING_MS = 10_000;

export function Notices(): ReactNode {
  const notices = useApp((state) => state.notices);
  return (
    <div className="notices" role="status" aria-live="polite">
      {notices.map((notice) => (
        <NoticeCard key={notice.id} notice={notice} />
      ))}
    </div>
  );
}

function NoticeCard(props: { readonly notice: Notice }): ReactNode {
  const { id, tone, sentence, action, isPassing } = props.notice;
  const dismiss = useApp((state) => state.dismiss);
  useEffect(() => {
    if (!isPassing) return undefined;
    const timer = setTimeout(() => dismiss(id), PASSING_MS);
    return () => clearTimeout(timer);
  }, [id, isPassing, dismiss]);
  return (
    <div className={`notice ${tone}`}>
      <span>{sentence}</span>
      {action === null ? null : (
        <button
          type="button"
          className="button wide"
          onClick={() => {
            action.run();
            dismiss(id);
          }}
        >
          {action.label}
        </button>
      )}
      <button
        type="button"
        className="button"
        aria-label="Dismiss"
        title="Dismiss"
        onClick={() => dismiss(id)}
      >
        ✕
      </button>
    </div>
  );
}
