/** The rows of §5.9: errors of one batch in the answer to a Produce request. */
import type { ErrorName } from '#record/Errors';
import type { ProduceError, ProduceReactions } from '../errors.ts';

const RETRIED: ProduceReactions = { plain: 'retried', idempotent: 'retried', transactional: 'retried' };
/** The retry may meet a copy that is stored already: only with sequences it is recognised. */
const FAILED: ProduceReactions = {
  plain: 'failed',
  idempotent: 'failed, new epoch',
  transactional: 'failed, abortable',
};
/** The producer itself is refused, not the batch. */
const FATAL: ProduceReactions = {
  plain: 'failed',
  idempotent: 'failed, fatal',
  transactional: 'failed, fatal',
};

const NOTHING = 'Nothing, while it lasts no longer than delivery.timeout.ms.';
const FIX_RECORD = 'Correct the record, or put it aside: sending it again fails again.';

const STORED: readonly ErrorName[] = ['NOT_ENOUGH_REPLICAS_AFTER_APPEND', 'DUPLICATE_SEQUENCE_NUMBER'];

const row = (
  error: ErrorName,
  reactions: ProduceReactions,
  meaning: string,
  application: string = NOTHING,
): ProduceError => ({ error, reactions, meaning, application, isStored: STORED.includes(error) });

