/** The `request` and `response` lines, from what the log tells about a request. */
import { known } from '#base/assert';
import { errorOfResponse } from '#engine/NetworkClient/RequestEvents';
import type { ProduceResponse, ResponseBody } from '#engine/requests';
import { tpName, type TopicPartitions } from '#base/TopicPartition';
import type { CarriedBatch, RequestFacts } from './RequestIndex.ts';
import type { TraceLine } from './TraceLine.ts';

/** What all Produce requests of a producer have in common. */
export interface ProduceSettings {
  readonly acks: number;
  readonly requestTimeoutMs: number;
  readonly transactionalId: string | null;
  readonly compressionType: string;
}

interface Context {
  readonly partitions: TopicPartitions;
  readonly settings: ProduceSettings;
}

const nameOf = (context: Context, carried: CarriedBatch): string =>
  tpName(known(context.partitions.all[carried.tp], `partition ${carried.tp}`));

function batchOf(context: Context, carried: CarriedBatch): Readonly<Record<string, unknown>> {
  const { stamp } = carried;
  return {
    tp: nameOf(context, carried),
    records: carried.records,
    bytes: carried.sizeBytes,
    baseSeq: stamp?.baseSequence ?? -1,
    pid: stamp?.producerId ?? -1,
    epoch: stamp?.producerEpoch ?? -1,
    txn: stamp !== null && context.settings.transactionalId !== null,
    codec: context.settings.compressionType,
  };
}

const sorted = (names: unknown): readonly string[] =>
  Array.isArray(names) ? names.map(String).toSorted((a, b) => (a < b ? -1 : 1)) : [];

/** What a request other than Produce asks, in the words of a trace. */
function askedFields(
  api: string,
  asked: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  switch (api) {
    case 'METADATA':
      return { topics: sorted(asked['topics']) };
    case 'INIT_PRODUCER_ID':
      return { pid: asked['producerId'], epoch: asked['producerEpoch'] };
    case 'FIND_COORDINATOR':
      return { key: asked['key'] };
    case 'ADD_PARTITIONS_TO_TXN':
      return { partitions: sorted(asked['partitions']), epoch: asked['producerEpoch'] };
    case 'ADD_OFFSETS_TO_TXN':
      return { group: asked['groupId'], epoch: asked['producerEpoch'] };
    case 'TXN_OFFSET_COMMIT':
      return { group: asked['groupId'], epoch: asked['producerEpoch'], offsets: asked['offsets'] };
    case 'END_TXN':
      return { commit: asked['committed'], epoch: asked['producerEpoch'] };
    default:
      return {};
  }
}

export function requestLine(t: number, id: number, request: RequestFacts, context: Context): TraceLine {
  const { api, version, sizeBytes } = request.sent;
  const line = { t, ev: 'request', id, node: request.node, api, version };
  if (api !== 'PRODUCE') return { ...line, ...askedFields(api, request.asked) };
  const { acks, requestTimeoutMs, transactionalId } = context.settings;
  return {
    ...line,
    bytes: sizeBytes,
    acks,
    timeoutMs: requestTimeoutMs,
    ...(transactionalId === null ? {} : { txnId: transactionalId }),
    batches: request.carried.map((carried) => batchOf(context, carried)),
  };
}

/**
 * `body`: what was handed over. The log tells it when the client acts on it, which it does not when an older request
 * on the connection has no answer: NetworkClient throws then, what came in this poll is lost, and the Sender goes on.
 */
export function responseLine(
  t: number,
  id: number,
  request: RequestFacts,
  body: ResponseBody,
  context: Context,
): TraceLine {
  const { api } = request.sent;
  const line = { t, ev: 'response', id, node: request.node, api };
  if (body.api === 'PRODUCE') return { ...line, parts: partsOf(request, body, context) };
  const error = request.isLookedAt ? request.error : errorOfResponse(body);
  return error === null || api === 'METADATA' ? line : { ...line, error };
}

function partsOf(
  request: RequestFacts,
  body: ProduceResponse,
  context: Context,
): readonly Readonly<Record<string, unknown>>[] {
  return request.carried.map((carried, i) => {
    const answer = request.answers.get(carried.batch) ?? known(body.partitions[i], `partition ${i}`);
    return { tp: nameOf(context, carried), error: answer.error, baseOffset: answer.baseOffset };
  });
}
