/** One direction of one connection: what comes in goes out in order, later by what the link adds, or not at all. */
import type { Socket } from 'node:net';
import type { FrameScanner } from './FrameScanner.ts';
import type { LinkState } from './messages.ts';

/** null: the end of the stream. */
type Piece = { readonly bytes: Buffer | null; readonly dueMs: number };

/** More than this on its way, and the sender is held back as by a full window. */
const MOST_BYTES = 8 * 1024 * 1024;

export class Lane {
  private readonly source: Socket;
  private readonly sink: Socket;
  private readonly state: () => LinkState;
  private readonly scanner: FrameScanner;
  private readonly waiting: Piece[] = [];
  private waitingBytes = 0;
  private timer: NodeJS.Timeout | null = null;
  /** Something was lost on it: as with TCP, nothing that follows arrives, nor the word that the connection has ended. */
  isStuck = false;

  constructor(source: Socket, sink: Socket, state: () => LinkState, scanner: FrameScanner) {
    this.source = source;
    this.sink = sink;
    this.state = state;
    this.scanner = scanner;
    source.on('data', (chunk) => this.take(chunk));
    source.on('end', () => this.put(null));
    source.on('close', () => this.put(null));
    sink.on('drain', () => this.holdBack());
    sink.on('close', () => this.stop());
  }

  private take(chunk: Buffer): void {
    if (this.state().cut) this.isStuck = true;
    // What is lost is taken all the same, so that its sender does not notice.
    if (this.isStuck) return;
    const { bytes, isEnded } = this.scanner.take(chunk);
    if (bytes.length > 0) this.put(bytes);
    if (isEnded) this.isStuck = true;
  }

  private put(bytes: Buffer | null): void {
    const { addedMs, cut } = this.state();
    if (cut) this.isStuck = true;
    if (this.isStuck) return;
    const now = performance.now();
    const dueMs = Math.max(now + addedMs, this.waiting.at(-1)?.dueMs ?? 0);
    if (this.waiting.length === 0 && dueMs <= now) return this.deliver(bytes);
    this.waiting.push({ bytes, dueMs });
    this.waitingBytes += bytes?.length ?? 0;
    this.holdBack();
    this.timer ??= this.plan();
  }

  private plan(): NodeJS.Timeout | null {
    const [first] = this.waiting;
    if (first === undefined) return null;
    return setTimeout(() => this.deliverDue(), Math.max(0, first.dueMs - performance.now()));
  }

  private deliverDue(): void {
    const now = performance.now();
    for (let [first] = this.waiting; first !== undefined && first.dueMs <= now; [first] = this.waiting) {
      this.waiting.shift();
      this.waitingBytes -= first.bytes?.length ?? 0;
      this.deliver(first.bytes);
    }
    this.holdBack();
    this.timer = this.plan();
  }

  private deliver(bytes: Buffer | null): void {
    if (this.sink.destroyed) return;
    if (bytes !== null) {
      this.sink.write(bytes);
      this.holdBack();
    } else if (this.source.errored === null) this.sink.end();
    else this.sink.resetAndDestroy();
  }

  private holdBack(): void {
    if (this.sink.writableNeedDrain || this.waitingBytes > MOST_BYTES) this.source.pause();
    else this.source.resume();
  }

  private stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.waiting.length = 0;
    this.isStuck = true;
  }
}
