/** Sentences that somebody should read: what was cut, what a link could not say, what went wrong. */
import type { ReactNode } from 'react';
import { useApp } from '../store/useFrame.ts';
import './notices.css';

export function Notices(): ReactNode {
  const notices = useApp((state) => state.notices);
  const dismiss = useApp((state) => state.dismiss);
  return (
    <div className="notices" role="status" aria-live="polite">
      {notices.map((notice) => (
        <div key={notice.id} className={`notice ${notice.tone}`}>
          <span>{notice.sentence}</span>
          {notice.action === null ? null : (
            <button
              type="button"
              className="button wide"
              onClick={() => {
                notice.action?.run();
                dismiss(notice.id);
              }}
            >
              {notice.action.label}
            </button>
          )}
          <button
            type="button"
            className="button"
            aria-label="Dismiss"
            title="Dismiss"
            onClick={() => dismiss(notice.id)}
          >
            ✕
          </button>
        </div>
      ))}
    </div>
  );
}
