/** The rows of §8.5 and their like: errors of the requests beside Produce, to a producer with transactions. */
import type { REQUEST_APIS } from '#events/words';
import type { ErrorName } from '#record/Errors';

/** Which request is answered so. */
export type RequestApi = Exclude<(typeof REQUEST_APIS)[number], 'PRODUCE' | 'METADATA' | 'API_VERSIONS'>;

/** abortable: the transaction can only be aborted. fatal: the producer can only be closed. */
export type RequestReaction = 'retried' | 'abortable' | 'fatal';

export interface RequestError {
  readonly api: RequestApi;
  readonly error: ErrorName;
  readonly reaction: RequestReaction;
  /** One plain sentence. */
  readonly meaning: string;
  readonly application: string;
}

type Meaning = readonly [meaning: string, application: string];

const NOTHING = 'Nothing, while it lasts no longer than max.block.ms; then make the same call again.';
const ABORT = 'Abort the transaction and do it again.';
const CLOSE = 'Close the producer and make a new one.';

const MEANINGS = {
  COORDINATOR_NOT_AVAILABLE: ['The coordinator is not there, or not yet: it is looked for anew.', NOTHING],
  NOT_COORDINATOR: ['Another broker is the coordinator now: it is looked for anew.', NOTHING],
  COORDINATOR_LOAD_IN_PROGRESS: ['The coordinator still reads its log.', NOTHING],
  CONCURRENT_TRANSACTIONS: ['The transaction before this one is still being completed.', NOTHING],
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: [
    'The principal may not use the transactional id.',
    'Have the permission granted; a call of initTransactions may be made again, any other needs a new producer.',
  ],
  CLUSTER_AUTHORIZATION_FAILED: [
    'The principal may not get a producer id.',
    'Have the permission granted, then call initTransactions again.',
  ],
  TOPIC_AUTHORIZATION_FAILED: ['The principal may not write to a topic of the transaction.', ABORT],
  GROUP_AUTHORIZATION_FAILED: ['The principal may not commit offsets of the group.', ABORT],
  UNKNOWN_TOPIC_OR_PARTITION: ['The broker does not know the partition, or not yet.', NOTHING],
  OPERATION_NOT_ATTEMPTED: [
    'Another partition of the request was refused, so this one was not tried.',
    ABORT,
  ],
  INVALID_PRODUCER_EPOCH: ['A newer producer with the same transactional id has taken over.', CLOSE],
  PRODUCER_FENCED: ['A newer producer with the same transactional id has taken over.', CLOSE],
  INVALID_TXN_STATE: ['The transaction is not in a state that allows it.', CLOSE],
  INVALID_PRODUCER_ID_MAPPING: [
    'The coordinator knows another producer id for this transactional id.',
    CLOSE,
  ],
  INVALID_TRANSACTION_TIMEOUT: [
    'transaction.timeout.ms is larger than the broker allows.',
    'Lower transaction.timeout.ms, or raise transaction.max.timeout.ms of the brokers.',
  ],
  TRANSACTION_ABORTABLE: ['The transaction cannot be completed, and the producer can go on.', ABORT],
  UNKNOWN_PRODUCER_ID: ['The coordinator remembers nothing of this producer.', ABORT],
  UNKNOWN_MEMBER_ID: ['The consumer is no member of the group any more.', ABORT],
  ILLEGAL_GENERATION: [
    'The group has been rebalanced since: the offsets are another member’s business.',
    ABORT,
  ],
  FENCED_INSTANCE_ID: ['Another consumer with the same group.instance.id has taken over.', ABORT],
  UNSUPPORTED_FOR_MESSAGE_FORMAT: ['The offsets topic cannot hold transactions.', CLOSE],
  UNKNOWN_SERVER_ERROR: ['The broker failed in a way that it has no name for.', CLOSE],
} as const satisfies Partial<Record<ErrorName, Meaning>>;

type Known = keyof typeof MEANINGS;

/** abortTransaction() begins initTransactions anew by itself, and the client trips over its own second one. */
const BEFORE_THE_FIRST =
  'Close the producer and make a new one: where initTransactions was answered so, abortTransaction() breaks it for good.';

const isBeforeTheFirst = (api: RequestApi, error: Known): boolean =>
  error === 'TRANSACTION_ABORTABLE' && (api === 'INIT_PRODUCER_ID' || api === 'FIND_COORDINATOR');

