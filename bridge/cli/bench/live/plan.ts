/** What the processes of the live benchmark are told and tell: one JSON object each way. */
import type { BrokerEndpoint } from '../../../kafkajs/topics.ts';

/** The records that are measured follow those that warm up, in one stream. */
export interface StreamPlan {
  readonly endpoints: readonly BrokerEndpoint[];
  readonly topic: string;
  readonly partitions: number;
  readonly valueBytes: number;
  readonly warmUpRecords: number;
  readonly records: number;
}

export interface BridgePlan extends StreamPlan {
  readonly recordsPerS: number;
  readonly lingerMs: number;
  /** Of a page that was built; null: nobody may look. */
  readonly pageFolder: string | null;
}

/** Where a viewer finds the bridge. */
export interface Door {
  readonly port: number;
  readonly token: string;
}

/** Of the records after the warm-up. */
export interface Effort {
  readonly records: number;
  readonly wallS: number;
  /** User and system, of all threads of the process. */
  readonly cpuS: number;
}

/** Of a slow stream: from send() to the answer, for each record after the warm-up. */
export interface Latencies {
  readonly ackMs: readonly number[];
}

/** An answer that the run has taken in: its event, and the wall's time, ms since 1970. */
export interface Ack {
  readonly seq: number;
  readonly atMs: number;
}

export interface BridgeReport extends Effort, Latencies {
  readonly acks: readonly Ack[];
}

/** What a viewer got, without a gap, until all records were acknowledged. */
export interface ViewerReport {
  readonly events: Readonly<Record<string, number>>;
  readonly bytes: number;
}

export const toEndpoints = (ports: readonly number[]): readonly BrokerEndpoint[] =>
  ports.map((port) => ({ host: '127.0.0.1', port }));
