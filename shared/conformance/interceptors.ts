/** The interceptors of a case (FORMAT.md §2): each notes that it was called, then does what the case says. */
import type { ProducerInterceptor } from '#engine/ProducerInterceptors';
import { JavaException } from '#record/exceptions';
import type { InterceptorSpec } from './caseSchema.ts';
import type { Notes } from './notes.ts';

const ALL = -1;

/** `currentSend`: the number of the send that runs on the present thread. */
export const scriptedInterceptor = (
  spec: InterceptorSpec,
  notes: Notes,
  currentSend: () => number,
): ProducerInterceptor => ({
  name: spec.name,
  onSend: (record) => {
    const n = currentSend();
    const threw = spec.throwsOnSend.includes(n) || spec.throwsOnSend.includes(ALL);
    notes.add({ kind: 'intercept', fields: { interceptor: spec.name, phase: 'onSend', n, threw } });
    if (threw) throw new JavaException('IllegalStateException', `${spec.name} throws`);
    if (spec.addsHeaderBytes < 0) return record;
    const added = { key: spec.name, valueBytes: spec.addsHeaderBytes };
    return { ...record, headers: [...record.headers, added] };
  },
  onAcknowledgement: (metadata, exception, headers) => {
    const threw = spec.throwsOnAcknowledgement;
    notes.add({
      kind: 'intercept',
      fields: {
        interceptor: spec.name,
        phase: 'onAcknowledgement',
        tp: `${metadata.topic}-${metadata.partition}`,
        offset: metadata.offset,
        ...(exception === null ? {} : { exception: exception.exception }),
        headers: headers.length,
        threw,
      },
    });
    if (threw) throw new JavaException('IllegalStateException', `${spec.name} throws`);
  },
});
