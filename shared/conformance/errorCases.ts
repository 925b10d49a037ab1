/**
 * A case for every row of §5.9 and §8.5: one fault, then what `explain/errors` tells the application to do. `npm run golden
 * -- --errors` keeps them in `cases/` with what the real client did.
 */
import {
  PRODUCE_ERRORS,
  produceError,
  REQUEST_ERRORS,
  type ProduceReactions,
  type RequestApi,
} from '#explain/errors';
import type { ErrorName } from '#record/Errors';
import type { CaseJson } from './randomCase.ts';

export type ProducerKind = keyof ProduceReactions;

export interface ErrorCase {
  readonly name: string;
  readonly kind: ProducerKind;
  readonly api: 'PRODUCE' | RequestApi;
  readonly error: ErrorName;
  /** Of the answer, among those to requests of this API. */
  readonly nth: number;
  /** As in `explain/errors`. */
  readonly reaction: string;
  /** Whether the producer can still be used, after what `explain/errors` asks for. */
  readonly goesOn: boolean;
  readonly json: CaseJson & { readonly covers: readonly string[]; readonly why: string };
}

type CommandJson = CaseJson['commands'][number];

const KINDS: readonly ProducerKind[] = ['plain', 'idempotent', 'transactional'];
const PRODUCERS: Readonly<Record<ProducerKind, CaseJson['producer']>> = {
  plain: { 'linger.ms': 5, 'enable.idempotence': false },
  idempotent: { 'linger.ms': 5 },
  transactional: { 'linger.ms': 5, 'transactional.id': 'x' },
};

const send = (at: number, count: number): CommandJson => ({
  at,
  do: 'send',
  topic: 't',
  partition: 0,
  valueBytes: 10,
  count,
});

/** Three records in one batch, and later a record more: whether the producer can go on. */
const SENDING: readonly CommandJson[] = [send(0, 3), send(500, 1)];

/** A transaction, and another one after what the first one asks for. */
function transactions(row: Row, end: 'commitTransaction' | 'abortTransaction'): readonly CommandJson[] {
  const { api, reaction } = row;
  const isAbortable = reaction.includes('abortable');
  const failsAtInit = isOfInit(row);
  // Where a permission is missing the same call may be made again. Aborting instead does not help.
  const repair = isDenied(row) ? 'initTransactions' : 'abortTransaction';
  return [
    { at: 0, do: 'initTransactions' },
    ...(failsAtInit && isAbortable ? [{ at: 500, do: repair }] : []),
    { at: 1000, do: 'beginTransaction' },
    send(1000, 3),
    ...(api === 'PRODUCE'
      ? []
      : [{ at: 1020, do: 'sendOffsetsToTransaction', group: 'g', offsets: { 'in-0': 5 } }]),
    { at: 1500, do: end },
    ...(isAbortable && !failsAtInit ? [{ at: 2000, do: 'abortTransaction' }] : []),
    { at: 2500, do: 'beginTransaction' },
    send(2500, 1),
    { at: 2600, do: 'commitTransaction' },
    ...(goesOnAfter(row) ? [] : [{ at: 3000, do: 'close' }]),
  ];
}

interface Row {
  readonly kind: ProducerKind;
  readonly api: ErrorCase['api'];
  readonly error: ErrorName;
  readonly reaction: string;
  readonly isAbort?: boolean;
}

/** The first FindCoordinator looks for the coordinator of transactions, the second for that of the group. */
const nthOf = ({ api, error }: Row): number =>
  api === 'FIND_COORDINATOR' && error === 'GROUP_AUTHORIZATION_FAILED' ? 2 : 1;

const isStored = ({ api, error }: Row): boolean =>
  api === 'PRODUCE' && (produceError(error)?.isStored ?? false);

const isOfInit = (row: Row): boolean =>
  (row.api === 'INIT_PRODUCER_ID' || row.api === 'FIND_COORDINATOR') && nthOf(row) === 1;

const isDenied = ({ error }: Row): boolean => error.endsWith('AUTHORIZATION_FAILED');

/** Before the first transaction there is nothing to abort: of what is abortable only a missing permission can be mended. */
const goesOnAfter = (row: Row): boolean =>
  row.reaction.includes('abortable') ? !isOfInit(row) || isDenied(row) : !row.reaction.includes('fatal');

/** Version 2 of transactions does without these requests. */
const isOldRequest = (api: ErrorCase['api']): boolean =>
  api === 'ADD_PARTITIONS_TO_TXN' || api === 'ADD_OFFSETS_TO_TXN';

function errorCase(row: Row): ErrorCase {
  const { kind, api, error, reaction, isAbort = false } = row;
  const nth = nthOf(row);
  const request = api === 'PRODUCE' ? '' : `${api}-`;
  const name = `error-${kind}-${request}${error}${isAbort ? '-on-abort' : ''}`
    .toLowerCase()
    .replaceAll('_', '-');
  const isTransactional = kind === 'transactional';
  const end = isAbort ? 'abortTransaction' : 'commitTransaction';
  const json = {
    name,
    covers: [api === 'PRODUCE' ? '§5.9' : '§8.5'],
    why: `${api} ${nth} of the ${kind} producer is answered ${error}: ${reaction}.`,
    cluster: {
      topics: { t: { partitions: 1 } },
      ...(isOldRequest(api) ? { transactionVersion: 1 } : {}),
    },
    producer: PRODUCERS[kind],
    commands: isTransactional ? transactions(row, end) : SENDING,
    faults: [{ match: { api, nth }, answer: isStored(row) ? { error, appended: true } : { error } }],
    until: isTransactional ? 4000 : 1500,
  };
  return { name, kind, api, error, nth, reaction, goesOn: goesOnAfter(row), json };
}

export const ERROR_CASES: readonly ErrorCase[] = [
  ...PRODUCE_ERRORS.flatMap(({ error, reactions }) =>
    KINDS.map((kind) => errorCase({ kind, api: 'PRODUCE', error, reaction: reactions[kind] })),
  ),
  ...REQUEST_ERRORS.map(({ api, error, reaction }) =>
    errorCase({ kind: 'transactional', api, error, reaction }),
  ),
  // What can be aborted when it is committed cannot when it is being aborted (§8.5).
  errorCase({
    kind: 'transactional',
    api: 'END_TXN',
    error: 'TRANSACTION_ABORTABLE',
    reaction: 'fatal',
    isAbort: true,
  }),
];
