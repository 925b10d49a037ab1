/** The polite voice of the page. */
import { useEffect, useState, type ReactNode } from 'react';
import { useSession } from '../store/useFrame.ts';
import { createAnnouncement } from './announce.ts';

export function Announcer(): ReactNode {
  const session = useSession();
  const [sentence, setSentence] = useState('');
  useEffect(() => {
    const announcement = createAnnouncement();
    return session.subscribe(() => {
      const next = announcement.next(session);
      if (next !== null) setSentence(next);
    });
  }, [session]);
  return (
    <div className="visually-hidden" role="status" aria-live="polite">
      {sentence}
    </div>
  );
}
