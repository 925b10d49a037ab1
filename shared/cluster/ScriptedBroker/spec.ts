/** What a conformance case says about its brokers (FORMAT.md §1, §5 and §6), with every default filled in. */
import type { ApiName } from '#engine/requests';
import type { ErrorName } from '#record/Errors';

export interface ScriptedTopicSpec {
  readonly partitions: number;
  /** Leader of each partition, −1 for none; null: partition modulo nodes. */
  readonly leaders: readonly number[] | null;
  /** Leader epoch of each partition; null: 0. */
  readonly epochs: readonly number[] | null;
}

export interface ScriptedClusterSpec {
  readonly nodes: number;
  readonly topics: Readonly<Record<string, ScriptedTopicSpec>>;
  /** Brokers named in bootstrap.servers; they are nodes −1, −2, … */
  readonly bootstrap: readonly number[];
  /** Finalized feature `transaction.version`: 1 or 2. */
  readonly transactionVersion: number;
  /** The broker that FindCoordinator names. */
  readonly coordinator: number;
  /** The one that FindCoordinator names for a consumer group; null: the same. */
  readonly groupCoordinator: number | null;
  readonly maxMessageBytes: number;
  /** Whether NOT_LEADER_OR_FOLLOWER names the new leader (KIP-951). */
  readonly leaderHints: boolean;
}

export interface ScriptedNetworkSpec {
  readonly connectMs: number;
  readonly apiVersionsMs: number;
  readonly metadataMs: number;
  readonly latencyMs: number;
  /** One produce request at a time per connection. */
  readonly serialBroker: boolean;
  /** Brokers that refuse connections from the start. */
  readonly refuse: readonly number[];
}

export interface FaultMatch {
  readonly api: ApiName;
  /** Inclusive range of the number of the request among those of its API, from 1; null: any. */
  readonly nth: readonly [number, number] | null;
  readonly node: number | null;
  readonly topic: string | null;
  readonly partition: number | null;
  /** Applications until the rule is used up; Infinity for no limit. */
  readonly times: number;
  /** Case time in ms, inclusive; ±Infinity for no limit. */
  readonly from: number;
  readonly to: number;
}

export interface FaultAnswer {
  readonly error: ErrorName | null;
  /** Produce: whether the batch is handled as usual all the same; null: only without `error`. */
  readonly appended: boolean | null;
  readonly noAnswer: boolean;
  readonly disconnect: boolean;
  /** null: the delay of the API. */
  readonly delayMs: number | null;
  readonly throttleMs: number;
  readonly message: string | null;
  readonly recordErrors: readonly { readonly index: number; readonly message: string | null }[];
  readonly logStartOffset: number | null;
  readonly baseOffset: number | null;
  readonly currentLeader: { readonly leader: number; readonly epoch: number } | null;
}

export interface FaultRule {
  readonly match: FaultMatch;
  readonly answer: FaultAnswer;
}
