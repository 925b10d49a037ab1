/** Answers to the requests about producer ids and transactions (FORMAT.md §5). */
import type {
  AddOffsetsToTxnRequest,
  AddPartitionsToTxnRequest,
  EndTxnRequest,
  FindCoordinatorRequest,
  InitProducerIdRequest,
  ResponseBody,
  TxnOffsetCommitRequest,
} from '#engine/requests';
import { errorMessage, type ErrorName } from '#record/Errors';
import { brokerAddress } from './metadata.ts';
import type { TransactionCoordinator } from './TransactionCoordinator.ts';

export type TransactionalRequest =
  | InitProducerIdRequest
  | FindCoordinatorRequest
  | AddPartitionsToTxnRequest
  | EndTxnRequest
  | AddOffsetsToTxnRequest
  | TxnOffsetCommitRequest;

/** From this version of EndTxn on every finished transaction raises the epoch (KIP-890). */
const BUMPS_EPOCH_FROM_VERSION = 5;
/** From this version of TxnOffsetCommit on the group joins a transaction by committing in it. */
const JOINS_FROM_VERSION = 5;

const refused = (error: ErrorName) => ({ error, producerId: -1, producerEpoch: -1 });

/** `fault`: an error that a rule answers; the request then has no effect. */
export function answerTransactional(
  request: TransactionalRequest,
  version: number,
  fault: ErrorName | null,
  coordinator: TransactionCoordinator,
  brokers: { readonly coordinator: number; readonly groupCoordinator: number | null },
): ResponseBody {
  const throttleTimeMs = 0;
  switch (request.api) {
    case 'INIT_PRODUCER_ID': {
      const identity =
        fault === null
          ? coordinator.initProducerId(request.transactionalId, request.producerId, request.producerEpoch)
          : refused(fault);
      return { api: 'INIT_PRODUCER_ID', throttleTimeMs, ...identity };
    }
    case 'FIND_COORDINATOR': {
      const error = fault ?? 'NONE';
      const { coordinator: ofTransactions, groupCoordinator: ofGroups } = brokers;
      const broker = request.keyType === 'group' ? (ofGroups ?? ofTransactions) : ofTransactions;
      return {
        api: 'FIND_COORDINATOR',
        throttleTimeMs,
        error,
        errorMessage: errorMessage(error),
        node: brokerAddress(broker),
      };
    }
    case 'ADD_PARTITIONS_TO_TXN': {
      const { transactionalId, producerId, producerEpoch, partitions } = request;
      const error =
        fault ?? coordinator.addPartitions(transactionalId, producerId, producerEpoch, partitions);
      return {
        api: 'ADD_PARTITIONS_TO_TXN',
        throttleTimeMs,
        errors: partitions.map((tp) => ({ tp, error })),
      };
    }
    case 'END_TXN': {
      const { transactionalId, producerId, producerEpoch, committed } = request;
      const bumps = version >= BUMPS_EPOCH_FROM_VERSION;
      const identity =
        fault === null
          ? coordinator.endTransaction(transactionalId, producerId, producerEpoch, committed, bumps)
          : refused(fault);
      return { api: 'END_TXN', throttleTimeMs, ...(bumps ? identity : refused(identity.error)) };
    }
    case 'ADD_OFFSETS_TO_TXN': {
      const { transactionalId, producerId, producerEpoch } = request;
      const error = fault ?? coordinator.addPartitions(transactionalId, producerId, producerEpoch, []);
      return { api: 'ADD_OFFSETS_TO_TXN', throttleTimeMs, error };
    }
    case 'TXN_OFFSET_COMMIT': {
      const { transactionalId, producerId, producerEpoch, offsets } = request;
      const joins = version >= JOINS_FROM_VERSION;
      const error = fault ?? coordinator.commitOffsets(transactionalId, producerId, producerEpoch, joins);
      return {
        api: 'TXN_OFFSET_COMMIT',
        throttleTimeMs,
        errors: offsets.map(({ tp }) => ({ tp, error })),
      };
    }
  }
}
