import { expect, test } from 'vitest';
import type { ProducePartitionResponse } from '../requests.ts';
import { Fixture } from '#testing/TransactionFixture';

/** §6.5 row by row. */
interface Row {
  readonly name: string;
  readonly response: Partial<ProducePartitionResponse>;
  readonly isTransactional?: boolean;
  /** The sequences were restarted while this batch was in flight. */
  readonly isReset?: boolean;
  /** −1: none. */
  readonly lastAckedOffset?: number;
  /** Whether a batch before this one is still unacknowledged. */
  readonly hasEarlier?: boolean;
  /** Sequence after an unresolved batch. */
  readonly unresolved?: number;
  readonly retries: boolean;
  readonly bumps?: boolean;
}

const UNKNOWN = 'UNKNOWN_PRODUCER_ID';
const GAP = 'OUT_OF_ORDER_SEQUENCE_NUMBER';
const ROWS: readonly Row[] = [
  { name: 'log start unknown', response: { error: UNKNOWN, logStartOffset: -1 }, retries: true },
  {
    name: 'sequence already reset',
    response: { error: UNKNOWN, logStartOffset: 0 },
    isReset: true,
    lastAckedOffset: 5,
    retries: true,
  },
  {
    name: 'log head deleted',
    response: { error: UNKNOWN, logStartOffset: 9 },
    lastAckedOffset: 5,
    retries: true,
    bumps: true,
  },
  {
    name: 'log head deleted, transactional: restarts without a bump',
    response: { error: UNKNOWN, logStartOffset: 9 },
    isTransactional: true,
    lastAckedOffset: 5,
    retries: true,
  },
  {
    name: 'state lost',
    response: { error: UNKNOWN, logStartOffset: 0 },
    lastAckedOffset: 5,
    retries: true,
    bumps: true,
  },
  {
    name: 'state lost, transactional',
    response: { error: UNKNOWN, logStartOffset: 0 },
    isTransactional: true,
    lastAckedOffset: 5,
    retries: false,
  },
  { name: 'gap before', response: { error: GAP }, hasEarlier: true, retries: true },
  {
    name: 'gap before, transactional',
    response: { error: GAP },
    isTransactional: true,
    hasEarlier: true,
    retries: true,
  },
  { name: 'gap here', response: { error: GAP }, retries: true, bumps: true },
  { name: 'gap here, transactional', response: { error: GAP }, isTransactional: true, retries: false },
  { name: 'gap here after a reset', response: { error: GAP }, isReset: true, retries: true },
  {
    name: 'gap behind an unresolved batch',
    response: { error: GAP },
    unresolved: 0,
    retries: true,
    bumps: true,
  },
  { name: 'gap further behind', response: { error: GAP }, unresolved: 99, retries: true },
  {
    name: 'gap behind an unresolved batch, transactional',
    response: { error: GAP },
    isTransactional: true,
    unresolved: 0,
    retries: false,
  },
  { name: 'retriable', response: { error: 'NOT_ENOUGH_REPLICAS' }, retries: true },
  { name: 'not retriable', response: { error: 'MESSAGE_TOO_LARGE' }, retries: false },
];

test.each(ROWS)('$name', (row) => {
  const fixture =
    row.isTransactional === true
      ? new Fixture({ transactionalId: 'x' }).initialized()
      : new Fixture().withProducerId();
  const { manager } = fixture;
  const tp = fixture.tp(0);
  if (row.hasEarlier === true) fixture.drained(tp, 1);
  const batch = fixture.drained(tp, 1);
  if (row.isReset === true) batch.resetProducerState(manager.producerIdAndEpoch(), batch.baseSequence());
  if (row.lastAckedOffset !== undefined)
    manager.txnPartitionMap.get(tp).lastAckedOffset = row.lastAckedOffset;
  if (row.unresolved !== undefined) manager.partitionsWithUnresolvedSequences.set(tp, row.unresolved);
  const answer = manager.canRetry(fixture.partitionResponse(tp, row.response), batch);
  expect([answer, manager.clientSideEpochBumpRequired]).toEqual([row.retries, row.bumps ?? false]);
});
