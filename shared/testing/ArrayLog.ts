/** A log of plain objects: what tests write to when the encoding of the tape is not their subject. */
import { known } from '#base/assert';
import { micros, type Micros } from '#base/time';
import type { EventReader } from '#events/EventLogView';
import {
  catalogue,
  type EventSink,
  type EventType,
  type PipelineEvent,
  type WriterOf,
} from '#events/catalogue';

export class ArrayLog implements EventSink {
  readonly events: PipelineEvent[] = [];
  private readonly nowUs: () => number;

  /** `nowUs`: run time in µs of the events to come. */
  constructor(nowUs: () => number) {
    this.nowUs = nowUs;
  }

  writer<T extends EventType>(type: T): WriterOf<T> {
    const names: readonly string[] = catalogue[type].map((field) => field.name);
    return (...values: readonly unknown[]) => {
      const event: Record<string, unknown> = { type, seq: this.events.length, at: this.nowUs() };
      for (let i = 0; i < names.length; i++) event[known(names[i], 'field')] = values[i];
      this.events.push(event as unknown as PipelineEvent);
    };
  }

  get endSeq(): number {
    return this.events.length;
  }

  get endAt(): Micros {
    return this.events.at(-1)?.at ?? micros(0);
  }

  at(seq: number): PipelineEvent {
    return known(this.events[seq], `event ${seq}`);
  }

  read(fromSeq: number): EventReader {
    let seq = fromSeq;
    return {
      get seq() {
        return seq;
      },
      next: () => this.at(seq++),
    };
  }
}
