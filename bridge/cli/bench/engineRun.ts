/**
 * The run that the engine is measured by: the same one as linger.oracle.Throughput makes the real client run. Six
 * partitions on one broker that answers after 5 ms, a burst of records of 100 bytes in each millisecond, batch.size
 * 16384, linger.ms 5, and a callback that counts. On one thread, with the whole lineage in the log.
 */
import { assert, known } from '#base/assert';
import { nodeId } from '#base/ids';
import { createRandom } from '#base/random';
import { MICROS_PER_MS } from '#base/time';
import { TopicPartitions } from '#base/TopicPartition';
import { brokerAddress } from '#cluster/ScriptedBroker/metadata';
import { ScriptedBroker } from '#cluster/ScriptedBroker/ScriptedBroker';
import { VirtualClock } from '#cluster/VirtualClock';
import { VirtualSelector } from '#cluster/VirtualSelector';
import { parseCase } from '#conformance/caseSchema';
import { createRandomSources } from '#conformance/randomSources';
import type { Blocking } from '#engine/Blocking';
import { createKafkaProducer } from '#engine/KafkaProducer/createKafkaProducer';
import type { KafkaProducer } from '#engine/KafkaProducer/KafkaProducer';
import { warmStart as warmStartClient } from '#engine/NetworkClient/warmStart';
import { parseProducerConfig, withRequiredSettings } from '#engine/ProducerConfig';
import { NO_HEADERS, type Callback, type ProducerRecord } from '#engine/ProducerRecord';
import { RecordFuture } from '#engine/RecordFuture';
import { createRunIds, type RunContext } from '#engine/RunContext';
import { warmStart as warmStartTransactions } from '#engine/TransactionManager/warmStart';
import { EventTape } from '#events/EventTape';
import { CompressionRatioEstimator } from '#record/CompressionRatioEstimator';

export interface EngineRunOptions {
  readonly records: number;
  /** Of each burst. */
  readonly recordsPerMs: number;
  /** One burst to the next. */
  readonly burstEveryMs: number;
  readonly lingerMs: number;
}

/** Throughput.java's own. */
export const THROUGHPUT: EngineRunOptions = {
  records: 2_000_000,
  recordsPerMs: 1000,
  burstEveryMs: 1,
  lingerMs: 5,
};

const PARTITIONS = 6;
const VALUE_BYTES = 100;
const FIRST_BURST_MS = 100;
/** Time for the last batches to be acknowledged. */
const TAIL_MS = 1000;
const NO_COSTS = { sendUs: 0, serializeUsPerKiB: 0, partitionUs: 0, appendUs: 0, callbackUs: 0 };

export interface EngineRun {
  readonly tape: EventTape;
  readonly acked: number;
}

const recordOf = (partition: number): ProducerRecord => ({
  topic: 't',
  partition,
  timestampMs: null,
  keyBytes: null,
  keyId: -1,
  valueBytes: VALUE_BYTES,
  headers: NO_HEADERS,
});

/** Bursts on a thread of the application. */
function* bursts(producer: KafkaProducer, options: EngineRunOptions, acked: Callback): Blocking<void> {
  const { records, recordsPerMs, burstEveryMs } = options;
  for (let sent = 0, atMs = FIRST_BURST_MS; sent < records; atMs += burstEveryMs) {
    yield { on: 'sleep', untilUs: atMs * MICROS_PER_MS };
    const end = Math.min(records, sent + recordsPerMs);
    for (let i = 0; sent < end; sent++, i++) {
      const future = producer.trySend(recordOf(i % PARTITIONS), acked);
      if (!(future instanceof RecordFuture)) yield* producer.continueSend(future);
    }
  }
}

/** Runs until everything is acknowledged. */
export function engineRun(options: EngineRunOptions): EngineRun {
  const { records, recordsPerMs, burstEveryMs, lingerMs } = options;
  const untilMs = FIRST_BURST_MS + Math.ceil(records / recordsPerMs) * burstEveryMs + TAIL_MS;
  const spec = parseCase({
    name: 'bench',
    cluster: { topics: { t: { partitions: PARTITIONS } } },
    network: { latencyMs: 5 },
    producer: { 'batch.size': 16384, 'linger.ms': lingerMs },
    until: untilMs,
  });
  const clock = new VirtualClock({ networkWaitsForSelect: true });
  const tape = new EventTape(clock.clock);
  const named = tape.writer('partition.named');
  const run: RunContext = {
    clock: clock.clock,
    scheduler: clock,
    events: tape,
    ids: createRunIds(),
    partitions: new TopicPartitions((tp) => named(tp.id, tp.topic, tp.partition)),
    random: createRandom(0),
  };
  const brokers = new ScriptedBroker(spec, clock, tape, run.partitions);
  const client = run.ids.nextClient();
  const selector = new VirtualSelector(client, clock, brokers, tape);
  const started = createKafkaProducer(run, {
    client,
    config: parseProducerConfig(
      withRequiredSettings({ 'batch.size': '16384', 'linger.ms': String(lingerMs) }),
    ),
    random: createRandomSources(spec.random),
    compression: { compressedBytes: (_topic, rawBytes) => rawBytes },
    estimator: new CompressionRatioEstimator(),
    costs: NO_COSTS,
    bootstrap: spec.cluster.bootstrap.map(brokerAddress),
    network: selector,
  });
  const node = nodeId(0);
  selector.establish(node);
  warmStartClient(known(started.networkClient, 'the network client'), started.metadata, {
    metadata: brokers.initialMetadata(),
    versions: brokers.apiVersions(),
    readyNodes: [node],
    hasProducerId: true,
  });
  warmStartTransactions(known(started.transactionManager, 'idempotence'), brokers.initialProducerId());
  let acked = 0;
  const count: Callback = (_metadata, exception) => {
    if (exception === null) acked++;
  };
  const id = run.ids.nextThread();
  clock.spawn({ id, name: 'main', kind: 'application' }, bursts(started.producer, options, count));
  clock.runUntil(untilMs * MICROS_PER_MS);
  assert(acked === records, `${acked} of ${records} records were acknowledged`);
  return { tape, acked };
}
