/**
 * The loop of the KafkaProducer documentation: begin, send some records, commit, again. An error that ends only the
 * transaction is answered by an abort, one that ends the producer by closing it (§8.5). A call that timed out is made again.
 */
import type { TopicPartition } from '#base/TopicPartition';
import type { Blocking, Wait } from '#engine/Blocking';
import type { Producer } from '#engine/KafkaProducer/KafkaProducer';
import { exceptionIs, JavaException, type ExceptionName } from '#record/exceptions';
import type { ApplicationThread } from './ApplicationThread.ts';

/** Same shape as the scenario's `TransactionSpec`. */
export interface TransactionPlan {
  readonly records: number;
  readonly abortEvery: number;
  readonly alsoTopic: string;
  readonly offsetsGroup: string;
}

export interface TransactionParts {
  readonly plan: TransactionPlan;
  /** The input that a read-process-write loop commits the offsets of. */
  readonly input: TopicPartition;
  /** A record went to another topic than the workload's. */
  readonly redirected: (record: number, topic: string) => void;
}

type Ending = 'commit' | 'abort';

/** What the documentation says to close the producer for; everything else is answered by an abort. */
const FATAL: readonly ExceptionName[] = [
  'ProducerFencedException',
  'AuthorizationException',
  'AuthenticationException',
  'UnsupportedVersionException',
  'OutOfOrderSequenceException',
  'InvalidPidMappingException',
  'IllegalStateException',
  'IllegalArgumentException',
];

const isFatal = (thrown: JavaException): boolean =>
  FATAL.some((ancestor) => thrown.is(ancestor)) ||
  (thrown.because !== null && exceptionIs(thrown.because.exception, 'ProducerFencedException'));

function* insist(call: () => Blocking<void>): Blocking<void> {
  for (;;) {
    try {
      return yield* call();
    } catch (thrown) {
      if (!(thrown instanceof JavaException) || !thrown.is('TimeoutException')) throw thrown;
    }
  }
}

/** The thread of an application whose every record is in a transaction. One a producer: it has one transaction at a time. */
export function* transactionLoop(thread: ApplicationThread, parts: TransactionParts): Blocking<void> {
  const { control } = thread;
  let initialized: Producer | null = null;
  let transactions = 0;
  for (;;) {
    const { producer } = control;
    const rest = thread.rest();
    if (producer === null) {
      control.wish = null;
      if (rest !== null) yield rest;
      continue;
    }
    try {
      if (producer !== initialized) {
        yield* insist(() => producer.initTransactions());
        initialized = producer;
        thread.beginAnew();
        continue;
      }
      if (control.wish !== 'begin' && rest !== null) {
        control.wish = null;
        yield wakeable(thread, rest);
        continue;
      }
      control.wish = null;
      transactions++;
      yield* runTransaction(thread, producer, transactions, parts);
    } catch (thrown) {
      if (!(thrown instanceof JavaException)) throw thrown;
      yield* recover(thread, producer, thrown);
    }
  }
}

/** @throws JavaException whatever a call threw. */
function* runTransaction(
  thread: ApplicationThread,
  producer: Producer,
  number: number,
  { plan, input, redirected }: TransactionParts,
): Blocking<void> {
  const { control } = thread;
  producer.beginTransaction();
  let wished: Ending | null = null;
  for (let sent = 0; sent < plan.records && wished === null && !thread.isOver;) {
    // Another producer has taken its place: closing this one aborts what is open.
    if (control.producer !== producer) return;
    wished = endingOf(control.wish);
    control.wish = null;
    const rest = thread.rest();
    if (wished !== null) break;
    if (rest !== null) {
      yield wakeable(thread, rest);
      continue;
    }
    const record = thread.next();
    const isRedirected = plan.alsoTopic !== '' && sent % 2 === 1;
    const future = yield* producer.send(isRedirected ? { ...record, topic: plan.alsoTopic } : record);
    if (isRedirected) redirected(future.record, plan.alsoTopic);
    sent++;
  }
  const isAborted = plan.abortEvery > 0 && number % plan.abortEvery === 0;
  const ending = wished ?? (isAborted ? 'abort' : 'commit');
  if (ending === 'commit' && plan.offsetsGroup !== '') {
    const offsets = new Map([[input, { offset: number, metadata: '' }]]);
    const group = { groupId: plan.offsetsGroup, generationId: 1, memberId: 'consumer-1' };
    yield* insist(() => producer.sendOffsetsToTransaction(offsets, group));
  }
  yield* insist(() => (ending === 'commit' ? producer.commitTransaction() : producer.abortTransaction()));
}

/** Aborts what can be aborted. A producer that cannot go on is closed, and the application waits for another one. */
function* recover(thread: ApplicationThread, producer: Producer, thrown: JavaException): Blocking<void> {
  const { control } = thread;
  if (!isFatal(thrown)) {
    try {
      return yield* insist(() => producer.abortTransaction());
    } catch (again) {
      if (!(again instanceof JavaException)) throw again;
    }
  }
  if (control.producer === producer) control.producer = null;
  try {
    yield* producer.close();
  } catch (again) {
    if (!(again instanceof JavaException)) throw again;
  }
}

const endingOf = (wish: 'begin' | Ending | null): Ending | null => (wish === 'begin' ? null : wish);

/** Also a wish of the operator ends the rest. */
function wakeable({ control }: ApplicationThread, rest: Wait): Wait {
  return { ...rest, isOver: () => control.wish !== null || rest.isOver?.() === true };
}
