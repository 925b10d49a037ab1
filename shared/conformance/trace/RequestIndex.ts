/**
 * What the log tells about each request, gathered before the lines are made: a response's line stands where the
 * client got it, and what was in it is told only when the client has looked.
 */
import type { BatchId, NodeId, RequestId, TpId } from '#base/ids';
import { known } from '#base/assert';
import type { EventOf, PipelineEvent } from '#events/catalogue';

export interface CarriedBatch {
  readonly batch: BatchId;
  readonly tp: TpId;
  readonly records: number;
  readonly sizeBytes: number;
  /** As the batch was stamped when the request was made; null without a producer id. */
  readonly stamp: EventOf<'batch.stamped'> | null;
}

export interface RequestFacts {
  readonly sent: EventOf<'request.sent'>;
  readonly node: NodeId;
  readonly carried: CarriedBatch[];
  asked: Readonly<Record<string, unknown>>;
  /** The client has taken the response in. */
  isLookedAt: boolean;
  /** Of the whole response; null: none. */
  error: string | null;
  /** Of the partitions of a produce response. */
  readonly answers: Map<BatchId, { readonly error: string; readonly baseOffset: number }>;
}

interface BatchFacts {
  readonly tp: TpId;
  records: number;
  sizeBytes: number;
  stamp: EventOf<'batch.stamped'> | null;
}

export class RequestIndex {
  private readonly requests = new Map<RequestId, RequestFacts>();
  private readonly batches = new Map<BatchId, BatchFacts>();

  constructor(events: Iterable<PipelineEvent>) {
    for (const event of events) this.apply(event);
  }

  get(request: RequestId): RequestFacts {
    return known(this.requests.get(request), `request ${request}`);
  }

  tpOf(batch: BatchId): TpId {
    return this.batch(batch).tp;
  }

  private batch(batch: BatchId): BatchFacts {
    return known(this.batches.get(batch), `batch ${batch}`);
  }

  private apply(event: PipelineEvent): void {
    switch (event.type) {
      case 'batch.created':
        this.batches.set(event.batch, { tp: event.tp, records: 0, sizeBytes: 0, stamp: null });
        break;
      case 'batch.closed':
        this.batch(event.batch).records = event.records;
        break;
      case 'batch.drained':
        this.batch(event.batch).sizeBytes = event.sizeBytes;
        break;
      case 'batch.stamped':
        this.batch(event.batch).stamp = event;
        break;
      case 'request.sent':
        this.requests.set(event.request, {
          sent: event,
          node: event.node,
          carried: [],
          asked: {},
          isLookedAt: false,
          error: null,
          answers: new Map(),
        });
        break;
      case 'request.carried':
        this.get(event.request).carried.push({ batch: event.batch, ...this.batch(event.batch) });
        break;
      case 'request.asked':
        this.get(event.request).asked = event.what;
        break;
      case 'response.received':
        this.get(event.request).error = event.error;
        this.get(event.request).isLookedAt = true;
        break;
      case 'response.answered':
        this.get(event.request).answers.set(event.batch, event);
        break;
      default:
    }
  }
}