export const PRODUCE_ERRORS: readonly ProduceError[] = [
  row('CORRUPT_MESSAGE', RETRIED, 'The batch arrived damaged: its checksum does not fit its bytes.'),
  row(
    'UNKNOWN_TOPIC_OR_PARTITION',
    RETRIED,
    'The broker does not know the topic or the partition, or not yet.',
    'Create the topic if it does not exist; right after creation it passes.',
  ),
  row('LEADER_NOT_AVAILABLE', RETRIED, 'The partition has no leader: an election is on.'),
  row(
    'NOT_LEADER_OR_FOLLOWER',
    RETRIED,
    'The broker does not lead the partition any more; the answer often says who does.',
  ),
  row(
    'REQUEST_TIMED_OUT',
    RETRIED,
    'The followers did not have the batch in time; the leader may have stored it.',
    'Nothing with idempotence; without it the retry can store the records twice.',
  ),
  row('REPLICA_NOT_AVAILABLE', RETRIED, 'The broker keeps the partition, but cannot serve it at present.'),
  row(
    'MESSAGE_TOO_LARGE',
    { plain: 'split', idempotent: 'split', transactional: 'split' },
    'The batch is larger than max.message.bytes of the topic.',
    'Nothing for a batch; a single record that is too large fails and must shrink, or the topic must allow it.',
  ),
  row(
    'NETWORK_EXCEPTION',
    RETRIED,
    'The connection broke before the answer came; the batch may have been stored.',
    'Nothing with idempotence; without it the retry can store the records twice.',
  ),
  row(
    'INVALID_TOPIC_EXCEPTION',
    FAILED,
    'The name of the topic is not allowed, or clients may not write to it.',
    'Correct the name of the topic.',
  ),
  row(
    'RECORD_LIST_TOO_LARGE',
    FAILED,
    'The batch is larger than a segment of the log may be.',
    'Lower batch.size, or raise segment.bytes of the topic.',
  ),
  row(
    'INVALID_REQUIRED_ACKS',
    FAILED,
    'The broker does not know this value of acks.',
    'Set acks to 0, 1 or all.',
  ),
  row(
    'NOT_ENOUGH_REPLICAS',
    RETRIED,
    'Fewer replicas are in sync than min.insync.replicas asks for; nothing was stored.',
  ),
  row(
    'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
    RETRIED,
    'The leader stored the batch, and then too few replicas were in sync.',
    'Nothing with idempotence; without it the retry stores the records twice.',
  ),
  row(
    'TOPIC_AUTHORIZATION_FAILED',
    FAILED,
    'The principal may not write to the topic.',
    'Have the permission granted; until then every record fails.',
  ),
  row(
    'CLUSTER_AUTHORIZATION_FAILED',
    FATAL,
    'The principal may not do this in the cluster.',
    'Have the permission granted, then make a new producer.',
  ),
  row(
    'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
    FATAL,
    'The principal may not use the transactional id.',
    'Have the permission granted, then make a new producer.',
  ),
  row(
    'INVALID_TIMESTAMP',
    FAILED,
    'A timestamp is further from the broker’s clock than the topic allows.',
    FIX_RECORD,
  ),
  row(
    'INVALID_RECORD',
    FAILED,
    'The broker refuses a record: a missing key in a compacted topic, for instance.',
    FIX_RECORD,
  ),
  row(
    'UNSUPPORTED_FOR_MESSAGE_FORMAT',
    FAILED,
    'The topic’s message format cannot hold this.',
    'Have the format of the topic raised.',
  ),
  row(
    'UNSUPPORTED_COMPRESSION_TYPE',
    FAILED,
    'The broker does not know the compression.',
    'Choose another compression.type.',
  ),
  row(
    'UNSUPPORTED_VERSION',
    FATAL,
    'The broker does not speak this version of the request.',
    'Update the brokers, or use an older client.',
  ),
  row(
    'OUT_OF_ORDER_SEQUENCE_NUMBER',
    { plain: 'failed', idempotent: 'retried, new epoch', transactional: 'failed, abortable' },
    'The sequence does not follow the last one stored: a batch before it is missing.',
    'Nothing; a transaction is aborted and done again.',
  ),
  row(
    'DUPLICATE_SEQUENCE_NUMBER',
    { plain: 'acked', idempotent: 'acked', transactional: 'acked' },
    'The broker has stored the batch before.',
    'Nothing.',
  ),
  row(
    'INVALID_PRODUCER_EPOCH',
    FAILED,
    'A newer producer with the same id has written since.',
    'Abort; if another instance has taken over, stop this one.',
  ),
  row(
    'INVALID_TXN_STATE',
    FAILED,
    'The partition is in no transaction of this producer.',
    'Abort the transaction and begin a new one.',
  ),
  row(
    'INVALID_PRODUCER_ID_MAPPING',
    FATAL,
    'The coordinator knows another producer id for this transactional id, or none.',
    'Close the producer and make a new one.',
  ),
  row(
    'CONCURRENT_TRANSACTIONS',
    RETRIED,
    'The last transaction of this producer is still being completed.',
    'Nothing.',
  ),
  row('KAFKA_STORAGE_ERROR', RETRIED, 'A disk of the broker fails; the partition will move.'),
  row(
    'UNKNOWN_PRODUCER_ID',
    { plain: 'failed', idempotent: 'retried, new epoch', transactional: 'retried' },
    'The broker remembers nothing of this producer. Only brokers before 2.4 answer it.',
    'Nothing.',
  ),
  row('FENCED_LEADER_EPOCH', RETRIED, 'The client knows an older leader than the broker does.'),
  row('UNKNOWN_LEADER_EPOCH', RETRIED, 'The client knows a newer leader than the broker does.'),
  row(
    'PRODUCER_FENCED',
    FATAL,
    'A newer producer with the same transactional id has taken over.',
    'Close this producer: another instance does its work.',
  ),
  row(
    'UNKNOWN_TOPIC_ID',
    RETRIED,
    'The topic was deleted, and may have been created anew under the same name.',
    'Create the topic if it should exist.',
  ),
  row('INCONSISTENT_TOPIC_ID', RETRIED, 'The broker’s topic of this name is another one than the client’s.'),
  row(
    'TRANSACTION_ABORTABLE',
    FAILED,
    'The transaction cannot be completed, and the producer can go on.',
    'Abort the transaction and do it again.',
  ),
  row(
    'UNKNOWN_SERVER_ERROR',
    FAILED,
    'The broker failed in a way that it has no name for.',
    'Look into the broker’s log; send again if that is safe.',
  ),
];
