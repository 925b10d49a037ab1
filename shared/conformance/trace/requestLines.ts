/** The `request` and `response` lines, from what the log tells about a request. */
import { known } from '#base/assert';
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

export function responseLine(t: number, id: number, request: RequestFacts, context: Context): TraceLine {
  const { api } = request.sent;
  const line = { t, ev: 'response', id, node: request.node, api };
  if (api === 'PRODUCE')
    return {
      ...line,
      parts: request.carried.map((carried) => {
        const answer = request.answers.get(carried.batch);
        return {
          tp: nameOf(context, carried),
          error: answer?.error ?? 'not looked at',
          baseOffset: answer?.baseOffset ?? -1,
        };
      }),
    };
  return request.error === null || api === 'METADATA' ? line : { ...line, error: request.error };
}
