/** Between the bridge and the process of its proxies. */

/** One broker's client listener, and the port where clients reach it. */
export interface LinkSpec {
  readonly node: number;
  readonly listenPort: number;
  readonly targetPort: number;
}

export interface LinkState {
  /** On top of each way. */
  readonly addedMs: number;
  /** Nothing passes in either direction; what is sent meanwhile is lost. */
  readonly cut: boolean;
}

export type Lost = 'request' | 'response';

export type ProxyOrder =
  | { readonly do: 'set'; readonly node: number; readonly state: LinkState }
  /** The next Produce request, or the answer to it, of this broker or (null) of whichever comes first. */
  | { readonly do: 'lose'; readonly what: Lost; readonly node: number | null; readonly fault: number };

/** The process says one of the first two when it starts. */
export type ProxyReport =
  | { readonly kind: 'listening' }
  | { readonly kind: 'failed'; readonly why: string }
  /** The oldest order that was not yet reported is in force. */
  | { readonly kind: 'obeyed' }
  /** What was to be lost is lost. */
  | { readonly kind: 'struck'; readonly fault: number };
