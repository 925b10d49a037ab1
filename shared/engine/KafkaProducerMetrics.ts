/**
 * org.apache.kafka.clients.producer.internals.KafkaProducerMetrics (KIP-736): how long the application has waited in
 * the calls that block, in nanoseconds.
 */
import { CumulativeSum, type Metrics, type Sensor } from './metrics.ts';

export class KafkaProducerMetrics {
  private readonly flushTimeSensor: Sensor;
  private readonly initTimeSensor: Sensor;
  private readonly beginTxnTimeSensor: Sensor;
  private readonly sendOffsetsSensor: Sensor;
  private readonly commitTxnSensor: Sensor;
  private readonly abortTxnSensor: Sensor;
  private readonly prepareTxnSensor: Sensor;
  private readonly metadataWaitSensor: Sensor;

  constructor(metrics: Metrics) {
    const newLatencySensor = (name: string): Sensor => {
      const sensor = metrics.sensor(`${name}-time-ns-total`);
      sensor.add(`${name}-time-ns-total`, new CumulativeSum());
      return sensor;
    };
    this.flushTimeSensor = newLatencySensor('flush');
    this.initTimeSensor = newLatencySensor('txn-init');
    this.beginTxnTimeSensor = newLatencySensor('txn-begin');
    this.sendOffsetsSensor = newLatencySensor('txn-send-offsets');
    this.commitTxnSensor = newLatencySensor('txn-commit');
    this.abortTxnSensor = newLatencySensor('txn-abort');
    this.prepareTxnSensor = newLatencySensor('txn-prepare');
    this.metadataWaitSensor = newLatencySensor('metadata-wait');
  }

  recordFlush(durationNs: number): void {
    this.flushTimeSensor.record(durationNs);
  }

  recordInit(durationNs: number): void {
    this.initTimeSensor.record(durationNs);
  }

  recordBeginTxn(durationNs: number): void {
    this.beginTxnTimeSensor.record(durationNs);
  }

  recordSendOffsets(durationNs: number): void {
    this.sendOffsetsSensor.record(durationNs);
  }

  recordCommitTxn(durationNs: number): void {
    this.commitTxnSensor.record(durationNs);
  }

  recordAbortTxn(durationNs: number): void {
    this.abortTxnSensor.record(durationNs);
  }

  recordPrepareTxn(durationNs: number): void {
    this.prepareTxnSensor.record(durationNs);
  }

  recordMetadataWait(durationNs: number): void {
    this.metadataWaitSensor.record(durationNs);
  }
}
