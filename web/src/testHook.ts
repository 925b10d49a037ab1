/** `window.linger`: what browser tests and curious people may ask. It reads; the page itself never uses it. */
import type { Session } from './session/session.ts';
import type { StageInstance } from './stage/stage.ts';
import type { AppStore } from './store/appStore.ts';

export interface TestHook {
  readonly session: Session;
  readonly store: AppStore;
  /** What was drawn last. */
  readonly stage: StageInstance;
  /** Digest of the log up to the cursor, or up to `seq`. */
  digest(seq?: number): string | null;
  /** Where time stands. */
  cursor(): { readonly seq: number; readonly at: number };
  /** sent, acked, failed at the cursor. */
  counts(): { readonly sent: number; readonly acked: number; readonly failed: number };
}

export const createTestHook = (session: Session, store: AppStore, stage: StageInstance): TestHook => ({
  session,
  store,
  stage,
  digest: (seq = session.playback.cursor.seq) => session.digest(seq),
  cursor: () => session.playback.cursor,
  counts: () => {
    const { recordsSent, recordsAcked, recordsFailed } = session.view.state.counters;
    return { sent: recordsSent, acked: recordsAcked, failed: recordsFailed };
  },
});