/** What each handler of the client does; errors that are not named are fatal. */
const HANDLERS: Readonly<Record<RequestApi, Readonly<Record<RequestReaction, readonly Known[]>>>> = {
  FIND_COORDINATOR: {
    retried: ['COORDINATOR_NOT_AVAILABLE', 'COORDINATOR_LOAD_IN_PROGRESS'],
    abortable: ['GROUP_AUTHORIZATION_FAILED', 'TRANSACTION_ABORTABLE'],
    fatal: ['TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'UNKNOWN_SERVER_ERROR'],
  },
  INIT_PRODUCER_ID: {
    retried: [
      'COORDINATOR_NOT_AVAILABLE',
      'NOT_COORDINATOR',
      'COORDINATOR_LOAD_IN_PROGRESS',
      'CONCURRENT_TRANSACTIONS',
    ],
    abortable: [
      'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
      'CLUSTER_AUTHORIZATION_FAILED',
      'TRANSACTION_ABORTABLE',
    ],
    fatal: [
      'INVALID_PRODUCER_EPOCH',
      'PRODUCER_FENCED',
      'INVALID_TRANSACTION_TIMEOUT',
      'UNKNOWN_SERVER_ERROR',
    ],
  },
  ADD_PARTITIONS_TO_TXN: {
    retried: [
      'COORDINATOR_NOT_AVAILABLE',
      'NOT_COORDINATOR',
      'COORDINATOR_LOAD_IN_PROGRESS',
      'CONCURRENT_TRANSACTIONS',
      'UNKNOWN_TOPIC_OR_PARTITION',
    ],
    abortable: [
      'TOPIC_AUTHORIZATION_FAILED',
      'OPERATION_NOT_ATTEMPTED',
      'UNKNOWN_PRODUCER_ID',
      'TRANSACTION_ABORTABLE',
      'UNKNOWN_SERVER_ERROR',
    ],
    fatal: [
      'INVALID_PRODUCER_EPOCH',
      'PRODUCER_FENCED',
      'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
      'INVALID_TXN_STATE',
      'INVALID_PRODUCER_ID_MAPPING',
    ],
  },
  ADD_OFFSETS_TO_TXN: {
    retried: [
      'COORDINATOR_NOT_AVAILABLE',
      'NOT_COORDINATOR',
      'COORDINATOR_LOAD_IN_PROGRESS',
      'CONCURRENT_TRANSACTIONS',
    ],
    abortable: ['GROUP_AUTHORIZATION_FAILED', 'UNKNOWN_PRODUCER_ID', 'TRANSACTION_ABORTABLE'],
    fatal: [
      'INVALID_PRODUCER_EPOCH',
      'PRODUCER_FENCED',
      'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
      'INVALID_TXN_STATE',
      'INVALID_PRODUCER_ID_MAPPING',
      'UNKNOWN_SERVER_ERROR',
    ],
  },
  TXN_OFFSET_COMMIT: {
    retried: [
      'COORDINATOR_NOT_AVAILABLE',
      'NOT_COORDINATOR',
      'COORDINATOR_LOAD_IN_PROGRESS',
      'UNKNOWN_TOPIC_OR_PARTITION',
    ],
    abortable: [
      'GROUP_AUTHORIZATION_FAILED',
      'FENCED_INSTANCE_ID',
      'UNKNOWN_MEMBER_ID',
      'ILLEGAL_GENERATION',
      'TRANSACTION_ABORTABLE',
    ],
    fatal: [
      'INVALID_PRODUCER_EPOCH',
      'PRODUCER_FENCED',
      'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
      'UNSUPPORTED_FOR_MESSAGE_FORMAT',
      'UNKNOWN_SERVER_ERROR',
    ],
  },
  END_TXN: {
    retried: [
      'COORDINATOR_NOT_AVAILABLE',
      'NOT_COORDINATOR',
      'COORDINATOR_LOAD_IN_PROGRESS',
      'CONCURRENT_TRANSACTIONS',
    ],
    abortable: ['UNKNOWN_PRODUCER_ID', 'TRANSACTION_ABORTABLE'],
    fatal: [
      'INVALID_PRODUCER_EPOCH',
      'PRODUCER_FENCED',
      'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
      'INVALID_TXN_STATE',
      'INVALID_PRODUCER_ID_MAPPING',
      'UNKNOWN_SERVER_ERROR',
    ],
  },
};

function rowsOf(api: RequestApi): readonly RequestError[] {
  const handler = HANDLERS[api];
  return (['retried', 'abortable', 'fatal'] as const).flatMap((reaction) =>
    handler[reaction].map((error) => {
      const [meaning, application] = MEANINGS[error];
      const advice = isBeforeTheFirst(api, error) ? BEFORE_THE_FIRST : application;
      return { api, error, reaction, meaning, application: advice };
    }),
  );
}

export const REQUEST_ERRORS: readonly RequestError[] = [
  ...rowsOf('FIND_COORDINATOR'),
  ...rowsOf('INIT_PRODUCER_ID'),
  ...rowsOf('ADD_PARTITIONS_TO_TXN'),
  ...rowsOf('ADD_OFFSETS_TO_TXN'),
  ...rowsOf('TXN_OFFSET_COMMIT'),
  ...rowsOf('END_TXN'),
];
