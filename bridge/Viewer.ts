/**
 * One page at the other end of a socket. Joining late, coming back and falling behind are one case: the state, then
 * frames. It gets no frame while it has not drawn the last few, so nothing piles up, here or there; what it missed
 * meanwhile is read from the log, or begins anew with the state. A message that is not ours ends the connection.
 */
import { recordId } from '#base/ids';
import type { CommandBody } from '#model/Scenario';
import {
  parsePageMessage,
  writeMessage,
  type BridgeMessage,
  type PageMessage,
  type Refusal,
  type Role,
} from '#wire/messages';
import { MAX_FRAME_EVENTS, MAX_UNDRAWN_FRAMES, PROTOCOL_VERSION } from '#wire/protocol';
import type { LiveRun } from './LiveRun.ts';

/** The socket as far as a viewer needs it: `ws`, or a test. */
export interface ViewerSocket {
  readonly bufferedAmount: number;
  send(data: string | Uint8Array): void;
  ping(): void;
  close(code: number, reason: string): void;
  terminate(): void;
}

/** Bytes that may wait in the socket of a viewer that does not read. */
const MAX_BUFFERED_BYTES = 1024 * 1024;
/** Time between two frames: more would only cost. */
const FRAME_US = 30_000;
/** A few events cost next to nothing, and are shown sooner. */
const FEW_EVENTS = 64;
const FEW_EVENTS_US = 10_000;
/** Frames without events move time on. */
const IDLE_FRAME_US = 50_000;
const STATUS_US = 1_000_000;
const PING_US = 5_000_000;
const HELLO_WITHIN_US = 5_000_000;
/** Further behind, the present is worth more than the past. */
const MAX_BEHIND_EVENTS = 500_000;
/** A page sends about one message a frame. */
const MESSAGES: Rate = { perS: 200, atOnce: 400 };
/** A page says hello when it comes and when it begins anew; each time it gets the whole state. */
const HELLOS: Rate = { perS: 1, atOnce: 10 };
/** What somebody looks at, one after the other with a key held down; each is searched for in millions of events. */
const LOOKUPS: Rate = { perS: 20, atOnce: 100 };
/** A hand on a slider; each command stays in the run for good. */
const COMMANDS: Rate = { perS: 10, atOnce: 50 };
/** 1008: policy violation. */
const CLOSE_REFUSED = 1008;
/** 1012: service restart. */
const CLOSE_ANOTHER_RUN = 1012;

const LOOK_ONLY = 'This link is for looking: only the presenter changes the run.';
const TOO_MANY_COMMANDS = 'Too many commands in a short time.';

interface Rate {
  readonly perS: number;
  readonly atOnce: number;
}

/** µs between the last frame and one of so many events. */
function pauseBefore(events: number): number {
  if (events >= MAX_FRAME_EVENTS) return 0;
  if (events === 0) return IDLE_FRAME_US;
  return events <= FEW_EVENTS ? FEW_EVENTS_US : FRAME_US;
}

/** True while a rate is kept; what is beyond it does not count. */
function limit({ perS, atOnce }: Rate, nowUs: () => number): () => boolean {
  let left = atOnce;
  let lastAt = nowUs();
  return () => {
    const now = nowUs();
    left = Math.min(atOnce, left + ((now - lastAt) / 1e6) * perS);
    lastAt = now;
    if (left < 1) return false;
    left--;
    return true;
  };
}

export class Viewer {
  private readonly socket: ViewerSocket;
  private readonly run: LiveRun;
  private readonly role: Role;
  private readonly nowUs: () => number;
  private readonly unwatch: () => void;
  private isClosed = false;
  /** Null until the page has said hello. */
  private sentSeq: number | null = null;
  private isFirstFrame = false;
  /** Ends of the frames that it has not drawn, oldest first. */
  private undrawn: number[] = [];
  private frameAt = -Infinity;
  private statusAt = -Infinity;
  private pingAt: number;
  private isAnswering = true;
  private readonly openedAt: number;
  private readonly mayTalk: () => boolean;
  private readonly mayGreet: () => boolean;
  private readonly mayLookUp: () => boolean;
  private readonly mayCommand: () => boolean;

  /** `nowUs`: wall time, any origin. */
  constructor(socket: ViewerSocket, run: LiveRun, nowUs: () => number, role: Role = 'presenter') {
    this.socket = socket;
    this.run = run;
    this.role = role;
    this.nowUs = nowUs;
    this.openedAt = this.pingAt = nowUs();
    this.mayTalk = limit(MESSAGES, nowUs);
    this.mayGreet = limit(HELLOS, nowUs);
    this.mayLookUp = limit(LOOKUPS, nowUs);
    this.mayCommand = limit(COMMANDS, nowUs);
    run.start();
    this.unwatch = run.watch(() => this.pump());
  }

  /** A message came. Never throws. */
  receive(data: string | null): void {
    if (this.isClosed) return;
    this.isAnswering = true;
    if (!this.mayTalk()) return this.refuse('too-many-messages', 'Too many messages in a short time.');
    if (data === null) return this.refuse('bad-message', 'A page sends text only.');
    const read = parsePageMessage(data);
    if (!read.ok) return this.refuse('bad-message', `This is no message of this protocol: ${read.sentence}.`);
    this.act(read.value);
  }

  /** The socket has been pinged, and has answered. */
  pinged(): void {
    if (!this.isClosed && !this.mayTalk())
      this.refuse('too-many-messages', 'Too many messages in a short time.');
  }

  /** The socket has answered a ping. */
  alive(): void {
    this.isAnswering = true;
  }

  closed(): void {
    this.isClosed = true;
    this.undrawn = [];
    this.unwatch();
  }

