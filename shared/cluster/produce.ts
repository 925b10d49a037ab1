/**
 * Produce on a broker: kafka.server.{KafkaApis.handleProduceRequest, ReplicaManager.appendRecords} in their order of
 * checks (§7.1), and the purgatory of acks=all (`DelayedProduce`, §7.2).
 */
import type { NetworkSend } from '#engine/Selectable';
import type {
  LeaderHint,
  ProducePartitionResponse,
  ProduceRequest,
  ProduceResponse,
  SentBatch,
} from '#engine/requests';
import { MICROS_PER_MS } from '#base/time';
import type { ErrorName } from '#record/Errors';
import { addressOf } from './answers.ts';
import type { Broker } from './Broker.ts';
import type { ClusterContext } from './ClusterContext.ts';
import type { HighWatermarkWaiter, Replica } from './Replica.ts';

/** The first version in which the leader adds the partition to the transaction by itself (KIP-890 part 2). */
const IMPLICIT_ADD_VERSION = 12;
const TOPIC_ID_VERSION = 13;
const LEADER_HINT_VERSION = 10;
const UNKNOWN_OFFSET = -1;
/** The model's logs keep everything. */
const LOG_START_OFFSET = 0;

export type ProduceDone = (response: ProduceResponse, hasError: boolean) => void;

/** What became of one batch. */
interface Outcome {
  readonly sent: SentBatch;
  error: ErrorName;
  baseOffset: number;
  /** −1: the log was not asked. */
  readonly logStartOffset: number;
  /** acks=all: the high watermark at which it is safe; null when it waits for nothing. */
  requiredOffset: number | null;
  readonly replica: Replica | null;
}

const refused = (sent: SentBatch, error: ErrorName, logStartOffset: number = UNKNOWN_OFFSET): Outcome => ({
  sent,
  error,
  baseOffset: UNKNOWN_OFFSET,
  logStartOffset,
  requiredOffset: null,
  replica: null,
});

/** Works on a whole request; `done` runs when its answer may leave, which with acks=all can be much later. */
export function produce(
  cluster: ClusterContext,
  broker: Broker,
  send: NetworkSend,
  body: ProduceRequest,
  done: ProduceDone,
): void {
  const append = (verified: readonly (ErrorName | null)[]): void => {
    const outcomes = body.batches.map((sent, i) =>
      appendBatch(cluster, broker, send, body, sent, verified[i] ?? null),
    );
    for (const { replica } of outcomes) replica?.maybeAdvanceHighWatermark();
    // Followers see the append when the whole request is in its logs (ReplicaManager's action queue).
    const delayed = new DelayedProduce(broker, send.version, outcomes, done);
    delayed.begin(cluster, body);
    broker.dataCame();
  };
  verify(cluster, broker, send.version, body, append);
}

/** Transactional batches: the leader asks the coordinator before the first append of a partition (§8.4). */
function verify(
  cluster: ClusterContext,
  broker: Broker,
  version: number,
  body: ProduceRequest,
  then: (verified: readonly (ErrorName | null)[]) => void,
): void {
  const { transactionalId } = body;
  if (transactionalId === null) return then([]);
  const asks = body.batches.map((sent) => {
    const replica = broker.replica(sent.tp);
    const entry = replica?.log.producers.entry(sent.producerId) ?? null;
    const isOngoing =
      entry !== null && entry.transactionFirstOffset !== null && entry.producerEpoch === sent.producerEpoch;
    return sent.isTransactional && !isOngoing;
  });
  if (!asks.includes(true)) return then([]);
  const asked = body.batches.filter((_, i) => asks[i]);
  cluster.verifier.ask(broker, transactionalId, asked, version >= IMPLICIT_ADD_VERSION, (error) => {
    then(asks.map((isAsked) => (isAsked ? error : null)));
  });
}

function appendBatch(
  cluster: ClusterContext,
  broker: Broker,
  send: NetworkSend,
  body: ProduceRequest,
  sent: SentBatch,
  verified: ErrorName | null,
): Outcome {
  const { tp } = sent;
  const rule = cluster.faults.answer(send.requestId, 'PRODUCE', broker.node, tp.topic, tp);
  if (rule !== null && !rule.appended)
    return refuse(cluster, broker, sent, rule.error, startOffsetWith(rule.error));
  const outcome = checkAndAppend(cluster, broker, send.version, body, sent, verified);
  if (rule === null) return outcome;
  return refused(sent, rule.error, startOffsetWith(rule.error));
}

