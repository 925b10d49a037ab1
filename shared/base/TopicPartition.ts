/** org.apache.kafka.common.TopicPartition: a topic and a partition, numbered within a run. */
import { tpId, type TpId } from './ids.ts';

export interface TopicPartition {
  readonly id: TpId;
  readonly topic: string;
  readonly partition: number;
}

/** `topic-partition`, as Kafka prints it. */
export const tpName = (tp: { readonly topic: string; readonly partition: number }): string =>
  `${tp.topic}-${tp.partition}`;

/** The only maker of `TopicPartition`: one object per name, so that they compare by identity within a run. */
export class TopicPartitions {
  readonly all: TopicPartition[] = [];
  private readonly byTopic = new Map<string, Map<number, TopicPartition>>();
  private readonly named: (tp: TopicPartition) => void;

  /** `named` runs once for each new topic-partition, before it is handed out. */
  constructor(named: (tp: TopicPartition) => void = () => {}) {
    this.named = named;
  }

  get(topic: string, partition: number): TopicPartition {
    let partitions = this.byTopic.get(topic);
    if (partitions === undefined) {
      partitions = new Map();
      this.byTopic.set(topic, partitions);
    }
    let tp = partitions.get(partition);
    if (tp === undefined) {
      tp = { id: tpId(this.all.length), topic, partition };
      this.all.push(tp);
      partitions.set(partition, tp);
      this.named(tp);
    }
    return tp;
  }
}