  private act(message: PageMessage): void {
    if (message.kind === 'hello') return this.hello(message);
    if (this.sentSeq === null) return this.refuse('bad-message', 'A page says hello first.');
    switch (message.kind) {
      case 'drawn':
        this.undrawn = this.undrawn.filter((seq) => seq > message.seq);
        return this.pump();
      case 'command': {
        const { commandId, command } = message;
        return this.say({ kind: 'commandDone', commandId, sentence: this.execute(command) });
      }
      case 'begin': {
        const { commandId, link } = message;
        return this.begun(this.beginAnother(link), commandId);
      }
      case 'content': {
        const found = this.isAnswered() ? this.run.content(recordId(message.recordId)) : null;
        const content = found === null ? null : { ...found, headers: [...found.headers] };
        return this.say({ kind: 'content', recordId: message.recordId, content });
      }
      case 'ledgerRecords': {
        const { listing, tp } = message;
        const records = this.isAnswered() ? (this.run.ledger?.records(listing, tp) ?? []) : [];
        return this.say({ kind: 'ledgerRecords', listing, tp, records });
      }
    }
  }

  /** null: done, else a sentence. What a page may not do is refused here, whatever it has been told. */
  private execute(command: CommandBody): string | null {
    if (this.role === 'viewer') return LOOK_ONLY;
    return this.mayCommand() ? this.run.execute(command) : TOO_MANY_COMMANDS;
  }

  private async beginAnother(link: string): Promise<string | null> {
    if (this.role === 'viewer') return LOOK_ONLY;
    return this.mayCommand() ? this.run.begin(link) : TOO_MANY_COMMANDS;
  }

  /** A run that has begun is seen by the connection's end; only a refusal has to be said. */
  private begun(answer: Promise<string | null>, commandId: number): void {
    const say = (sentence: string | null): void => this.say({ kind: 'commandDone', commandId, sentence });
    answer.then(say, (error: unknown) => say(error instanceof Error ? error.message : String(error)));
  }

  private hello(hello: Extract<PageMessage, { readonly kind: 'hello' }>): void {
    if (!this.mayGreet()) return this.refuse('too-many-messages', 'Too many hellos in a short time.');
    if (hello.protocolVersion !== PROTOCOL_VERSION) {
      const sentence = `The page speaks version ${hello.protocolVersion}, this bridge ${PROTOCOL_VERSION}: reload the page.`;
      return this.refuse('protocol-version', sentence);
    }
    const { resume } = hello;
    const canGoOn =
      resume !== null &&
      this.run.canResume(resume.runId, resume.seq) &&
      this.run.tape.endSeq - resume.seq <= MAX_BEHIND_EVENTS;
    this.begin(canGoOn ? resume.seq : null);
  }

  private begin(resumeSeq: number | null): void {
    const state = this.run.stateMessage(resumeSeq, this.role);
    this.sentSeq = state.seq;
    this.isFirstFrame = resumeSeq === null;
    this.undrawn = [];
    this.frameAt = -Infinity;
    this.say(state);
    this.pump();
  }

  /** Whether what it wants to know is looked up. */
  private isAnswered(): boolean {
    return this.mayLookUp() && !this.isClogged;
  }

  /** It does not read what it is sent: large answers would only pile up here. */
  private get isClogged(): boolean {
    return this.socket.bufferedAmount > MAX_BUFFERED_BYTES;
  }

  /** Sends what there is, as far as the viewer keeps up. */
  private pump(): void {
    if (this.run.isOver) return this.leave();
    const now = this.nowUs();
    if (this.isClosed || !this.checkLife(now) || this.sentSeq === null) return;
    if (this.isClogged) return;
    if (now - this.statusAt >= STATUS_US) {
      this.statusAt = now;
      const { failure, warning, viewers } = this.run;
      this.say({ kind: 'status', failure, warning, viewers });
      if (this.run.ledger !== null) this.say(this.run.ledger.message());
    }
    if (this.undrawn.length >= MAX_UNDRAWN_FRAMES) return;
    const behind = this.run.tape.endSeq - this.sentSeq;
    if (this.sentSeq < this.run.tape.startSeq || behind > MAX_BEHIND_EVENTS) return this.begin(null);
    if (now - this.frameAt < pauseBefore(behind) && !this.isFirstFrame) return;
    const frame = this.isFirstFrame ? this.run.firstFrame(this.sentSeq) : this.run.frame(this.sentSeq);
    this.isFirstFrame = false;
    this.frameAt = now;
    this.sentSeq = frame.toSeq;
    if (frame.toSeq > frame.fromSeq) this.undrawn.push(frame.toSeq);
    this.socket.send(frame.bytes);
  }

  /** False: the viewer is gone or never was one, and the connection is ended. */
  private checkLife(now: number): boolean {
    if (this.sentSeq === null && now - this.openedAt > HELLO_WITHIN_US) {
      this.refuse('bad-message', 'A page says hello first.');
      return false;
    }
    if (now - this.pingAt < PING_US) return true;
    if (!this.isAnswering) {
      this.closed();
      this.socket.terminate();
      return false;
    }
    this.isAnswering = false;
    this.pingAt = now;
    this.socket.ping();
    return true;
  }

  private say(message: BridgeMessage): void {
    if (!this.isClosed) this.socket.send(writeMessage(message));
  }

  /** The page comes back by itself, and finds the run that has begun. */
  private leave(): void {
    if (this.isClosed) return;
    this.closed();
    this.socket.close(CLOSE_ANOTHER_RUN, 'another run begins');
  }

  private refuse(reason: Refusal, sentence: string): void {
    this.say({ kind: 'refused', reason, sentence });
    this.closed();
    this.socket.close(CLOSE_REFUSED, reason);
  }
}
