/** What page and bridge agree on before a word is said. */

/** Rises with any change of the messages, the frames or the snapshot. */
export const PROTOCOL_VERSION = 4;
/** The one subprotocol of the socket; the token travels beside it as another one, so that no address holds it. */
export const SUBPROTOCOL = 'linger.1';
export const TOKEN_PREFIX = 'linger.token.';
/** Carries the token of an HTTP request: a form or an image of another page cannot send it. */
export const TOKEN_HEADER = 'x-linger-token';
/** Asked by a page whose socket was refused, which a browser does not explain: 204, or why it is not let in. */
export const WAY_IN_PATH = '/way-in';
/** The name of the viewers' token behind the # of their link. */
export const VIEWERS_TOKEN = 'viewer';

/** A control message from the page is small; whatever is larger closes the connection. */
export const MAX_PAGE_MESSAGE_BYTES = 64 * 1024;
/** A frame holds at most so many events: what a viewer that fell behind gets at once. */
export const MAX_FRAME_EVENTS = 8192;
/** What the bridge keeps of its log, give or take the share that it trims at once. */
export const KEPT_EVENTS = 2_000_000;
/** A receiver keeps every text that was used within so many events: the bridge has none that is older. */
export const KEPT_TEXTS_EVENTS = 1.5 * KEPT_EVENTS;
/** A viewer gets no further frame while it has not drawn so many. */
export const MAX_UNDRAWN_FRAMES = 4;

/** A value, or why there is none, as a sentence. Nothing that comes over the wire throws. */
export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly sentence: string };

export const parsed = <T>(value: T): Parsed<T> => ({ ok: true, value });
export const unreadable = (sentence: string): Parsed<never> => ({ ok: false, sentence });
