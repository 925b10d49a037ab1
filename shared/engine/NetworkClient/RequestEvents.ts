/** What the log says of requests and responses, for NetworkClient. */
import type { ClientId, RequestId } from '#base/ids';
import { tpName } from '#base/TopicPartition';
import type { WriterOf } from '#events/catalogue';
import type { ErrorName } from '#record/Errors';
import type { ClientRequest, LostBy } from '../KafkaClient.ts';
import type { RequestBody, ResponseBody } from '../requests.ts';
import { requestSizeBytes, responseSizeBytes } from '../requestSizes.ts';
import type { RunContext } from '../RunContext.ts';
import type { InFlightRequest } from './InFlightRequests.ts';

export class RequestEvents {
  private readonly client: ClientId;
  private readonly clientName: string;
  private readonly requestSent: WriterOf<'request.sent'>;
  private readonly requestCarried: WriterOf<'request.carried'>;
  private readonly requestAsked: WriterOf<'request.asked'>;
  private readonly requestLost: WriterOf<'request.lost'>;
  private readonly responseReceived: WriterOf<'response.received'>;

  constructor(run: RunContext, client: ClientId, clientName: string) {
    this.client = client;
    this.clientName = clientName;
    this.requestSent = run.events.writer('request.sent');
    this.requestCarried = run.events.writer('request.carried');
    this.requestAsked = run.events.writer('request.asked');
    this.requestLost = run.events.writer('request.lost');
    this.responseReceived = run.events.writer('response.received');
  }

  /** Returns the size of the request in bytes. */
  sent(request: ClientRequest, version: number, correlationId: number): number {
    const { body } = request;
    const sizeBytes = requestSizeBytes(body, version, this.clientName);
    this.requestSent(request.id, this.client, request.node, body.api, version, sizeBytes, correlationId);
    if (body.api === 'PRODUCE')
      for (const carried of body.batches) this.requestCarried(request.id, carried.batch.id);
    else if (body.api !== 'API_VERSIONS') this.requestAsked(request.id, whatIsAsked(body));
    return sizeBytes;
  }

  lost(request: RequestId, by: LostBy): void {
    this.requestLost(request, by);
  }

  received({ request, version }: InFlightRequest, body: ResponseBody): void {
    const sizeBytes = responseSizeBytes(body, version, request.body);
    this.responseReceived(request.id, errorOfResponse(body), sizeBytes, body.throttleTimeMs);
  }
}

/** The body under its own names; partitions as texts, in order of the text. */
function whatIsAsked(body: RequestBody): Readonly<Record<string, unknown>> {
  switch (body.api) {
    case 'METADATA':
      return { topics: body.topics.toSorted(), isPartialUpdate: body.isPartialUpdate };
    case 'INIT_PRODUCER_ID':
    case 'FIND_COORDINATOR':
    case 'ADD_OFFSETS_TO_TXN':
    case 'END_TXN': {
      const { api: _, ...fields } = body;
      return fields;
    }
    case 'ADD_PARTITIONS_TO_TXN': {
      const { transactionalId, producerId, producerEpoch } = body;
      const partitions = body.partitions.map(tpName).toSorted();
      return { transactionalId, producerId, producerEpoch, partitions };
    }
    case 'TXN_OFFSET_COMMIT': {
      const { transactionalId, groupId, producerId, producerEpoch } = body;
      const offsets = Object.fromEntries(body.offsets.map(({ tp, offset }) => [tpName(tp), offset]));
      return { transactionalId, groupId, producerId, producerEpoch, offsets };
    }
    case 'PRODUCE':
    case 'API_VERSIONS':
      return {};
  }
}

/** The error of a whole response; null: none, or the API has its errors per partition or topic. */
export function errorOfResponse(body: ResponseBody): ErrorName | null {
  switch (body.api) {
    case 'PRODUCE':
    case 'METADATA':
      return null;
    case 'ADD_PARTITIONS_TO_TXN':
    case 'TXN_OFFSET_COMMIT':
      return body.errors.find((partition) => partition.error !== 'NONE')?.error ?? null;
    case 'API_VERSIONS':
    case 'INIT_PRODUCER_ID':
    case 'FIND_COORDINATOR':
    case 'ADD_OFFSETS_TO_TXN':
    case 'END_TXN':
      return body.error === 'NONE' ? null : body.error;
  }
}
