/** Where a record was sent: its first event, found without an index. */
import type { RecordId } from '#base/ids';
import type { EventOf } from '#events/catalogue';
import type { EventLogView } from '#events/EventLogView';

/** `record.sent` of a record. Ids rise along the log, so it is searched by halves; null: not sent in this log. */
export function sentEvent(log: EventLogView, record: RecordId): EventOf<'record.sent'> | null {
  let low = log.startSeq;
  let high = log.endSeq;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const reader = log.read(middle);
    let found: EventOf<'record.sent'> | null = null;
    let seq = middle;
    while (seq < high && found === null) {
      const event = reader.next();
      seq++;
      if (event.type === 'record.sent') found = event;
    }
    if (found === null || found.record > record) high = middle;
    else if (found.record === record) return found;
    else low = seq;
  }
  return null;
}
