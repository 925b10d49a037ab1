/** TransactionManager.State and .Priority: which state may follow which, and which request goes first (§8.1, §8.2). */
import type { TransactionState } from '#events/words';

export type State = TransactionState;

/** State -> the states it may be entered from. FATAL_ERROR may be entered from anywhere. */
const SOURCES: Readonly<Record<Exclude<State, 'FATAL_ERROR'>, readonly State[]>> = {
  UNINITIALIZED: ['READY', 'ABORTABLE_ERROR'],
  INITIALIZING: ['UNINITIALIZED', 'COMMITTING_TRANSACTION', 'ABORTING_TRANSACTION'],
  READY: ['INITIALIZING', 'COMMITTING_TRANSACTION', 'ABORTING_TRANSACTION'],
  IN_TRANSACTION: ['READY'],
  PREPARED_TRANSACTION: ['IN_TRANSACTION', 'INITIALIZING'],
  COMMITTING_TRANSACTION: ['IN_TRANSACTION', 'PREPARED_TRANSACTION'],
  ABORTING_TRANSACTION: ['IN_TRANSACTION', 'PREPARED_TRANSACTION', 'ABORTABLE_ERROR'],
  ABORTABLE_ERROR: ['IN_TRANSACTION', 'COMMITTING_TRANSACTION', 'ABORTABLE_ERROR', 'INITIALIZING'],
};

export const isTransitionValid = (source: State, target: State): boolean =>
  target === 'FATAL_ERROR' || SOURCES[target].includes(source);

/**
 * The lower goes first. A coordinator must be known before anything else, then a producer id; the end of the
 * transaction waits for all of it, and an epoch bump that repairs the producer comes after that end.
 */
export const Priority = {
  FIND_COORDINATOR: 0,
  INIT_PRODUCER_ID: 1,
  ADD_PARTITIONS_OR_OFFSETS: 2,
  END_TXN: 3,
  EPOCH_BUMP: 4,
} as const;
export type Priority = (typeof Priority)[keyof typeof Priority];
