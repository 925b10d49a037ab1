/**
 * The only WebSocket of the page: it comes back by itself, with pauses that grow, and notices a bridge that has gone
 * silent. It knows no run.
 */
import { parseBridgeMessage, writeMessage, type BridgeMessage, type PageMessage } from '#wire/messages';
import { SUBPROTOCOL, TOKEN_PREFIX } from '#wire/protocol';

/** What is heard from a socket until it is closed from here. */
export interface SocketListener {
  opened(): void;
  /** Text, or an ArrayBuffer. */
  message(data: unknown): void;
  closed(): void;
}

/** A WebSocket as far as it is needed here; tests bring their own. */
export interface Socket {
  send(text: string): void;
  /** Nothing is heard of it any more. */
  close(): void;
}

/** What is outside of the page. */
export interface Surroundings {
  open(protocols: readonly string[], listener: SocketListener): Socket;
  /** The token of the bridge that now serves this address; null: there is none. */
  token(isFirst: boolean): Promise<string | null>;
  /** Why a socket with that token is not let in; null: it would be now. Rejects when the bridge cannot be asked. */
  refusal(token: string): Promise<Refusal | null>;
  after(ms: number, run: () => void): () => void;
}

export interface Refusal {
  readonly sentence: string;
  /** No other try would be let in. */
  readonly isFinal: boolean;
}

export interface ConnectionListener {
  opened(): void;
  message(message: BridgeMessage): void;
  frame(bytes: Uint8Array): void;
  /** It will be tried again, unless the refusal is final. `refusal` null: the bridge cannot be reached. */
  lost(refusal: Refusal | null): void;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4000;
/** The bridge says something every second. */
const SILENCE_MS = 5000;

export class LiveConnection {
  private readonly surroundings: Surroundings;
  private readonly listener: ConnectionListener;
  private socket: Socket | null = null;
  private pauseMs = FIRST_PAUSE_MS;
  private isFirst = true;
  private isEnded = false;
  private cancelSilence: () => void = () => {};
  private cancelPause: () => void = () => {};

  constructor(surroundings: Surroundings, listener: ConnectionListener) {
    this.surroundings = surroundings;
    this.listener = listener;
    this.connect();
  }

  /** False: there is no connection, and nothing was sent. */
  send(message: PageMessage): boolean {
    if (this.socket === null) return false;
    this.socket.send(writeMessage(message));
    return true;
  }

  /** Closes and does not come back. */
  end(): void {
    this.isEnded = true;
    this.cancelPause();
    this.drop();
  }

  /** What came is of no use: begin with a new connection. */
  restart(): void {
    if (this.drop()) this.retry();
  }

  private connect(): void {
    const failed = (): void => this.retry();
    this.surroundings.token(this.isFirst).then((token) => {
      this.isFirst = false;
      if (this.isEnded) return;
      if (token === null) failed();
      else this.open(token);
    }, failed);
  }

  private open(token: string): void {
    let hasOpened = false;
    const socket = this.surroundings.open([SUBPROTOCOL, `${TOKEN_PREFIX}${token}`], {
      opened: () => {
        hasOpened = true;
        this.socket = socket;
        this.heard();
        this.listener.opened();
      },
      message: (data) => {
        this.heard();
        this.take(data);
      },
      closed: () => {
        if (this.socket === socket) this.drop();
        if (hasOpened) this.retry();
        else this.askWhy(token);
      },
    });
  }

  /** A browser does not say whether it was refused or nobody is there. */
  private askWhy(token: string): void {
    this.surroundings.refusal(token).then(
      (refusal) => this.retry(refusal),
      () => this.retry(),
    );
  }

  private take(data: unknown): void {
    if (data instanceof ArrayBuffer) {
      this.pauseMs = FIRST_PAUSE_MS;
      this.listener.frame(new Uint8Array(data));
      return;
    }
    const read = parseBridgeMessage(typeof data === 'string' ? data : '');
    if (read.ok) this.listener.message(read.value);
    else this.restart();
  }

  /** A sleeping laptop or a frozen bridge keeps its sockets open and says nothing. */
  private heard(): void {
    this.cancelSilence();
    this.cancelSilence = this.surroundings.after(SILENCE_MS, () => this.restart());
  }

  private drop(): boolean {
    const { socket } = this;
    this.cancelSilence();
    this.socket = null;
    if (socket === null) return false;
    socket.close();
    return true;
  }

  private retry(refusal: Refusal | null = null): void {
    if (this.isEnded) return;
    this.listener.lost(refusal);
    if (refusal?.isFinal === true) return this.end();
    this.cancelPause();
    this.cancelPause = this.surroundings.after(this.pauseMs, () => this.connect());
    this.pauseMs = Math.min(LONGEST_PAUSE_MS, this.pauseMs * 2);
  }
}
