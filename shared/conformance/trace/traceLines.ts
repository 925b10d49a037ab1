/** The lines of a trace between its first and its last ones, from the log and the notes of a run (FORMAT.md §9). */
import type { ThreadId } from '#base/ids';
import { known } from '#base/assert';
import { MICROS_PER_MS } from '#base/time';
import { tpName, type TopicPartition, type TopicPartitions } from '#base/TopicPartition';
import type { EventOf, PipelineEvent } from '#events/catalogue';
import type { Note } from '../notes.ts';
import { RecordLines } from './RecordLines.ts';
import { requestLine, responseLine, type ProduceSettings } from './requestLines.ts';
import { RequestIndex } from './RequestIndex.ts';
import type { TraceLine } from './TraceLine.ts';

export interface TraceInput {
  readonly events: readonly PipelineEvent[];
  readonly notes: readonly Note[];
  readonly partitions: TopicPartitions;
  readonly settings: ProduceSettings;
  /** Events before this one belong to the warm-up. */
  readonly startSeq: number;
}

interface Call {
  readonly api: string;
  readonly n: number | null;
  isBlockTold: boolean;
}

const at = (us: number): number => Math.floor(us / MICROS_PER_MS);

class LineMaker {
  readonly lines: TraceLine[] = [];
  private readonly input: TraceInput;
  private readonly index: RequestIndex;
  private readonly records: RecordLines;
  /** The call in progress on each thread. */
  private readonly calls = new Map<ThreadId, Call>();
  private readonly numbers = new Map<number, number>();

  constructor(input: TraceInput) {
    this.input = input;
    this.index = new RequestIndex(input.events);
    this.records = new RecordLines(input.partitions, (batch) => this.index.tpOf(batch));
  }

  note(note: Note): void {
    const t = at(note.at);
    switch (note.kind) {
      case 'send':
        this.calls.set(note.thread, { api: 'send', n: note.n, isBlockTold: false });
        this.lines.push(this.records.send(note));
        break;
      case 'sendReturned':
        this.lines.push(this.records.sendReturned(note.n, note.at, note.failure));
        break;
      case 'futureDone':
        this.lines.push({ t, ev: 'futureDone', n: note.n });
        break;
      case 'completed':
        this.lines.push(this.records.completedLine(t, note.record));
        break;
      case 'connect':
      case 'connected':
        this.lines.push({ t, ev: note.kind, node: note.node });
        break;
      case 'disconnect':
        this.lines.push({ t, ev: 'disconnect', node: note.node, reason: note.reason });
        break;
      case 'intercept':
        this.lines.push({ t, ev: 'intercept', ...note.fields });
        break;
      case 'state':
        this.lines.push({ t, ev: 'state', state: note.state, pid: note.pid, epoch: note.epoch });
        break;
      case 'received':
        this.lines.push(
          responseLine(t, this.number(note.request), this.index.get(note.request), note.body, this.input),
        );
        break;
    }
  }

  /** Requests are counted as they are written. */
  private number(request: number): number {
    return known(this.numbers.get(request), `number of request ${request}`);
  }

  event(seq: number): void {
    const event = known(this.input.events[seq], `event ${seq}`);
    const t = at(event.at);
    switch (event.type) {
      case 'call.began':
        if (event.call === 'send') break;
        this.calls.set(event.thread, { api: event.call, n: null, isBlockTold: false });
        this.lines.push({ t, ev: 'call', api: event.call });
        break;
      case 'call.returned':
        if (event.call === 'send') break;
        this.lines.push({ t, ev: 'returned', api: event.call, ...failureOf(event) });
        break;
      case 'request.written':
        this.numbers.set(event.request, this.numbers.size + 1);
        this.lines.push(
          requestLine(t, this.number(event.request), this.index.get(event.request), this.input),
        );
        break;
      case 'thread.blocked':
        this.blocked(t, event.thread);
        break;
      case 'metadata.bootstrapped':
        this.lines.push({ t, ev: 'bootstrap' });
        break;
      case 'metadata.updated':
        this.lines.push(metadataLine(t, event));
        break;
      case 'leader.hinted':
        this.hinted(seq);
        break;
      default:
        this.records.apply(event);
    }
  }

  private blocked(t: number, thread: ThreadId): void {
    const call = this.calls.get(thread);
    // The sender thread sleeps too, but makes no calls.
    if (call === undefined || call.isBlockTold) return;
    call.isBlockTold = true;
    const { api, n } = call;
    this.lines.push(n === null ? { t, ev: 'blocked', api } : { t, ev: 'blocked', api, n });
  }

  /** The hints of one response are told sorted by their text. */
  private hinted(seq: number): void {
    if (seq > 0 && this.input.events[seq - 1]?.type === 'leader.hinted') return;
    const hints: EventOf<'leader.hinted'>[] = [];
    for (let next = seq; ; next++) {
      const event = this.input.events[next];
      if (event?.type !== 'leader.hinted') break;
      hints.push(event);
    }
    const lines = hints.map((hint) => ({
      t: at(hint.at),
      ev: 'leaderHint',
      tp: tpName(this.partition(hint.tp)),
      leader: hint.leader,
      epoch: hint.leaderEpoch,
    }));
    this.lines.push(...lines.toSorted((a, b) => (a.tp < b.tp ? -1 : 1)));
  }

  private partition(tp: number): TopicPartition {
    return known(this.input.partitions.all[tp], `partition ${tp}`);
  }
}

function failureOf(event: EventOf<'call.returned'>): Readonly<Record<string, unknown>> {
  return event.exception === null ? {} : { exception: event.exception, message: event.message };
}

function metadataLine(t: number, event: EventOf<'metadata.updated'>): TraceLine {
  const { partial, leaders, errors } = event;
  const line = { t, ev: 'metadata', partial, leaders };
  return Object.keys(errors).length === 0 ? line : { ...line, errors };
}

/** All lines from the beginning of case time on, in order. */
export function traceLines(input: TraceInput): readonly TraceLine[] {
  const maker = new LineMaker(input);
  let note = 0;
  for (let seq = input.startSeq; seq <= input.events.length; seq++) {
    for (; note < input.notes.length; note++) {
      const next = known(input.notes[note], 'note');
      if (next.seq > seq) break;
      maker.note(next);
    }
    if (seq < input.events.length) maker.event(seq);
  }
  return maker.lines;
}
