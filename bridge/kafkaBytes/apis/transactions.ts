/** Producer ids and transactions: InitProducerId, AddPartitionsToTxn, AddOffsetsToTxn, TxnOffsetCommit, EndTxn. */
import type { ErrorName } from '#record/Errors';
import { readError, readTopic, writeTopics, type Api, type OfTopic } from '../Api.ts';
import type { ByteReader } from '../ByteReader.ts';
import type { ByteWriter } from '../ByteWriter.ts';

export interface ProducerIdAndEpoch {
  readonly producerId: number;
  readonly producerEpoch: number;
}
export interface PartitionError {
  readonly partition: number;
  readonly error: ErrorName;
}

const NO_PRODUCER: ProducerIdAndEpoch = { producerId: -1, producerEpoch: -1 };

const readProducer = (reader: ByteReader): ProducerIdAndEpoch => ({
  producerId: reader.int64(),
  producerEpoch: reader.int16(),
});

function writeProducer(writer: ByteWriter, { producerId, producerEpoch }: ProducerIdAndEpoch): void {
  writer.int64(producerId);
  writer.int16(producerEpoch);
}

function readPartitionError(reader: ByteReader): PartitionError {
  const answer = { partition: reader.int32(), error: readError(reader) };
  reader.tags();
  return answer;
}

export interface InitProducerIdRequest extends ProducerIdAndEpoch {
  readonly transactionalId: string | null;
  readonly transactionTimeoutMs: number;
}
export interface InitProducerIdResponse extends ProducerIdAndEpoch {
  readonly error: ErrorName;
}

export const INIT_PRODUCER_ID: Api<InitProducerIdRequest, InitProducerIdResponse> = {
  name: 'InitProducerId',
  key: 22,
  versions: [0, 5],
  flexibleFrom: 2,
  encode(writer, request, version) {
    writer.string(request.transactionalId);
    writer.int32(request.transactionTimeoutMs);
    if (version >= 3) writeProducer(writer, request);
    writer.tags();
  },
  decode(reader) {
    reader.int32();
    const error = readError(reader);
    const answer = { error, ...readProducer(reader) };
    reader.tags();
    return answer;
  },
};

export interface AddPartitionsToTxnRequest extends ProducerIdAndEpoch {
  readonly transactionalId: string;
  readonly topics: readonly OfTopic<number>[];
}

/** Up to version 3, which clients use; later ones are for brokers. */
export const ADD_PARTITIONS_TO_TXN: Api<AddPartitionsToTxnRequest, readonly OfTopic<PartitionError>[]> = {
  name: 'AddPartitionsToTxn',
  key: 24,
  versions: [0, 3],
  flexibleFrom: 3,
  encode(writer, request) {
    writer.string(request.transactionalId);
    writeProducer(writer, request);
    writeTopics(writer, request.topics, (partition) => writer.int32(partition));
    writer.tags();
  },
  decode(reader) {
    reader.int32();
    const topics = reader.array(() => readTopic(reader, readPartitionError));
    reader.tags();
    return topics;
  },
};

export interface AddOffsetsToTxnRequest extends ProducerIdAndEpoch {
  readonly transactionalId: string;
  readonly groupId: string;
}

export const ADD_OFFSETS_TO_TXN: Api<AddOffsetsToTxnRequest, { readonly error: ErrorName }> = {
  name: 'AddOffsetsToTxn',
  key: 25,
  versions: [0, 4],
  flexibleFrom: 3,
  encode(writer, request) {
    writer.string(request.transactionalId);
    writeProducer(writer, request);
    writer.string(request.groupId);
    writer.tags();
  },
  decode(reader) {
    reader.int32();
    const error = readError(reader);
    reader.tags();
    return { error };
  },
};

export interface TxnOffsetCommitRequest extends AddOffsetsToTxnRequest {
  readonly generationId: number;
  readonly memberId: string;
  readonly topics: readonly OfTopic<{
    readonly partition: number;
    readonly offset: number;
    readonly metadata: string;
  }>[];
}

export const TXN_OFFSET_COMMIT: Api<TxnOffsetCommitRequest, readonly OfTopic<PartitionError>[]> = {
  name: 'TxnOffsetCommit',
  key: 28,
  versions: [2, 5],
  flexibleFrom: 3,
  encode(writer, request, version) {
    writer.string(request.transactionalId);
    writer.string(request.groupId);
    writeProducer(writer, request);
    if (version >= 3) {
      writer.int32(request.generationId);
      writer.string(request.memberId);
      writer.string(null);
    }
    writeTopics(writer, request.topics, ({ partition, offset, metadata }) => {
      writer.int32(partition);
      writer.int64(offset);
      writer.int32(-1);
      writer.string(metadata);
      writer.tags();
    });
    writer.tags();
  },
  decode(reader) {
    reader.int32();
    const topics = reader.array(() => readTopic(reader, readPartitionError));
    reader.tags();
    return topics;
  },
};

export interface EndTxnRequest extends ProducerIdAndEpoch {
  readonly transactionalId: string;
  readonly committed: boolean;
}

/** Since version 5 the answer names the id and epoch for the next transaction (KIP-890). */
export const END_TXN: Api<EndTxnRequest, InitProducerIdResponse> = {
  name: 'EndTxn',
  key: 26,
  versions: [0, 5],
  flexibleFrom: 3,
  encode(writer, request) {
    writer.string(request.transactionalId);
    writeProducer(writer, request);
    writer.boolean(request.committed);
    writer.tags();
  },
  decode(reader, version) {
    reader.int32();
    const error = readError(reader);
    const producer = version >= 5 ? readProducer(reader) : NO_PRODUCER;
    reader.tags();
    return { error, ...producer };
  },
};
