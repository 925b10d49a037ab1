/** WriteTxnMarkers: the control batch that ends a transaction in one partition (§7.5). */
import type { NodeId } from '#base/ids';
import type { TopicPartition } from '#base/TopicPartition';
import { MICROS_PER_MS } from '#base/time';
import type { Broker } from './Broker.ts';
import type { ClusterContext } from './ClusterContext.ts';
import type { Replica } from './Replica.ts';

export interface Marker {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly marker: 'commit' | 'abort';
}

/** A control batch with one control record: 61 bytes of header and 17 of record. */
const MARKER_BYTES = 78;
/** `retry.backoff.ms` of the brokers' own clients. */
const RETRY_US = 100 * MICROS_PER_MS;

/** Whom a marker comes from. */
export interface MarkerSender {
  readonly broker: Broker;
  /** Whether it is the coordinator still: another one sends the markers anew, and those of the old one are fenced. */
  readonly isCoordinator: () => boolean;
}

/**
 * From the coordinator to the partition's leader, again until one has it and its followers too; then `written` runs
 * on the coordinator. A partition that has been deleted needs no marker; one that knows a later epoch of the producer
 * refuses it (ProducerAppendInfo.checkProducerEpoch and checkCoordinatorEpoch), and nothing is sent again then.
 */
export function writeMarker(
  cluster: ClusterContext,
  sender: MarkerSender,
  tp: TopicPartition,
  marker: Marker,
  written: () => void,
): void {
  const { queue, settings, controller } = cluster;
  const coordinator = sender.broker;
  // A coordinator that resigns forgets its markers (TransactionMarkerChannelManager).
  if (!sender.isCoordinator()) return;
  let isOver = false;
  const again = (): void => {
    if (isOver) return;
    isOver = true;
    coordinator.later(queue.nowUs + RETRY_US, () => writeMarker(cluster, sender, tp, marker, written));
  };
  const state = controller.state(tp);
  if (state === null) return written();
  const leader = state.leader === null ? null : cluster.broker(state.leader);
  if (leader === null || leader.isDown) return again();
  const { process } = leader;
  // Its connection breaks when it dies, with whatever it had been about to do.
  const watch = (): void => {
    if (isOver) return;
    if (leader.process !== process) again();
    else coordinator.later(queue.nowUs + RETRY_US, watch);
  };
  const back = (): void => {
    isOver = true;
    coordinator.later(queue.nowUs + settings.replicaFetchUs, written);
  };
  const onLeader = (): void => {
    const replica = leader.replica(tp);
    if (replica === null || !replica.isLeader || replica.isr.length < replica.minIsr) return again();
    const known = replica.log.producers.entry(marker.producerId)?.producerEpoch ?? marker.producerEpoch;
    if (!sender.isCoordinator() || marker.producerEpoch < known) {
      isOver = true;
      return;
    }
    append(cluster, replica, leader.node, marker);
    awaitHighWatermark(replica, back, again);
    leader.dataCame();
  };
  // The coordinator's own broker needs no network.
  if (leader === coordinator) onLeader();
  else leader.later(queue.nowUs + settings.replicaFetchUs, onLeader);
  coordinator.later(queue.nowUs + RETRY_US, watch);
}

/** Until its followers have the marker that was appended last, or the leadership is gone. */
function awaitHighWatermark(replica: Replica, done: () => void, again: () => void): void {
  const requiredOffset = replica.log.logEndOffset;
  replica.maybeAdvanceHighWatermark();
  const isSafe = (): boolean => replica.log.highWatermark >= requiredOffset;
  if (isSafe()) return done();
  replica.await({
    highWatermarkMoved: () => {
      // Written twice if the leadership goes: a second marker of an ended transaction changes nothing.
      if (!replica.isLeader) again();
      else if (!isSafe()) return false;
      else done();
      return true;
    },
  });
}

function append(cluster: ClusterContext, replica: Replica, node: NodeId, marker: Marker): void {
  const { log, tp } = replica;
  const offset = log.logEndOffset;
  log.append(
    {
      baseOffset: offset,
      recordCount: 1,
      sizeBytes: MARKER_BYTES,
      batchId: null,
      producerId: marker.producerId,
      producerEpoch: marker.producerEpoch,
      baseSequence: -1,
      leaderEpoch: replica.state.leaderEpoch,
      isTransactional: true,
      marker: marker.marker,
    },
    cluster.queue.nowUs,
  );
  const isCommit = marker.marker === 'commit';
  const { producerId, producerEpoch } = marker;
  cluster.writers.logMarked(tp.id, offset, isCommit, producerId, node, producerEpoch);
}
