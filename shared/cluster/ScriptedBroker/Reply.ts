import type { ResponseBody } from '#engine/requests';

/** What a broker of a conformance case does about a request. */
export interface Reply {
  readonly body: ResponseBody;
  readonly delayMs: number;
  /** Nothing comes back; unless it `disconnects`. */
  readonly silent: boolean;
  /** Instead of the answer the broker closes the connection, after the delay. */
  readonly disconnects: boolean;
}

export const answering = (body: ResponseBody, delayMs: number): Reply => ({
  body,
  delayMs,
  silent: false,
  disconnects: false,
});
