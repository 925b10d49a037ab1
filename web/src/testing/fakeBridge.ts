/** For tests of the live source: a bridge with a run of the model behind it, in the hands of the test. */
import { known } from '#base/assert';
import { EventTape } from '#events/EventTape';
import { BLOCK_EVENTS } from '#events/tape/layout';
import { DEFAULT_SCENARIO } from '#model/defaultScenario';
import { createModelRun, type ModelRun } from '#model/ModelRun';
import { applyEvent, pipelineProjection } from '#projections/pipelineProjection';
import { encodeWireFrame } from '#wire/frame';
import {
  parsePageMessage,
  vocabulary,
  writeMessage,
  type BridgeMessage,
  type PageMessage,
} from '#wire/messages';
import { PROTOCOL_VERSION } from '#wire/protocol';
import { encodeState } from '#wire/snapshot';
import type { Refusal, Socket, SocketListener } from '../sources/liveConnection.ts';
import { createLiveSource, type LiveSource } from '../sources/liveSource.ts';

export const MS = 1000;
export const SCENARIO = {
  ...DEFAULT_SCENARIO,
  applications: DEFAULT_SCENARIO.applications.map((application) => ({
    ...application,
    workload: { ...application.workload, recordsPerS: 300 },
  })),
};

class FakeSocket implements Socket {
  isClosed = false;
  readonly sent: PageMessage[] = [];
  readonly protocols: readonly string[];
  readonly heard: SocketListener;

  constructor(protocols: readonly string[], heard: SocketListener) {
    this.protocols = protocols;
    this.heard = heard;
  }
  send(text: string): void {
    const read = parsePageMessage(text);
    if (!read.ok) throw new Error(read.sentence);
    this.sent.push(read.value);
  }
  close(): void {
    this.isClosed = true;
  }
  last<K extends PageMessage['kind']>(kind: K): Extract<PageMessage, { readonly kind: K }> | undefined {
    return this.sent.findLast((m): m is Extract<PageMessage, { readonly kind: K }> => m.kind === kind);
  }
}

/** A bridge with a run of the model behind it, and a page's surroundings in the hands of the test. */
export class FakeBridge {
  readonly sockets: FakeSocket[] = [];
  readonly sentences: string[] = [];
  readonly source: LiveSource;
  readonly run: ModelRun;
  readonly tape: EventTape;
  token = 'secret';
  runId = 'run-1';
  refusal: Refusal | null | 'nobody is there' = 'nobody is there';
  private timers: { readonly ms: number; readonly run: () => void }[] = [];
  private sentSeq = 0;

  constructor(mostEvents?: number) {
    let tape: EventTape | null = null;
    this.run = createModelRun(SCENARIO, (clock) => (tape = new EventTape(clock)));
    this.tape = known<EventTape>(tape, 'the tape');
    this.source = createLiveSource(
      {
        open: (protocols, listener) => {
          const socket = new FakeSocket(protocols, listener);
          this.sockets.push(socket);
          return socket;
        },
        token: () => Promise.resolve(this.token),
        refusal: () =>
          this.refusal === 'nobody is there' ? Promise.reject(new Error()) : Promise.resolve(this.refusal),
        after: (ms, run) => {
          const timer = { ms, run };
          this.timers.push(timer);
          return () => (this.timers = this.timers.filter((other) => other !== timer));
        },
      },
      mostEvents,
    );
    this.source.onSentence((sentence) => this.sentences.push(sentence));
  }

  get socket(): FakeSocket {
    return known(this.sockets.at(-1), 'a socket');
  }

  /** Pauses that are waited for now. */
  get waits(): number[] {
    return this.timers.map(({ ms }) => ms);
  }

  /** Lets the timer of that length end. */
  async end(ms: number): Promise<void> {
    const timer = known(
      this.timers.find((each) => each.ms === ms),
      `a timer of ${ms} ms`,
    );
    this.timers = this.timers.filter((each) => each !== timer);
    timer.run();
    await settle();
  }

  say(message: BridgeMessage): void {
    this.socket.heard.message(writeMessage(message));
  }

  async open(): Promise<void> {
    await settle();
    this.socket.heard.opened();
  }

  state(fromSeq: number | null, more: Partial<Extract<BridgeMessage, { kind: 'state' }>> = {}): void {
    const state = pipelineProjection.initial();
    const seq = Math.floor(this.tape.endSeq / BLOCK_EVENTS) * BLOCK_EVENTS;
    const reader = this.tape.read(0);
    if (fromSeq === null) while (reader.seq < seq) applyEvent(state, reader.next());
    this.sentSeq = fromSeq ?? seq;
    this.say({
      kind: 'state',
      role: 'presenter',
      protocolVersion: PROTOCOL_VERSION,
      runId: this.runId,
      seq: this.sentSeq,
      at: state.at,
      snapshot: fromSeq === null ? encodeState(state) : null,
      scenario: this.run.scenario,
      capabilities: {
        canBegin: true,
        events: { 'record.sent': 'simulated' },
        commands: ['broker.kill', 'broker.restart'],
        refusals: { costs: 'They are measured.' },
      },
      vocabulary: vocabulary(),
      ...more,
    });
  }

  /** Runs on and sends what came, as one frame. */
  frame(toUs: number, firstText?: number): void {
    this.run.runUntil(toUs);
    this.bytes(encodeWireFrame(toUs - 1, this.tape.frame(this.sentSeq, this.tape.endSeq, firstText)));
    this.sentSeq = this.tape.endSeq;
  }

  bytes(bytes: Uint8Array): void {
    this.socket.heard.message(bytes.slice().buffer);
  }
}

export const settle = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await Promise.resolve();
};

/** Joined at 50 ms, and received up to 100 ms. */
export async function joined(mostEvents?: number): Promise<FakeBridge> {
  const bridge = new FakeBridge(mostEvents);
  await bridge.open();
  bridge.run.runUntil(50 * MS);
  bridge.state(null);
  bridge.frame(100 * MS, 0);
  return bridge;
}
