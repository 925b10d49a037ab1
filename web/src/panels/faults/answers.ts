/** Which errors a request can be answered with, and what an answer rule will do, in one sentence. */
import { PRODUCE_ERRORS, produceError, REQUEST_ERRORS, type ProduceReactions } from '#explain/errors';
import type { AnswerRule } from '#model/Scenario';
import { isRetriable, refreshesMetadata, type ErrorName } from '#record/Errors';

type Api = AnswerRule['api'];

export interface Place {
  readonly topic: string;
  readonly partition: number;
}

/** Which request is answered; null: any. */
export interface Target {
  /** From now on, from 1. */
  readonly nth: number;
  readonly node: number | null;
  readonly place: Place | null;
}

export const NEXT_REQUEST: Target = { nth: 1, node: null, place: null };

const METADATA_ERRORS: readonly ErrorName[] = [
  'LEADER_NOT_AVAILABLE',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'TOPIC_AUTHORIZATION_FAILED',
  'INVALID_TOPIC_EXCEPTION',
];

/** The usual ones first. */
const USUAL: readonly ErrorName[] = [
  'NOT_LEADER_OR_FOLLOWER',
  'NOT_ENOUGH_REPLICAS',
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'REQUEST_TIMED_OUT',
  'MESSAGE_TOO_LARGE',
];

const errorsOf = (api: Api): readonly ErrorName[] =>
  REQUEST_ERRORS.filter((row) => row.api === api).map(({ error }) => error);

/** Every error that the producer knows what to do with, by request. */
export const ANSWERS: Readonly<Record<Api, readonly ErrorName[]>> = {
  PRODUCE: [...USUAL, ...PRODUCE_ERRORS.map(({ error }) => error).filter((error) => !USUAL.includes(error))],
  METADATA: METADATA_ERRORS,
  INIT_PRODUCER_ID: errorsOf('INIT_PRODUCER_ID'),
  FIND_COORDINATOR: errorsOf('FIND_COORDINATOR'),
  ADD_PARTITIONS_TO_TXN: errorsOf('ADD_PARTITIONS_TO_TXN'),
  ADD_OFFSETS_TO_TXN: errorsOf('ADD_OFFSETS_TO_TXN'),
  TXN_OFFSET_COMMIT: errorsOf('TXN_OFFSET_COMMIT'),
  END_TXN: errorsOf('END_TXN'),
};

export const APIS = Object.keys(ANSWERS) as readonly Api[];

export const API_LABELS: Readonly<Record<Api, string>> = {
  PRODUCE: 'Produce',
  METADATA: 'Metadata',
  INIT_PRODUCER_ID: 'InitProducerId',
  FIND_COORDINATOR: 'FindCoordinator',
  ADD_PARTITIONS_TO_TXN: 'AddPartitionsToTxn',
  ADD_OFFSETS_TO_TXN: 'AddOffsetsToTxn',
  TXN_OFFSET_COMMIT: 'TxnOffsetCommit',
  END_TXN: 'EndTxn',
};

/** Whose requests have a partition that can be chosen. */
export const hasPartitions = (api: Api): boolean =>
  api === 'PRODUCE' || api === 'ADD_PARTITIONS_TO_TXN' || api === 'TXN_OFFSET_COMMIT';

/** Whether the error itself says that the batch is in the log. */
export const isStored = (api: Api, error: ErrorName): boolean =>
  api === 'PRODUCE' && (produceError(error)?.isStored ?? false);

/** Answers the chosen request once with the error, which tells the truth about what is written. */
export const answerRule = (api: Api, error: ErrorName, { nth, node, place }: Target): AnswerRule => ({
  api,
  node,
  topic: hasPartitions(api) ? (place?.topic ?? null) : null,
  partition: hasPartitions(api) ? (place?.partition ?? null) : null,
  nth,
  times: 1,
  error,
  appended: isStored(api, error),
});

/** What the producer makes of it, as a mark beside its name. */
export function errorMark(api: Api, error: ErrorName, kind: keyof ProduceReactions): string {
  if (api === 'METADATA') return isRetriable(error) ? 'retriable' : 'failed';
  if (api !== 'PRODUCE') {
    return REQUEST_ERRORS.find((row) => row.api === api && row.error === error)?.reaction ?? 'fatal';
  }
  const reaction = produceError(error)?.reactions[kind] ?? 'failed';
  return reaction === 'retried' && refreshesMetadata(error) ? 'retried, new metadata' : reaction;
}

const ORDINALS = ['', 'next', '2nd', '3rd'];
export const ordinal = (nth: number): string => ORDINALS[nth] ?? `${nth}th`;

/** What an answer rule will do. */
export function answerSentence(rule: AnswerRule, kind: keyof ProduceReactions): string {
  const where = rule.node === null ? '' : ` to broker ${rule.node}`;
  const what = rule.partition === null ? '' : ` with ${rule.topic}-${rule.partition}`;
  const written =
    rule.api === 'PRODUCE'
      ? rule.appended
        ? ', though its records are written'
        : ', and nothing is written'
      : '';
  const mark = errorMark(rule.api, rule.error, kind);
  return `The ${ordinal(rule.nth)} ${API_LABELS[rule.api]} request${where}${what} is answered ${rule.error} (${mark})${written}.`;
}
