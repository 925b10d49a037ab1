/** org.apache.kafka.clients.producer.internals.TransactionalRequestResult: what a transactional call waits for. */
import { micros, MICROS_PER_MS } from '#base/time';
import { JavaException } from '#record/exceptions';
import type { Blocking } from '../Blocking.ts';
import type { Clock } from '../Clock.ts';

export class TransactionalRequestResult {
  private readonly clock: Clock;
  private readonly operation: string;
  private completed = false;
  private failure: JavaException | null = null;
  private acked = false;

  constructor(clock: Clock, operation: string) {
    this.clock = clock;
    this.operation = operation;
  }

  /** Also after `done`: the last error is the one that is thrown. */
  fail(error: JavaException): void {
    this.failure = error;
    this.completed = true;
  }

  done(): void {
    this.completed = true;
  }

  /**
   * Waits at most `timeoutMs`. Only a call that saw the outcome acknowledges it; until then the operation stays
   * pending and nothing but its repetition is allowed.
   * @throws JavaException TimeoutException, or the error of the request.
   */
  *await(timeoutMs: number, expectedTimeoutReason: string): Blocking<void> {
    const untilUs = micros(this.clock.nowUs() + timeoutMs * MICROS_PER_MS);
    // Also with a timeout of 0 the thread rests once: the sender may be about to do what is waited for.
    if (!this.completed) yield { on: 'transaction', untilUs, isOver: () => this.completed };
    if (!this.completed) {
      throw new JavaException(
        'TimeoutException',
        `Timeout expired after ${timeoutMs}ms while awaiting ${this.operation}. ${expectedTimeoutReason}`,
      );
    }
    this.acked = true;
    if (this.failure !== null) throw this.failure;
  }

  error(): JavaException | null {
    return this.failure;
  }

  isSuccessful(): boolean {
    return this.completed && this.failure === null;
  }

  isCompleted(): boolean {
    return this.completed;
  }

  isAcked(): boolean {
    return this.acked;
  }
}
