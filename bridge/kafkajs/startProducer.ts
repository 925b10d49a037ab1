/** A producer of a live run: the engine's own, over connections of kafkajs, with real codecs and real bytes. */
import { known } from '#base/assert';
import { createKafkaProducer } from '#engine/KafkaProducer/createKafkaProducer';
import { parseProducerConfig, withRequiredSettings } from '#engine/ProducerConfig';
import type { RunContext } from '#engine/RunContext';
import type { NetworkSend } from '#engine/Selectable';
import type { BrokerAddress, ResponseBody } from '#engine/requests';
import type { Scenario } from '#model/Scenario';
import { randomSources, type RunningProducer } from '#model/startProducer';
import type { CompressionRatioEstimator } from '#record/CompressionRatioEstimator';
import type { RecordContents } from '../RecordContents.ts';
import type { ClientSecurity } from '../security/ClientSecurity.ts';
import type { BrokerMetadata } from '../kafkaBytes/apis/cluster.ts';
import type { ClusterView } from './ClusterView.ts';
import { createCompress } from './codecs.ts';
import { KafkajsSelector } from './KafkajsSelector.ts';
import { createRequestCodec } from './requests.ts';

/** What all producers of a live run share. */
export interface LiveProducerParts {
  readonly run: RunContext;
  readonly costs: Scenario['costs'];
  readonly contents: RecordContents;
  readonly estimator: CompressionRatioEstimator;
  readonly bootstrap: readonly BrokerAddress[];
  readonly security: ClientSecurity;
  /** Java's counter behind `producer-N`. */
  readonly nextClientNumber: () => number;
  readonly wake: () => void;
  readonly observe: (send: NetworkSend, body: ResponseBody) => void;
  readonly trouble: (why: string) => void;
  // What a client other than the engine's own needs besides.
  /** Those that the cluster has, where they are reached. */
  readonly brokers: readonly BrokerMetadata[];
  readonly ledgerRun: number;
  /** Runs the work at the next instant of the run. */
  readonly soon: (work: () => void) => void;
  /** Told of a batch that a broker has answered to have stored. */
  readonly stored: ClusterView['observeStored'];
}

export interface LiveProducer extends RunningProducer {
  readonly selector: Pick<KafkajsSelector, 'closeAll'>;
}

/** @throws ConfigException what Java refuses; Error for a codec that this Node lacks. Both have been checked before. */
export function startProducer(
  parts: LiveProducerParts,
  properties: Readonly<Record<string, string>>,
): LiveProducer {
  const { run, contents, bootstrap, estimator, costs, security, wake, observe, trouble } = parts;
  const config = parseProducerConfig(withRequiredSettings(properties), parts.nextClientNumber);
  const client = run.ids.nextClient();
  const compress = createCompress(config);
  const selector = new KafkajsSelector({
    run,
    clientName: config.clientId,
    bootstrap,
    codec: createRequestCodec(run.partitions, (sent) =>
      contents.batchBytes(sent, config.compressionType, compress),
    ),
    setupTimeoutMs: config.socketConnectionSetupTimeoutMaxMs,
    security,
    wake,
    observe,
    trouble,
  });
  const { producer } = createKafkaProducer(run, {
    client,
    config,
    random: randomSources(run, client),
    compression: {
      compressedBytes: (_topic, rawBytes, _createdIndex, records) =>
        compress === null
          ? rawBytes
          : contents.compressed(known(records, 'the records of a batch'), compress).length,
    },
    estimator,
    costs,
    bootstrap,
    network: selector,
  });
  return { producer, client, selector, ioThread: producer.parts.ioThread };
}
