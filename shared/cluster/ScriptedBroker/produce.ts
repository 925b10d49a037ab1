/** Decides, partition by partition, what becomes of a Produce request (FORMAT.md §5 and §6). */
import { nodeId } from '#base/ids';
import type { EventSink, WriterOf } from '#events/catalogue';
import type { LeaderHint, ProducePartitionResponse, ProduceRequest, SentBatch } from '#engine/requests';
import type { NetworkSend } from '#engine/Selectable';
import type { ErrorName } from '#record/Errors';
import type { ClusterState, PartitionState } from './ClusterState.ts';
import type { FaultRules, FaultSubject } from './FaultRules.ts';
import { brokerAddress } from './metadata.ts';
import type { AppendResult } from './PartitionLog.ts';
import type { Reply } from './Reply.ts';
import type { FaultAnswer, ScriptedClusterSpec } from './spec.ts';
import type { TransactionCoordinator } from './TransactionCoordinator.ts';

/** From this version on a partition joins a transaction by being written to (KIP-890). */
const JOINS_FROM_VERSION = 12;

interface Outcome extends AppendResult {
  readonly hint: LeaderHint | null;
}

const refused = (error: ErrorName, hint: LeaderHint | null = null): Outcome => ({
  error,
  baseOffset: -1,
  recognised: false,
  hint,
});
/** A rule with an error keeps the batch out of the log, any other lets it in, unless it says otherwise. */
const isHandled = (fault: FaultAnswer | null): boolean =>
  fault === null || (fault.appended ?? fault.error === null);

export class ProduceHandler {
  private readonly spec: ScriptedClusterSpec;
  private readonly cluster: ClusterState;
  private readonly coordinator: TransactionCoordinator;
  private readonly rules: FaultRules;
  private readonly latencyMs: number;
  private readonly appended: WriterOf<'log.appended'>;
  private readonly recognised: WriterOf<'log.recognised'>;
  private readonly logRefused: WriterOf<'log.refused'>;
  private readonly faultStruck: WriterOf<'fault.struck'>;

  constructor(
    spec: ScriptedClusterSpec,
    latencyMs: number,
    cluster: ClusterState,
    coordinator: TransactionCoordinator,
    rules: FaultRules,
    events: EventSink,
  ) {
    this.spec = spec;
    this.latencyMs = latencyMs;
    this.cluster = cluster;
    this.coordinator = coordinator;
    this.rules = rules;
    this.appended = events.writer('log.appended');
    this.recognised = events.writer('log.recognised');
    this.logRefused = events.writer('log.refused');
    this.faultStruck = events.writer('fault.struck');
  }

  handle(send: NetworkSend, request: ProduceRequest, subject: FaultSubject): Reply {
    const partitions: ProducePartitionResponse[] = [];
    let delayMs = this.latencyMs;
    let throttleTimeMs = 0;
    let silent = request.acks === 0;
    let disconnects = false;
    for (const sent of request.batches) {
      const found = this.rules.find({ ...subject, topic: sent.tp.topic, partition: sent.tp.partition });
      const fault = found?.answer ?? null;
      if (found !== null) this.faultStruck(found.index, send.requestId, sent.tp.id, 'PRODUCE');
      const part = this.handlePartition(send, request, sent, subject.node, fault);
      partitions.push(part);
      if (fault !== null) {
        delayMs = fault.delayMs ?? delayMs;
        silent ||= fault.noAnswer;
        disconnects ||= fault.disconnect;
        throttleTimeMs = Math.max(throttleTimeMs, fault.throttleMs);
      }
      // With acks=0 there is no other way to tell the client than to close the connection.
      disconnects ||= request.acks === 0 && part.error !== 'NONE';
    }
    const hinted = partitions.map((part) => part.currentLeader?.leader);
    const nodeEndpoints = [...new Set(hinted)].flatMap((leader) =>
      leader === undefined ? [] : [brokerAddress(leader)],
    );
    const body = { api: 'PRODUCE', throttleTimeMs, partitions, nodeEndpoints } as const;
    return { body, delayMs, silent, disconnects };
  }

  private handlePartition(
    send: NetworkSend,
    request: ProduceRequest,
    sent: SentBatch,
    broker: number,
    fault: FaultAnswer | null,
  ): ProducePartitionResponse {
    const outcome = isHandled(fault) ? this.append(send, request, sent, broker) : refused('NONE');
    const error = fault?.error ?? outcome.error;
    const baseOffset = fault === null || fault.error === null ? outcome.baseOffset : -1;
    const hint = fault?.currentLeader ?? null;
    return {
      tp: sent.tp,
      error,
      baseOffset: fault?.baseOffset ?? baseOffset,
      logAppendTimeMs: -1,
      logStartOffset: fault?.logStartOffset ?? 0,
      recordErrors: fault?.recordErrors ?? [],
      errorMessage: fault?.message ?? null,
      currentLeader: hint === null ? outcome.hint : { leader: nodeId(hint.leader), leaderEpoch: hint.epoch },
    };
  }

  private append(send: NetworkSend, request: ProduceRequest, sent: SentBatch, broker: number): Outcome {
    const partition = this.cluster.partition(sent.tp);
    const refusal = this.refusal(send, request, sent, broker, partition);
    if (partition === null || refusal !== null) {
      const outcome = refusal ?? refused('UNKNOWN_TOPIC_OR_PARTITION');
      this.logRefused(sent.tp.id, nodeId(broker), sent.batch.id, outcome.error);
      return outcome;
    }
    const result =
      sent.producerId < 0
        ? partition.log.appendPlain(sent.recordCount)
        : partition.log.append(
            sent.producerId,
            sent.producerEpoch,
            sent.baseSequence,
            sent.recordCount,
            sent.isTransactional && send.version >= JOINS_FROM_VERSION,
          );
    this.tell(sent, broker, partition, result);
    return { ...result, hint: null };
  }

  /** Steps 2 to 5 of the format: what keeps a batch from the log before its sequence is looked at. */
  private refusal(
    send: NetworkSend,
    request: ProduceRequest,
    sent: SentBatch,
    broker: number,
    partition: PartitionState | null,
  ): Outcome | null {
    if (partition === null) return refused('UNKNOWN_TOPIC_OR_PARTITION');
    if (partition.leader !== broker) {
      const hint = this.spec.leaderHints && partition.leader >= 0;
      return refused(
        'NOT_LEADER_OR_FOLLOWER',
        hint ? { leader: nodeId(partition.leader), leaderEpoch: partition.epoch } : null,
      );
    }
    if (sent.sizeBytes > this.spec.maxMessageBytes) return refused('MESSAGE_TOO_LARGE');
    if (!sent.isTransactional) return null;
    const error = this.coordinator.checkProduce(
      request.transactionalId,
      sent.producerId,
      sent.producerEpoch,
      sent.tp,
      send.version >= JOINS_FROM_VERSION,
    );
    return error === 'NONE' ? null : refused(error);
  }

  private tell(sent: SentBatch, broker: number, partition: PartitionState, result: AppendResult): void {
    if (result.error !== 'NONE') this.logRefused(sent.tp.id, nodeId(broker), sent.batch.id, result.error);
    else if (result.recognised) this.recognised(sent.tp.id, sent.batch.id, result.baseOffset);
    else this.appended(sent.tp.id, nodeId(broker), sent.batch.id, result.baseOffset, partition.log.endOffset);
  }
}
