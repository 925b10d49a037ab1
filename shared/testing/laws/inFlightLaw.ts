/**
 * The in-flight limits: never more requests on a connection than `max.in.flight.requests.per.connection`, and where that
 * is 1, never two requests with batches of one partition.
 */
import type { BatchId, ClientId, NodeId, RequestId, TpId } from '#base/ids';
import type { PipelineEvent } from '#events/catalogue';
import type { Law, LawContext } from './Law.ts';

const LAW = 'in-flight limit';

interface Flight {
  readonly client: ClientId;
  readonly node: NodeId;
  readonly isAnswered: boolean;
  readonly partitions: TpId[];
}

export class InFlightLaw implements Law {
  private readonly context: LawContext;
  private readonly limits = new Map<ClientId, { readonly limit: number; readonly hasAcks: boolean }>();
  private readonly flights = new Map<RequestId, Flight>();

  constructor(context: LawContext) {
    this.context = context;
  }

  add(event: PipelineEvent): void {
    switch (event.type) {
      case 'client.started':
        this.limits.set(event.client, {
          limit: Number(event.config['max.in.flight.requests.per.connection']),
          hasAcks: event.config['acks'] !== '0',
        });
        break;
      case 'request.sent': {
        const isAnswered = event.api !== 'PRODUCE' || (this.limits.get(event.client)?.hasAcks ?? true);
        const { client, node } = event;
        this.flights.set(event.request, { client, node, isAnswered, partitions: [] });
        this.count(client, node);
        break;
      }
      case 'request.carried':
        this.carried(event.request, event.batch);
        break;
      case 'request.written':
        // acks=0: over when it is written.
        if (this.flights.get(event.request)?.isAnswered === false) this.flights.delete(event.request);
        break;
      case 'request.lost':
      case 'response.received':
        this.flights.delete(event.request);
        break;
      case 'client.closed':
        for (const [request, { client }] of this.flights) {
          if (client === event.client) this.flights.delete(request);
        }
        break;
      default:
    }
  }

  private count(client: ClientId, node: NodeId): void {
    let flying = 0;
    for (const flight of this.flights.values()) {
      if (flight.client === client && flight.node === node) flying++;
    }
    const limit = this.limits.get(client)?.limit ?? Infinity;
    if (flying > limit) {
      this.context.broken(
        LAW,
        `producer ${client} has ${flying} requests in flight to broker ${node}, of ${limit}`,
      );
    }
  }

  private carried(request: RequestId, batch: BatchId): void {
    const flight = this.flights.get(request);
    if (flight === undefined) return;
    const { tp } = this.context.batches.get(batch);
    if (this.limits.get(flight.client)?.limit === 1) {
      for (const other of this.flights.values()) {
        if (other.client === flight.client && other.partitions.includes(tp)) {
          this.context.broken(LAW, `producer ${flight.client} has two batches of partition ${tp} in flight`);
        }
      }
    }
    flight.partitions.push(tp);
  }

  end(): void {
    // Requests of a run that rests may wait for ever on a broker that is away.
  }
}
