/**
 * Every error that a producer can be answered: what it means, what the producer does by itself, and what is left to the
 * application (§5.9, §8.5). `shared/testing/errors.test.ts` holds each row against runs of the model.
 */
import type { ErrorName } from '#record/Errors';
import { PRODUCE_ERRORS } from './errors/produceErrors.ts';

/**
 * What becomes of the batch, or of the request. `new epoch`: the sequences of the partition start anew. `abortable`: the
 * transaction can only be aborted. `fatal`: the producer can only be closed.
 */
export type Reaction =
  | 'retried'
  | 'retried, new epoch'
  | 'split'
  | 'acked'
  | 'failed'
  | 'failed, new epoch'
  | 'failed, abortable'
  | 'failed, fatal';

/** How each kind of producer takes an error of a Produce request. */
export interface ProduceReactions {
  readonly plain: Reaction;
  readonly idempotent: Reaction;
  readonly transactional: Reaction;
}

export interface ProduceError {
  readonly error: ErrorName;
  /** One plain sentence. */
  readonly meaning: string;
  /** What the application must do. */
  readonly application: string;
  /** Says itself that the batch is in the log. */
  readonly isStored: boolean;
  readonly reactions: ProduceReactions;
}

const SENTENCES: Readonly<Record<Reaction, string>> = {
  retried: 'Sends the batch again after its back-off, until delivery.timeout.ms is over.',
  'retried, new epoch': 'Raises its epoch, numbers the waiting batches from 0, and sends the batch again.',
  split: 'Splits the batch into smaller ones and sends those; a single record fails.',
  acked: 'Takes the batch as acked, without an offset: the broker has it already.',
  failed: 'Fails the records of the batch at once.',
  'failed, new epoch': 'Fails the records at once, and raises its epoch so that the rest can go on.',
  'failed, abortable': 'Fails the records, and the transaction can only be aborted.',
  'failed, fatal': 'Fails the records, and the producer can only be closed.',
};

export const reactionSentence = (reaction: Reaction): string => SENTENCES[reaction];

/** null: no producer is answered so to a Produce request. */
export const produceError = (error: string): ProduceError | null =>
  PRODUCE_ERRORS.find((row) => row.error === error) ?? null;

export { PRODUCE_ERRORS } from './errors/produceErrors.ts';
export {
  REQUEST_ERRORS,
  type RequestApi,
  type RequestError,
  type RequestReaction,
} from './errors/requestErrors.ts';