/** By it the client sees whether its records were deleted; brokers have never sent this error without. */
const startOffsetWith = (error: ErrorName): number =>
  error === 'UNKNOWN_PRODUCER_ID' ? LOG_START_OFFSET : UNKNOWN_OFFSET;

function refuse(
  cluster: ClusterContext,
  broker: Broker,
  sent: SentBatch,
  error: ErrorName,
  logStartOffset: number = UNKNOWN_OFFSET,
): Outcome {
  cluster.writers.logRefused(sent.tp.id, broker.node, sent.batch.id, error);
  return refused(sent, error, logStartOffset);
}

function checkAndAppend(
  cluster: ClusterContext,
  broker: Broker,
  version: number,
  body: ProduceRequest,
  sent: SentBatch,
  verified: ErrorName | null,
): Outcome {
  const { tp } = sent;
  const topicId = body.topicIds?.get(tp.topic);
  if (version >= TOPIC_ID_VERSION && topicId !== undefined && topicId !== cluster.topics.get(tp.topic)?.id) {
    return refuse(cluster, broker, sent, 'UNKNOWN_TOPIC_ID');
  }
  if (!broker.image.has(tp)) {
    const isTopicGone = !cluster.topics.has(tp.topic) && version >= TOPIC_ID_VERSION;
    return refuse(cluster, broker, sent, isTopicGone ? 'UNKNOWN_TOPIC_ID' : 'UNKNOWN_TOPIC_OR_PARTITION');
  }
  if (verified !== null) return refuse(cluster, broker, sent, verified);
  const replica = broker.replica(tp);
  if (replica === null || !replica.isLeader) return refuse(cluster, broker, sent, 'NOT_LEADER_OR_FOLLOWER');
  if (body.acks === -1 && replica.isr.length < replica.minIsr) {
    return refuse(cluster, broker, sent, 'NOT_ENOUGH_REPLICAS', LOG_START_OFFSET);
  }
  if (sent.sizeBytes > replica.settings.maxMessageBytes) {
    return refuse(cluster, broker, sent, 'MESSAGE_TOO_LARGE');
  }
  const { log } = replica;
  if (sent.producerId >= 0) {
    const mustStartAtZero = sent.isTransactional && version >= IMPLICIT_ADD_VERSION;
    const check = log.producers.check(
      sent.producerId,
      sent.producerEpoch,
      sent.baseSequence,
      sent.recordCount,
      mustStartAtZero,
    );
    // What the log itself refuses is answered with its start offset, what was refused before it without.
    if (check.kind === 'refused') return refuse(cluster, broker, sent, check.error, LOG_START_OFFSET);
    if (check.kind === 'duplicate') {
      cluster.writers.logRecognised(tp.id, sent.batch.id, check.batch.baseOffset);
      return stored(body, sent, replica, check.batch.baseOffset, check.batch.lastOffset + 1);
    }
    if (!sent.isTransactional && log.producers.isInTransaction(sent.producerId)) {
      return refuse(cluster, broker, sent, 'INVALID_TXN_STATE', LOG_START_OFFSET);
    }
  }
  const baseOffset = log.logEndOffset;
  log.append(
    {
      baseOffset,
      recordCount: sent.recordCount,
      sizeBytes: sent.sizeBytes,
      batchId: sent.batch.id,
      producerId: sent.producerId,
      producerEpoch: sent.producerEpoch,
      baseSequence: sent.baseSequence,
      leaderEpoch: replica.state.leaderEpoch,
      isTransactional: sent.isTransactional,
      marker: null,
    },
    cluster.queue.nowUs,
  );
  cluster.writers.logAppended(tp.id, broker.node, sent.batch.id, baseOffset, log.logEndOffset);
  return stored(body, sent, replica, baseOffset, log.logEndOffset);
}

