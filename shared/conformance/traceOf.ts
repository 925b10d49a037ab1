/** A case in, its trace out: the same lines as the real client's (FORMAT.md §9). */
import { brokerAddress } from '#cluster/ScriptedBroker/metadata';
import type { Clock } from '#engine/Clock';
import { parseProducerConfig, type ProducerConfig } from '#engine/ProducerConfig';
import { EventTape } from '#events/EventTape';
import { CaseRun, type CaseLog } from './CaseRun.ts';
import type { ConformanceCase } from './caseSchema.ts';
import { javaException } from './javaException.ts';
import { configErrorLine, configLine, furtherLine, logsLine, metricsLine } from './reports.ts';
import type { TraceLine } from './trace/TraceLine.ts';
import { traceLines } from './trace/traceLines.ts';

export type { TraceLine } from './trace/TraceLine.ts';

const BYTE_ARRAY_SERIALIZER = 'org.apache.kafka.common.serialization.ByteArraySerializer';

/** The settings of a case as the oracle completes them. @throws JavaException when Java refuses them. */
export function configOf(spec: ConformanceCase): ProducerConfig {
  const bootstrap = spec.cluster.bootstrap.map(brokerAddress).map(({ host, port }) => `${host}:${port}`);
  return parseProducerConfig({
    'client.id': 'p',
    'enable.metrics.push': false,
    ...spec.producer,
    'metric.reporters': '',
    'key.serializer': BYTE_ARRAY_SERIALIZER,
    'value.serializer': BYTE_ARRAY_SERIALIZER,
    'bootstrap.servers': bootstrap.join(','),
  });
}

/** The trace of a run that has come to its end. */
export function traceOfRun(run: CaseRun): readonly TraceLine[] {
  const { spec, config } = run;
  const { acks, requestTimeoutMs, transactionalId, compressionType } = config;
  const lines = traceLines({
    events: run.events(),
    notes: run.notes.list,
    partitions: run.partitions,
    settings: { acks, requestTimeoutMs, transactionalId, compressionType },
    startSeq: run.startSeq,
  });
  const metrics = run.started.producer.metrics();
  return [
    configLine(config),
    ...lines,
    logsLine(spec.until, run.brokers.cluster),
    ...spec.report.map((report) => furtherLine(spec.until, report, metrics)),
    metricsLine(spec.until, metrics),
  ];
}

export function traceOf(
  spec: ConformanceCase,
  createLog: (clock: Clock) => CaseLog = (clock) => new EventTape(clock),
): readonly TraceLine[] {
  let config: ProducerConfig;
  try {
    config = configOf(spec);
  } catch (error) {
    return [configErrorLine(javaException(error))];
  }
  const run = new CaseRun(spec, config, createLog);
  run.run();
  return traceOfRun(run);
}
