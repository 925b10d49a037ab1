/**
 * Which errors brokers answered, and what the producers did with each: an index, filled in order and read as of a seq.
 * What follows an answer belongs to it by its batch, or by coming from the same client at the same instant.
 */
import { countBefore } from '#base/countBefore';
import type { EventOf, PipelineEvent } from '#events/catalogue';

export const ERROR_DEEDS = [
  'answered',
  'retried',
  'split',
  'acked',
  'failed',
  'new-epoch',
  'abortable',
  'fatal',
] as const;
export type ErrorDeed = (typeof ERROR_DEEDS)[number];
export type ErrorCounts = Readonly<Record<ErrorDeed, number>>;

/** Numbers of the events at which each was done, rising. */
type Deeds = Map<ErrorDeed, number[]>;

interface OpenRequest {
  readonly client: number;
  readonly batches: number[];
}

export class ErrorTally {
  private readonly deeds = new Map<string, Deeds>();
  private readonly requests = new Map<number, OpenRequest>();
  private readonly withoutAnswer = new Set<number>();
  private readonly errorOfBatch = new Map<number, string>();
  private readonly lastOfClient = new Map<number, { readonly error: string; readonly at: number }>();
  /** Whose answer was received last: those of its batches follow. */
  private received: { readonly client: number; readonly at: number } | null = null;

  /** Errors of events [0, seq), those that came first first. */
  errors(seq: number): readonly string[] {
    return [...this.deeds.keys()].filter((error) => this.counts(error, seq).answered > 0);
  }

  /** With events [0, seq) applied. */
  counts(error: string, seq: number): ErrorCounts {
    const deeds = this.deeds.get(error);
    const count = (deed: ErrorDeed): number => {
      const seqs = deeds?.get(deed) ?? [];
      return countBefore(seqs.length, (i) => (seqs[i] ?? 0) < seq);
    };
    return {
      answered: count('answered'),
      retried: count('retried'),
      split: count('split'),
      acked: count('acked'),
      failed: count('failed'),
      'new-epoch': count('new-epoch'),
      abortable: count('abortable'),
      fatal: count('fatal'),
    };
  }

  add(event: PipelineEvent): void {
    switch (event.type) {
      case 'client.started':
        if (event.config['acks'] === '0') this.withoutAnswer.add(event.client);
        break;
      case 'request.sent':
        if (event.api !== 'PRODUCE' || !this.withoutAnswer.has(event.client)) {
          this.requests.set(event.request, { client: event.client, batches: [] });
        }
        break;
      case 'request.carried':
        this.requests.get(event.request)?.batches.push(event.batch);
        break;
      case 'response.answered':
        this.answered(event);
        break;
      case 'response.received':
        this.responseReceived(event);
        break;
      case 'request.lost':
        this.lost(event);
        break;
      case 'metadata.updated':
        for (const error of Object.values(event.errors)) this.note(error, 'answered', event.seq);
        break;
      default:
        this.addDeed(event);
    }
  }

  private addDeed(event: PipelineEvent): void {
    switch (event.type) {
      case 'batch.requeued':
        this.note(event.error, 'retried', event.seq);
        break;
      case 'batch.split':
        this.note('MESSAGE_TOO_LARGE', 'split', event.seq);
        this.errorOfBatch.delete(event.batch);
        break;
      case 'batch.completed':
        this.ended(event.batch, 'acked', event.seq);
        break;
      case 'batch.failed':
        // One that expired did not fail because of what was answered before.
        if (event.expired) this.errorOfBatch.delete(event.batch);
        else this.ended(event.batch, 'failed', event.seq);
        break;
      case 'epoch.bumped':
        this.followed(event.client, 'new-epoch', event);
        break;
      case 'transaction.queued':
        if (event.isRetry) this.followed(event.client, 'retried', event);
        break;
      case 'transaction.moved':
        if (event.to === 'ABORTABLE_ERROR') this.followed(event.client, 'abortable', event);
        if (event.to === 'FATAL_ERROR') this.followed(event.client, 'fatal', event);
        break;
      default:
    }
  }

  /** Of one batch in a Produce request. The answer was received just before, so its request is known no more. */
  private answered({ batch, error, seq }: EventOf<'response.answered'>): void {
    if (error === 'NONE') return;
    this.note(error, 'answered', seq);
    this.errorOfBatch.set(batch, error);
    const { received } = this;
    if (received !== null) this.lastOfClient.set(received.client, { error, at: received.at });
  }

  private responseReceived({ request, error, seq, at }: EventOf<'response.received'>): void {
    const client = this.requests.get(request)?.client ?? -1;
    this.requests.delete(request);
    this.received = { client, at };
    if (error === null) return;
    this.note(error, 'answered', seq);
    this.lastOfClient.set(client, { error, at });
  }

  /** §5.8: a request without an answer counts as this error for each of its batches. */
  private lost({ request, by, seq, at }: EventOf<'request.lost'>): void {
    const open = this.requests.get(request);
    this.requests.delete(request);
    if (open === undefined || open.batches.length === 0 || by === 'version-mismatch') return;
    const error = by === 'timed-out' ? 'REQUEST_TIMED_OUT' : 'NETWORK_EXCEPTION';
    for (const batch of open.batches) {
      this.note(error, 'answered', seq);
      this.errorOfBatch.set(batch, error);
    }
    this.lastOfClient.set(open.client, { error, at });
  }

  private ended(batch: number, deed: ErrorDeed, seq: number): void {
    const error = this.errorOfBatch.get(batch);
    if (error === undefined) return;
    this.errorOfBatch.delete(batch);
    // A batch that is acked after a retry is acked for another answer, except where the error itself says so.
    if (deed === 'failed' || error === 'DUPLICATE_SEQUENCE_NUMBER') this.note(error, deed, seq);
  }

  private followed(client: number, deed: ErrorDeed, { at, seq }: PipelineEvent): void {
    const last = this.lastOfClient.get(client);
    if (last !== undefined && last.at === at) this.note(last.error, deed, seq);
  }

  private note(error: string, deed: ErrorDeed, seq: number): void {
    let deeds = this.deeds.get(error);
    if (deeds === undefined) {
      deeds = new Map();
      this.deeds.set(error, deeds);
    }
    const seqs = deeds.get(deed);
    if (seqs === undefined) deeds.set(deed, [seq]);
    else seqs.push(seq);
  }
}