const stored = (
  body: ProduceRequest,
  sent: SentBatch,
  replica: Replica,
  baseOffset: number,
  endOffset: number,
): Outcome => ({
  sent,
  error: 'NONE',
  baseOffset,
  logStartOffset: LOG_START_OFFSET,
  requiredOffset: body.acks === -1 ? endOffset : null,
  replica,
});

/** Holds an answer until every partition of its request is safe, its time is over, or a leadership is. */
class DelayedProduce implements HighWatermarkWaiter {
  private readonly broker: Broker;
  private readonly version: number;
  private outcomes: readonly Outcome[];
  private done: ProduceDone;
  private pending = 0;
  private isDone = false;

  constructor(broker: Broker, version: number, outcomes: readonly Outcome[], done: ProduceDone) {
    this.broker = broker;
    this.version = version;
    this.outcomes = outcomes;
    this.done = done;
  }

  begin(cluster: ClusterContext, body: ProduceRequest): void {
    for (const outcome of this.outcomes) {
      if (outcome.requiredOffset === null) continue;
      this.pending++;
      this.look(outcome);
    }
    if (this.pending === 0) return this.complete();
    for (const outcome of this.outcomes) {
      if (outcome.requiredOffset !== null) outcome.replica?.await(this);
    }
    const endsUs = cluster.queue.nowUs + body.timeoutMs * MICROS_PER_MS;
    this.broker.later(endsUs, () => this.expire());
  }

  highWatermarkMoved(replica: Replica): boolean {
    if (this.isDone) return true;
    let isWaiting = false;
    for (const outcome of this.outcomes) {
      if (outcome.replica !== replica) continue;
      this.look(outcome);
      if (outcome.requiredOffset !== null) isWaiting = true;
    }
    if (this.pending === 0) this.complete();
    return !isWaiting;
  }

  /** Partition.checkEnoughReplicasReachOffset. */
  private look(outcome: Outcome): void {
    const { replica, requiredOffset } = outcome;
    if (replica === null || requiredOffset === null) return;
    if (!replica.isLeader) outcome.error = 'NOT_LEADER_OR_FOLLOWER';
    else if (replica.log.highWatermark < requiredOffset) return;
    else if (replica.isr.length < replica.minIsr) outcome.error = 'NOT_ENOUGH_REPLICAS_AFTER_APPEND';
    outcome.requiredOffset = null;
    this.pending--;
  }

  /** The request's own timeout (`request.timeout.ms`): the data stays, only the answer says that it is not safe. */
  private expire(): void {
    if (this.isDone) return;
    for (const outcome of this.outcomes) {
      if (outcome.requiredOffset === null) continue;
      outcome.requiredOffset = null;
      outcome.error = 'REQUEST_TIMED_OUT';
    }
    this.complete();
  }

  private complete(): void {
    const { outcomes, done } = this;
    this.isDone = true;
    // Its expiry stands in the queue for as long as the timeout is: the batches need not.
    this.outcomes = [];
    this.done = () => {};
    const partitions = outcomes.map((outcome): ProducePartitionResponse => ({
      tp: outcome.sent.tp,
      error: outcome.error,
      // Also with an error that came after the append: the batch stands there.
      baseOffset: outcome.baseOffset,
      logAppendTimeMs: -1,
      logStartOffset: outcome.logStartOffset,
      recordErrors: [],
      errorMessage: null,
      currentLeader: this.leaderHint(outcome),
    }));
    const hinted = new Set(partitions.flatMap(({ currentLeader }) => currentLeader?.leader ?? []));
    const nodeEndpoints = [...hinted].map(addressOf);
    const hasError = outcomes.some((outcome) => outcome.error !== 'NONE');
    done({ api: 'PRODUCE', throttleTimeMs: 0, partitions, nodeEndpoints }, hasError);
  }

  /** KIP-951: who leads now, if this broker knows. */
  private leaderHint(outcome: Outcome): LeaderHint | null {
    if (outcome.error !== 'NOT_LEADER_OR_FOLLOWER' || this.version < LEADER_HINT_VERSION) return null;
    const state = this.broker.image.get(outcome.sent.tp);
    if (state === undefined || state.leader === null) return null;
    return { leader: state.leader, leaderEpoch: state.leaderEpoch };
  }
}
