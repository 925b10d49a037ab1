/**
 * A live run over the bridge as a source: the log is what was received, and grows by itself. A lost connection keeps
 * what is there and goes on where it ended. Of the page, only this file and its connection know the wire.
 */
import { micros, type Micros } from '#base/time';
import type { EventType } from '#events/catalogue';
import { EventTape } from '#events/EventTape';
import { DEFAULT_SCENARIO } from '#model/defaultScenario';
import type { Command, CommandBody, Scenario } from '#model/Scenario';
import type { PipelineState } from '#projections/pipelineState';
import { decodeWireFrame } from '#wire/frame';
import type { LedgerListing, LedgerMessage } from '#wire/ledger';
import { vocabulary, type BridgeMessage, type StateMessage } from '#wire/messages';
import { KEPT_TEXTS_EVENTS, PROTOCOL_VERSION, TOKEN_HEADER, WAY_IN_PATH } from '#wire/protocol';
import { decodeState } from '#wire/snapshot';
import type { RestartableSource } from '../session/session.ts';
import { beginningLink } from './beginningLink.ts';
import { LedgerLists } from './ledgerLists.ts';
import { isViewersPage, viewersToken } from '../session/urlState.ts';
import { LiveConnection, type Refusal, type Surroundings } from './liveConnection.ts';
import type { Capabilities, LogChange, Provenance, RecordContent, SourceStatus } from './Source.ts';

/** What the page keeps of a run; older events go. */
const MAX_EVENTS = 2_000_000;
/** Contents of records that were asked for. */
const MAX_CONTENTS = 500;

const ANSWER_MS = 3000;
const RELOAD = 'This page and the bridge are of different versions: reload the page.';
const CONNECTING = 'Connecting to the bridge.';
const LOOK_ONLY = 'You are looking on: only the presenter can change this run.';
const NOT_SENT = 'There is no connection to the bridge: nothing was done.';
const LOST = 'The bridge cannot be reached. The picture stays as it was, and comes back by itself.';

/** `isPassing`: it is of trouble that comes and goes, and says nothing of what was done here. */
type SentenceListener = (sentence: string, isPassing: boolean) => void;

export interface LiveSource extends RestartableSource {
  /** Told what the bridge says by itself: a command that was refused, a run that begins anew. */
  onSentence(listener: SentenceListener): void;
  ledgerRecords(listing: LedgerListing, tp: number | null): readonly number[] | 'asked';
  close(): void;
}

/** What came with the last `state`, while its first frame is awaited. */
interface Beginning {
  readonly tape: EventTape;
  readonly base: PipelineState;
  readonly message: StateMessage;
}

class LiveRunSource implements LiveSource {
  readonly kind = 'live';
  lookOnly: string | null = null;
  capabilities: Capabilities = { events: new Map(), commands: new Set(), commandsInThePast: false };
  log = new EventTape();
  base: PipelineState | null = null;
  ledger: LedgerMessage | null = null;
  status: SourceStatus = { kind: 'disconnected', sentence: CONNECTING };
  readonly mostEvents: number;
  private readonly connection: LiveConnection;
  private readonly listeners = new Set<(change: LogChange) => void>();
  private readonly talkers = new Set<SentenceListener>();
  readonly contents = new Map<number, RecordContent | 'asked' | 'gone'>();
  private readonly ledgerLists = new LedgerLists((question) => this.connection.send(question));
  private runId: string | null = null;
  private coming: Beginning | null = null;
  private completeAt = 0;
  private drawnSeq = 0;
  private commands = 0;
  private startScenario: Scenario = { ...DEFAULT_SCENARIO, commands: [] };
  private wholeScenario = this.startScenario;
  /** Commands of the log before it are in `wholeScenario`. */
  private readSeq = 0;
  /** This page has asked for another run. */
  private isAnotherWanted = false;
  /** What was last said to be wrong with a run that goes on. */
  private warning: string | null = null;

  constructor(surroundings: Surroundings, mostEvents: number) {
    this.mostEvents = mostEvents;
    this.connection = new LiveConnection(surroundings, {
      opened: () => this.hello(),
      message: (message) => this.take(message),
      frame: (bytes) => this.takeFrame(bytes),
      lost: (refusal) => this.lost(refusal),
    });
  }

