/** Produce: batches in, an offset or an error for each partition out. */
import type { ErrorName } from '#record/Errors';
import { readError, type Api } from '../Api.ts';
import type { ByteReader } from '../ByteReader.ts';
import type { ByteWriter } from '../ByteWriter.ts';

/** From here on a topic goes by its id. */
export const TOPIC_ID_VERSION = 13;

export interface ProduceRequest {
  readonly transactionalId: string | null;
  /** −1, 0 or 1; a broker refuses others. With 0 there is no answer. */
  readonly acks: number;
  readonly timeoutMs: number;
  readonly topics: readonly {
    /** The name; from version 13 on the id, 32 hexadecimal digits. */
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly records: Uint8Array | null }[];
  }[];
}

export interface ProducePartition {
  readonly partition: number;
  readonly error: ErrorName;
  readonly baseOffset: number;
  /** −1 when the batch keeps the producer's time; set in the answer to a batch that the broker already had. */
  readonly logAppendTimeMs: number;
  readonly logStartOffset: number;
  /** Since version 8. */
  readonly recordErrors: readonly { readonly index: number; readonly message: string | null }[];
  readonly errorMessage: string | null;
  /** Since version 10 (KIP-951): who leads now. */
  readonly currentLeader: { readonly leader: number; readonly leaderEpoch: number } | null;
}

export interface ProduceResponse {
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly ProducePartition[] }[];
  readonly throttleTimeMs: number;
}

export const PRODUCE: Api<ProduceRequest, ProduceResponse> = {
  name: 'Produce',
  key: 0,
  versions: [3, 13],
  flexibleFrom: 9,
  encode(writer, request, version) {
    writer.string(request.transactionalId);
    writer.int16(request.acks);
    writer.int32(request.timeoutMs);
    writer.array(request.topics, ({ topic, partitions }) => {
      writeTopicName(writer, topic, version);
      writer.array(partitions, ({ partition, records }) => {
        writer.int32(partition);
        writer.byteString(records);
        writer.tags();
      });
      writer.tags();
    });
    writer.tags();
  },
  decode(reader, version) {
    const topics = reader.array(() => {
      const topic = version >= TOPIC_ID_VERSION ? reader.uuid() : reader.string();
      const partitions = reader.array(() => readPartition(reader, version));
      reader.tags();
      return { topic, partitions };
    });
    const throttleTimeMs = reader.int32();
    // The addresses of the leaders that the hints name: known from Metadata as well.
    reader.tags();
    return { topics, throttleTimeMs };
  },
};

function writeTopicName(writer: ByteWriter, topic: string, version: number): void {
  if (version >= TOPIC_ID_VERSION) writer.uuid(topic);
  else writer.string(topic);
}

function readPartition(reader: ByteReader, version: number): ProducePartition {
  const partition = reader.int32();
  const error = readError(reader);
  const baseOffset = reader.int64();
  const logAppendTimeMs = reader.int64();
  const logStartOffset = version >= 5 ? reader.int64() : -1;
  const recordErrors = version >= 8 ? reader.array(readRecordError) : [];
  const errorMessage = version >= 8 ? reader.nullableString() : null;
  let currentLeader: ProducePartition['currentLeader'] = null;
  reader.tags((tag, value) => {
    if (tag === 0) currentLeader = { leader: value.int32(), leaderEpoch: value.int32() };
  });
  return {
    partition,
    error,
    baseOffset,
    logAppendTimeMs,
    logStartOffset,
    recordErrors,
    errorMessage,
    currentLeader,
  };
}

function readRecordError(reader: ByteReader): ProducePartition['recordErrors'][number] {
  const index = reader.int32();
  const message = reader.nullableString();
  reader.tags();
  return { index, message };
}
