/** The errors as the panel shows them: one row a name, with every request that can be answered so. */
import {
  PRODUCE_ERRORS,
  REQUEST_ERRORS,
  reactionSentence,
  type ProduceReactions,
  type RequestReaction,
} from '#explain/errors';
import type { AnswerRule, ApplicationSpec } from '#model/Scenario';
import type { ErrorCounts } from '#projections/errorTally';
import { errorCode, errorException, isRetriable, refreshesMetadata, type ErrorName } from '#record/Errors';
import { API_LABELS } from '../faults/answers.ts';

export type ProducerKind = keyof ProduceReactions;

export const PRODUCER_KINDS: readonly ProducerKind[] = ['plain', 'idempotent', 'transactional'];

export interface ErrorWay {
  readonly api: AnswerRule['api'];
  readonly label: string;
  /** What the producer does. */
  readonly does: string;
  /** What the application must do. */
  readonly application: string;
}

export interface ErrorRow {
  readonly error: ErrorName;
  readonly code: number;
  readonly exception: string;
  readonly meaning: string;
  readonly isRetriable: boolean;
  readonly ways: readonly ErrorWay[];
}

const REQUEST_SENTENCES: Readonly<Record<RequestReaction, string>> = {
  retried: 'Asks again after retry.backoff.ms, and the call waits.',
  abortable: 'The transaction can only be aborted.',
  fatal: 'The producer can only be closed.',
};

/** Of an application's producer, by its settings. Unset, idempotence is on where nothing speaks against it. */
export function kindOf(application: Pick<ApplicationSpec, 'producer'> | undefined): ProducerKind {
  const producer = application?.producer ?? {};
  if ((producer['transactional.id'] ?? '') !== '') return 'transactional';
  const { acks = 'all', retries = '1', 'enable.idempotence': wished = 'true' } = producer;
  const isOff = wished === 'false' || acks === '0' || acks === '1' || retries === '0';
  return isOff ? 'plain' : 'idempotent';
}

/** All errors, as a producer of this kind takes them. */
export function errorRows(kind: ProducerKind): readonly ErrorRow[] {
  const rows = new Map<ErrorName, ErrorRow>();
  const add = (error: ErrorName, meaning: string, way: ErrorWay): void => {
    const before = rows.get(error);
    rows.set(error, {
      error,
      code: errorCode(error),
      exception: errorException(error) ?? '',
      meaning: before?.meaning ?? meaning,
      isRetriable: isRetriable(error),
      ways: [...(before?.ways ?? []), way],
    });
  };
  for (const { error, meaning, application, reactions } of PRODUCE_ERRORS) {
    const news = refreshesMetadata(error) ? ' Asks for new metadata as well.' : '';
    const does = reactionSentence(reactions[kind]) + news;
    add(error, meaning, { api: 'PRODUCE', label: API_LABELS.PRODUCE, does, application });
  }
  for (const { api, error, meaning, application, reaction } of REQUEST_ERRORS) {
    if (kind !== 'transactional') continue;
    add(error, meaning, { api, label: API_LABELS[api], does: REQUEST_SENTENCES[reaction], application });
  }
  return [...rows.values()];
}

/** `text` in the name, the exception or the meaning, whatever its case. */
export function isWanted({ error, exception, meaning }: ErrorRow, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  return [error, exception, meaning].some((each) => each.toLowerCase().includes(wanted));
}

const times = (count: number): string => (count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`);

/** What has happened with it so far; null: nothing. */
export function countsSentence(counts: ErrorCounts): string | null {
  if (counts.answered === 0) return null;
  const parts: string[] = [];
  const part = (count: number, what: string): void => {
    if (count > 0) parts.push(`${what} ${times(count)}`);
  };
  part(counts.retried, 'tried again');
  part(counts.split, 'split');
  part(counts.acked, 'taken as acked');
  part(counts.failed, 'failed');
  part(counts['new-epoch'], 'new epoch');
  part(counts.abortable, 'abortable');
  part(counts.fatal, 'fatal');
  const did = parts.length === 0 ? '' : `: ${parts.join(', ')}`;
  return `Answered ${times(counts.answered)}${did}.`;
}