  /** With the commands that have come by in the log. The same object as long as nothing changes. */
  get scenario(): Scenario {
    const given: Command[] = [];
    const reader = this.log.read(Math.max(this.readSeq, this.log.startSeq));
    for (; reader.seq < this.log.endSeq;) {
      const event = reader.next();
      if (event.type === 'command.applied') given.push(event.command as Command);
    }
    this.readSeq = this.log.endSeq;
    if (given.length > 0) {
      const { commands } = this.wholeScenario;
      const known = new Set(commands.map((command) => JSON.stringify(command)));
      const fresh = given.filter((command) => !known.has(JSON.stringify(command)));
      if (fresh.length > 0) this.wholeScenario = { ...this.wholeScenario, commands: [...commands, ...fresh] };
    }
    return this.wholeScenario;
  }

  /** Called with each frame of the page: what was received by then is drawn with it. */
  ensure(): Micros {
    const { endSeq } = this.log;
    if (endSeq !== this.drawnSeq && this.coming === null) {
      this.drawnSeq = endSeq;
      this.connection.send({ kind: 'drawn', seq: endSeq });
    }
    return micros(this.completeAt);
  }

  /** Live knows no past to change: it happens now, whatever moment is shown. */
  execute(command: CommandBody): string | null {
    if (!this.capabilities.commands.has(command.do)) return 'This live run cannot do that.';
    const isSent = this.connection.send({ kind: 'command', commandId: this.commands++, command });
    return isSent ? null : NOT_SENT;
  }

  /** What has happened stays so; another run takes its place, with these applications. */
  restart({ applications }: Scenario): string | null {
    if (this.capabilities.canBegin !== true) return 'This live run cannot be begun anew.';
    const link = beginningLink(applications);
    if (link === null) return 'The settings are too long to be sent: bring some back to their defaults.';
    const isSent = this.connection.send({ kind: 'begin', commandId: this.commands++, link });
    if (isSent) this.isAnotherWanted = true;
    return isSent ? null : NOT_SENT;
  }

  content(record: number): RecordContent | 'asked' | 'gone' {
    const known = this.contents.get(record);
    if (known !== undefined) return known;
    if (!this.connection.send({ kind: 'content', recordId: record })) return 'gone';
    const oldest = this.contents.keys().next();
    if (this.contents.size >= MAX_CONTENTS && oldest.done !== true) this.contents.delete(oldest.value);
    this.contents.set(record, 'asked');
    return 'asked';
  }

  ledgerRecords(listing: LedgerListing, tp: number | null): readonly number[] | 'asked' {
    return this.ledgerLists.records(listing, tp, this.ledger);
  }

  letGo(base: PipelineState): void {
    // Commands that nobody has asked for yet are kept.
    this.wholeScenario = this.scenario;
    this.log.trim(base.seq, this.log.endSeq - KEPT_TEXTS_EVENTS);
    this.base = base;
  }

