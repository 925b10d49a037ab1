/** Bugs stop the run with a sentence. What Kafka may answer is never asserted: it is a field of an event. */

export class BugError extends Error {
  override readonly name = 'BugError';
}

/** @throws BugError when `condition` is false: the program, not its user, did something impossible. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new BugError(message);
}

/** The value, which the caller knows to be there. @throws BugError when it is not. */
export function known<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new BugError(`${what} is missing`);
  return value;
}

/** For the default branch of an exhaustive `switch`. */
export function never(value: never): never {
  throw new BugError(`unexpected ${JSON.stringify(value)}`);
}
