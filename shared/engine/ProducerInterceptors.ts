/**
 * org.apache.kafka.clients.producer.internals.ProducerInterceptors (KIP-42): code of others around every record. What
 * an interceptor throws is logged and changes nothing; the chain goes on with the last good record.
 */
import type { RecordId } from '#base/ids';
import type { WriterOf } from '#events/catalogue';
import { JavaException } from '#record/exceptions';
import type { HeaderSize } from '#record/recordSizes';
import { failedMetadata, type ProducerRecord, type RecordMetadata } from './ProducerRecord.ts';
import type { RunContext } from './RunContext.ts';

export interface ProducerInterceptor {
  readonly name: string;
  /** On the thread of send(), before anything else. May hand on another record. */
  onSend(record: ProducerRecord, id: RecordId): ProducerRecord;
  /** On the sender thread before the user's callback, or on the thread of a send() that failed after it. */
  onAcknowledgement(
    metadata: RecordMetadata,
    exception: JavaException | null,
    headers: readonly HeaderSize[],
    id: RecordId,
  ): void;
}

export class ProducerInterceptors {
  readonly isEmpty: boolean;
  private readonly interceptors: readonly ProducerInterceptor[];
  private readonly recordIntercepted: WriterOf<'record.intercepted'>;

  constructor(run: Pick<RunContext, 'events'>, interceptors: readonly ProducerInterceptor[]) {
    this.interceptors = interceptors;
    this.isEmpty = interceptors.length === 0;
    this.recordIntercepted = run.events.writer('record.intercepted');
  }

  onSend(record: ProducerRecord, id: RecordId): ProducerRecord {
    let intercepted = record;
    for (const interceptor of this.interceptors)
      this.guarded(interceptor, 'onSend', id, () => {
        intercepted = interceptor.onSend(intercepted, id);
      });
    return intercepted;
  }

  onAcknowledgement(
    metadata: RecordMetadata,
    exception: JavaException | null,
    headers: readonly HeaderSize[],
    id: RecordId,
  ): void {
    for (const interceptor of this.interceptors)
      this.guarded(interceptor, 'onAcknowledgement', id, () =>
        interceptor.onAcknowledgement(metadata, exception, headers, id),
      );
  }

  /** A record that did not make it into a batch; of one that did, and failed beside it, the second call comes later. */
  onSendError(record: ProducerRecord, partition: number, exception: JavaException, id: RecordId): void {
    this.onAcknowledgement(failedMetadata(record.topic, partition), exception, record.headers, id);
  }

  private guarded(interceptor: ProducerInterceptor, phase: string, id: RecordId, body: () => void): void {
    let threw = false;
    try {
      body();
    } catch (thrown) {
      if (!(thrown instanceof JavaException)) throw thrown;
      threw = true;
    }
    this.recordIntercepted(id, interceptor.name, phase, threw);
  }
}

/** Adds a header of eight bytes, as one for tracing would: the record grows before it is serialized. */
const tracingInterceptor: ProducerInterceptor = {
  name: 'linger.TracingInterceptor',
  onSend: (record) => ({ ...record, headers: [...record.headers, { key: 'trace-id', valueBytes: 8 }] }),
  onAcknowledgement: () => {},
};

/** Throws whenever it is asked: the producer goes on as if it were not there. */
const failingInterceptor: ProducerInterceptor = {
  name: 'linger.FailingInterceptor',
  onSend: () => {
    throw new JavaException('IllegalStateException', 'linger.FailingInterceptor throws');
  },
  onAcknowledgement: () => {
    throw new JavaException('IllegalStateException', 'linger.FailingInterceptor throws');
  },
};

/** What `interceptor.classes` may name: there is no class path here. */
export const INTERCEPTORS: readonly ProducerInterceptor[] = [tracingInterceptor, failingInterceptor];

/** @throws KafkaException as Java does for a class that it cannot load. */
export function configuredInterceptors(classNames: readonly string[]): readonly ProducerInterceptor[] {
  return classNames.map((className) => {
    const interceptor = INTERCEPTORS.find(({ name }) => name === className);
    if (interceptor === undefined)
      throw new JavaException('KafkaException', `${className} ClassNotFoundException exception occurred`);
    return interceptor;
  });
}
