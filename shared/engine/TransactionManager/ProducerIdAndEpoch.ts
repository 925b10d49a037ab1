/** org.apache.kafka.common.utils.ProducerIdAndEpoch. */
export class ProducerIdAndEpoch {
  static readonly NONE: ProducerIdAndEpoch = new ProducerIdAndEpoch(-1, -1);

  readonly producerId: number;
  readonly epoch: number;

  constructor(producerId: number, epoch: number) {
    this.producerId = producerId;
    this.epoch = epoch;
  }

  /** Whether a broker gave it out. */
  isValid(): boolean {
    return this.producerId > -1;
  }

  equals(that: ProducerIdAndEpoch): boolean {
    return this.producerId === that.producerId && this.epoch === that.epoch;
  }

  /** As Kafka prints it in its messages. */
  toString(): string {
    return `(producerId=${this.producerId}, epoch=${this.epoch})`;
  }
}
