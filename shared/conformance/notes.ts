/**
 * What a trace tells and a log does not: what the application asked for, the moments at which somebody outside
 * looked, and where in one select a thing was handed over. Each note knows its place in the log.
 */
import type { NodeId, RecordId, RequestId, ThreadId } from '#base/ids';
import type { ResponseBody } from '#engine/requests';
import type { RecordMetadata } from '#engine/ProducerRecord';
import type { JavaException } from '#record/exceptions';

export type NoteBody =
  | {
      readonly kind: 'send';
      readonly thread: ThreadId;
      readonly n: number;
      readonly topic: string;
      readonly partition: number | null;
      readonly key: string | null;
      readonly valueBytes: number;
    }
  | { readonly kind: 'sendReturned'; readonly n: number; readonly failure: JavaException | null }
  | { readonly kind: 'futureDone'; readonly n: number }
  /** The application's callback runs; with what, the log says. */
  | { readonly kind: 'completed'; readonly record: RecordId }
  | { readonly kind: 'connect' | 'connected'; readonly node: NodeId }
  | {
      readonly kind: 'disconnect';
      readonly node: NodeId;
      readonly reason: 'broker' | 'refused' | 'client';
    }
  | { readonly kind: 'received'; readonly request: RequestId; readonly body: ResponseBody }
  | { readonly kind: 'intercept'; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly kind: 'state'; readonly state: string; readonly pid: number; readonly epoch: number };

export type Note = NoteBody & {
  /** The note stands before the event with this number. */
  readonly seq: number;
  /** µs of run time. */
  readonly at: number;
};

/** What the application's callback was told. */
export interface ObservedOutcome {
  readonly record: RecordId;
  readonly metadata: RecordMetadata;
  readonly exception: JavaException | null;
}

/** What the last look at the transaction manager showed. */
export interface TransactionLook {
  readonly state: string;
  readonly pid: number;
  readonly epoch: number;
}

export class Notes {
  readonly list: Note[] = [];
  readonly outcomes: ObservedOutcome[] = [];
  private readonly place: () => { readonly seq: number; readonly at: number };
  private look: (() => TransactionLook) | null = null;
  private lastLook: TransactionLook | null = null;

  /** `place`: the number of the next event, and now. */
  constructor(place: () => { readonly seq: number; readonly at: number }) {
    this.place = place;
  }

  add(body: NoteBody): void {
    this.list.push({ ...body, ...this.place() });
  }

  /** From now on `sample` looks at this transaction manager; the first look is not noted. */
  watch(look: () => TransactionLook): void {
    this.look = look;
    this.lastLook = look();
  }

  /** Notes what has changed since the last look. What came and went between is not seen. */
  sample(): void {
    if (this.look === null) return;
    const now = this.look();
    const last = this.lastLook;
    if (last?.state === now.state && last.pid === now.pid && last.epoch === now.epoch) return;
    this.lastLook = now;
    this.add({ kind: 'state', ...now });
  }
}
