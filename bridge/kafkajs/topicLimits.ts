/** What a topic that is there takes, as its brokers say. */
import type { TopicSpec } from '#model/Scenario';
import type { KafkaConnection } from '../kafkaBytes/KafkaConnection.ts';
import { DESCRIBE_CONFIGS } from '../kafkaBytes/apis/configs.ts';
import { retried } from '../kafkaBytes/retried.ts';

export type TopicLimits = Pick<
  TopicSpec,
  'minInsyncReplicas' | 'maxMessageBytes' | 'uncleanLeaderElection'
> & {
  readonly timestampType: 'CreateTime' | 'LogAppendTime';
};

/** Kafka's own defaults. */
const DEFAULTS: TopicLimits = {
  minInsyncReplicas: 1,
  maxMessageBytes: 1_048_588,
  uncleanLeaderElection: false,
  timestampType: 'CreateTime',
};
const NAMES = {
  minInsyncReplicas: 'min.insync.replicas',
  maxMessageBytes: 'max.message.bytes',
  uncleanLeaderElection: 'unclean.leader.election.enable',
  timestampType: 'message.timestamp.type',
};
const LIMIT_MS = 30_000;

export interface ReadLimits {
  readonly limits: TopicLimits;
  /** Why they are Kafka's defaults and perhaps not the topic's; null: they are the topic's. */
  readonly doubt: string | null;
}

/** A topic that is new reaches the brokers one after the other: it waits for this one. */
export async function readTopicLimits(connection: KafkaConnection, topic: string): Promise<ReadLimits> {
  const ask = { topic, names: Object.values(NAMES) };
  const { error, values } = await retried(() => connection.request(DESCRIBE_CONFIGS, 1, ask), LIMIT_MS);
  if (error !== 'NONE') {
    const doubt = `the limits of the topic ${topic} cannot be read (${error}): Kafka's defaults are shown`;
    return { limits: DEFAULTS, doubt };
  }
  const number = (name: string, otherwise: number): number => {
    const value = Number(values.get(name));
    return Number.isSafeInteger(value) && value > 0 ? value : otherwise;
  };
  const limits: TopicLimits = {
    minInsyncReplicas: number(NAMES.minInsyncReplicas, DEFAULTS.minInsyncReplicas),
    maxMessageBytes: number(NAMES.maxMessageBytes, DEFAULTS.maxMessageBytes),
    uncleanLeaderElection: values.get(NAMES.uncleanLeaderElection) === 'true',
    timestampType: values.get(NAMES.timestampType) === 'LogAppendTime' ? 'LogAppendTime' : 'CreateTime',
  };
  return { limits, doubt: null };
}
