/** What can be done to an application and to its transactions, each with the sentence that says what it will do. */
import type { Fault } from './faults.ts';

/** What the sentences about an application depend on. */
export interface ApplicationFacts {
  readonly application: number;
  readonly name: string;
  readonly isRunning: boolean;
  /** null: it has none. */
  readonly transactionalId: string | null;
  readonly isInTransaction: boolean;
}

/** Starting, killing, and what its transactions may come to. */
export function applicationFaults(facts: ApplicationFacts): readonly Fault[] {
  const { application, name, transactionalId } = facts;
  if (!facts.isRunning) {
    return [
      {
        id: 'start',
        label: `Start ${name}`,
        tone: 'good',
        sentence: `${name} starts with a new producer${transactionalId === null ? '' : `, which fences whoever has ${transactionalId} now`}.`,
        command: { do: 'producer.start', application },
      },
    ];
  }
  const faults: Fault[] = [];
  if (transactionalId !== null) {
    faults.push({
      id: 'fence',
      label: 'Start a second instance',
      tone: 'bad',
      sentence: `${name} starts once more beside itself with the same transactional.id: initTransactions of the second fences the first, which is a zombie from then on.`,
      command: { do: 'producer.start', application },
    });
    if (facts.isInTransaction) {
      faults.push(
        {
          id: 'commit',
          label: 'Commit now',
          tone: 'good',
          sentence:
            'What was sent so far is committed: commitTransaction() flushes it and ends the transaction.',
          command: { do: 'transaction.commit', application },
        },
        {
          id: 'abort',
          label: 'Abort now',
          tone: 'bad',
          sentence:
            'What was sent so far is aborted: it stays in the logs, and no read_committed reader gets it.',
          command: { do: 'transaction.abort', application },
        },
      );
    } else {
      faults.push({
        id: 'begin',
        label: 'Begin a transaction',
        tone: 'good',
        sentence: 'beginTransaction() is called now; it does not ask any broker.',
        command: { do: 'transaction.begin', application },
      });
    }
  }
  faults.push({
    id: 'kill-producer',
    label: `Kill ${name}`,
    tone: 'bad',
    sentence: `The process of ${name} dies: what waits in its accumulator is gone${transactionalId === null ? '' : ', and an open transaction stays open until transaction.timeout.ms is over'}.`,
    command: { do: 'producer.kill', application },
  });
  return faults;
}