  subscribe(listener: (change: LogChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  onSentence(listener: SentenceListener): void {
    this.talkers.add(listener);
  }

  close(): void {
    this.connection.end();
  }

  private hello(): void {
    this.coming = null;
    const canResume = this.runId !== null && this.log.endSeq > 0;
    const resume = canResume ? { runId: this.runId ?? '', seq: this.log.endSeq } : null;
    this.connection.send({ kind: 'hello', protocolVersion: PROTOCOL_VERSION, resume });
  }

  private take(message: BridgeMessage): void {
    switch (message.kind) {
      case 'state':
        return this.takeState(message);
      case 'status':
        if (message.failure !== null) this.setStatus({ kind: 'failed', sentence: message.failure });
        if (message.warning !== null && message.warning !== this.warning) this.talk(message.warning, true);
        this.warning = message.warning;
        return;
      case 'commandDone':
        if (message.sentence === null) return;
        this.isAnotherWanted = false;
        return this.talk(message.sentence);
      case 'content':
        this.contents.set(message.recordId, message.content ?? 'gone');
        return this.tell({ kind: 'grown' });
      case 'ledger':
        this.ledger = message;
        return this.tell({ kind: 'grown' });
      case 'ledgerRecords':
        this.ledgerLists.take(message);
        return this.tell({ kind: 'grown' });
      case 'refused':
        // Another try would be refused the same way.
        this.connection.end();
        return this.setStatus({ kind: 'failed', sentence: message.sentence });
    }
  }

  private takeState(message: StateMessage): void {
    if (
      message.protocolVersion !== PROTOCOL_VERSION ||
      JSON.stringify(message.vocabulary) !== JSON.stringify(vocabulary())
    ) {
      this.connection.end();
      return this.setStatus({ kind: 'failed', sentence: RELOAD });
    }
    if (message.snapshot === null) {
      // The bridge goes on where this page ended; anything else is a mix-up of runs.
      if (message.runId !== this.runId || message.seq !== this.log.endSeq) return this.connection.restart();
      this.drawnSeq = this.log.endSeq;
      return this.setStatus({ kind: 'running' });
    }
    const base = decodeState(message.snapshot);
    if (!base.ok || base.value.seq !== message.seq) return this.connection.restart();
    this.coming = { tape: new EventTape(), base: base.value, message };
  }

  private takeFrame(bytes: Uint8Array): void {
    const tape = this.coming?.tape ?? this.log;
    const frame = decodeWireFrame(bytes);
    try {
      if (!frame.ok) return this.connection.restart();
      tape.append(frame.value.slice);
    } catch {
      // A tape that takes a frame is whole, and one that does not is as before: begin anew from there.
      return this.connection.restart();
    }
    if (this.coming !== null) this.begin(this.coming);
    this.completeAt = Math.max(this.completeAt, frame.value.lastAt);
    this.tell({ kind: 'grown' });
  }

  private begin({ tape, base, message }: Beginning): void {
    const before = this.runId;
    const isAnother = before !== null;
    this.coming = null;
    this.runId = message.runId;
    this.log = tape;
    this.base = base;
    this.completeAt = base.at;
    this.drawnSeq = base.seq;
    this.startScenario = this.wholeScenario = message.scenario;
    this.readSeq = tape.startSeq;
    this.contents.clear();
    this.ledgerLists.clear();
    if (message.runId !== before) this.ledger = null;
    this.lookOnly = message.role === 'viewer' ? LOOK_ONLY : null;
    const { events, commands, canBegin, refusals } = message.capabilities;
    this.capabilities = {
      events: new Map(Object.entries(events) as [EventType, Provenance][]),
      commands: new Set(commands as CommandBody['do'][]),
      commandsInThePast: false,
      canBegin,
      refusals: new Map(Object.entries(refusals)),
    };
    if (isAnother) {
      this.talk(this.beginningWords(message.runId !== before));
    }
    this.isAnotherWanted = false;
    this.setStatus({ kind: 'running' });
    this.tell({ kind: 'cut', endSeq: 0 });
  }

  private beginningWords(isOtherRun: boolean): string {
    if (this.isAnotherWanted && isOtherRun) return 'Another run has begun, with the new settings.';
    return 'What happened in between was not received: the picture begins anew at the present.';
  }

  private lost(refusal: Refusal | null): void {
    const sentence = refusal?.sentence ?? (this.runId === null ? CONNECTING : LOST);
    if (refusal?.isFinal === true) this.talk(sentence);
    this.setStatus({ kind: 'disconnected', sentence });
  }

  private setStatus(status: SourceStatus): void {
    this.status = status;
    this.tell({ kind: 'grown' });
  }

  private talk(sentence: string, isPassing = false): void {
    for (const talker of this.talkers) talker(sentence, isPassing);
  }

  private tell(change: LogChange): void {
    for (const listener of this.listeners) listener(change);
  }
}

/** `mostEvents`: so many of its last events are kept. */
export const createLiveSource = (surroundings: Surroundings, mostEvents = MAX_EVENTS): LiveSource =>
  new LiveRunSource(surroundings, mostEvents);

/** The bridge that has served this page. */
export const pageSurroundings: Surroundings = {
  open(protocols, listener) {
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(`${scheme}//${location.host}/`, [...protocols]);
    socket.binaryType = 'arraybuffer';
    const heard = new AbortController();
    const { signal } = heard;
    socket.addEventListener('open', () => listener.opened(), { signal });
    socket.addEventListener('message', ({ data }) => listener.message(data), { signal });
    socket.addEventListener('close', () => listener.closed(), { signal });
    return {
      send: (text) => socket.send(text),
      close() {
        heard.abort();
        socket.close();
      },
    };
  },
  /** A bridge that was started anew has another token: its page says which. */
  async token(isFirst) {
    if (isViewersPage()) return viewersToken;
    const here = document.querySelector<HTMLMetaElement>('meta[name="linger-token"]')?.content ?? null;
    if (isFirst) return here;
    const answer = await fetch('/', { cache: 'no-store' });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    return page.querySelector<HTMLMetaElement>('meta[name="linger-token"]')?.content ?? null;
  },
  /** A new page of a bridge that was started anew has its token; a viewer's link stays what it is. */
  async refusal(token) {
    const headers = { [TOKEN_HEADER]: token };
    // A bridge that stands still answers nothing: then it is tried again as when nobody is there.
    const answer = await fetch(WAY_IN_PATH, {
      headers,
      cache: 'no-store',
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (answer.status !== 401 && answer.status !== 503) return null;
    return { sentence: (await answer.text()).trim(), isFinal: answer.status === 401 && isViewersPage() };
  },
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
