/** What a screen reader is told without asking: the event that a step went to, and what breaks while time runs. */
import { describe } from '#explain/describe';
import { namesAt } from '../inspector/whyOf.ts';
import type { Session } from '../session/session.ts';
import { momentText } from '../ui/format.ts';

export interface Announcement {
  /** A sentence, or null when there is nothing new to say. */
  next(session: Session): string | null;
}

/** More marks at once than this are only counted. */
const MOST_MARKS = 3;

export function createAnnouncement(): Announcement {
  let seq = -1;
  let wasPlaying = false;
  return {
    next(session) {
      const { playing, cursor } = session.playback;
      const before = seq;
      const isStill = !playing && !wasPlaying;
      wasPlaying = playing;
      seq = cursor.seq;
      if (before < 0 || before === seq) return null;
      const { log, state } = session.view;
      if (isStill) {
        if (seq === 0 || seq > log.endSeq || seq <= log.startSeq) return null;
        const event = log.at(seq - 1);
        return `${momentText(event.at)}. ${describe(event, namesAt(state))}`;
      }
      if (seq < before) return null;
      const news: string[] = [];
      const { marks } = session.projections;
      for (let mark = marks.next(before); mark !== null && mark.seq < seq; mark = marks.next(mark.seq + 1)) {
        news.push(mark.label);
      }
      if (news.length === 0) return null;
      const rest = news.length - MOST_MARKS;
      return `${news.slice(0, MOST_MARKS).join('; ')}${rest > 0 ? `; and ${rest} more` : ''}.`;
    },
  };
}
