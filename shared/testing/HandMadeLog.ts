/** A log written by hand: for tests of what reads logs, without an engine. */
import { micros } from '#base/time';
import type { EventOf, EventType } from '#events/catalogue';
import { EventTape } from '#events/EventTape';
import { LAYOUTS } from '#events/tape/layout';

type Fields<T extends EventType> = Partial<{
  -readonly [K in keyof Omit<EventOf<T>, 'type' | 'seq' | 'at'>]: unknown;
}>;

/** What a field holds when a test does not say. */
const BLANK = {
  id: 0,
  count: 0,
  signed: -1,
  long: -1,
  flag: false,
  word: '',
  text: 'x',
  json: null,
} as const;

export class HandMadeLog {
  readonly tape: EventTape;
  private nowUs = 0;
  private readonly writers = new Map<EventType, (...values: unknown[]) => void>();

  constructor() {
    this.tape = new EventTape({ nowUs: () => micros(this.nowUs) });
  }

  get now(): number {
    return this.nowUs;
  }

  at(us: number): this {
    this.nowUs = us;
    return this;
  }

  after(us: number): this {
    this.nowUs += us;
    return this;
  }

  write<T extends EventType>(type: T, fields: Fields<T> = {}): this {
    let writer = this.writers.get(type);
    if (writer === undefined) {
      writer = this.tape.writer(type) as unknown as (...values: unknown[]) => void;
      this.writers.set(type, writer);
    }
    const layout = LAYOUTS.find((each) => each.type === type);
    const given = fields as Readonly<Record<string, unknown>>;
    const values = (layout?.fields ?? []).map((field) => {
      if (field.name in given) return given[field.name];
      if (field.optional) return null;
      return field.codec === 'word' ? field.words[0] : BLANK[field.codec];
    });
    writer(...values);
    return this;
  }
}
