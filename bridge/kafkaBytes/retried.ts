/** Answers that only say "not yet": asked again until they say something else. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ErrorName } from '#record/Errors';

/** A coordinator that moves or is made, a transaction whose markers are on their way, a leader that is not yet known. */
const NOT_YET: ReadonlySet<ErrorName> = new Set([
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
  'CONCURRENT_TRANSACTIONS',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_OR_FOLLOWER',
]);
const PAUSE_MS = 50;

/** The first answer that is not of these, or the last one when `limitMs` are over. */
export async function retried<T extends { readonly error: ErrorName }>(
  ask: () => Promise<T>,
  limitMs: number,
): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (!NOT_YET.has(answer.error) || performance.now() > end) return answer;
    await sleep(PAUSE_MS);
  }
}
