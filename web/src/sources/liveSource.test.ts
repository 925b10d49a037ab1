import { describe, expect, it } from 'vitest';
import { known } from '#base/assert';
import { createRandom } from '#base/random';
import { recordId } from '#base/ids';
import { EventTape } from '#events/EventTape';
import { BLOCK_EVENTS } from '#events/tape/layout';
import { DEFAULT_SCENARIO } from '#model/defaultScenario';
import { createModelRun, type ModelRun } from '#model/ModelRun';
import { readLink } from '#model/scenarioQuery';
import { applyEvent, pipelineProjection } from '#projections/pipelineProjection';
import type { PipelineState } from '#projections/pipelineState';
import { RunProjections } from '#projections/RunProjections';
import { encodeWireFrame } from '#wire/frame';
import { LEDGER_VERSION } from '#wire/ledger';
import {
  parsePageMessage,
  vocabulary,
  writeMessage,
  type BridgeMessage,
  type PageMessage,
} from '#wire/messages';
import { PROTOCOL_VERSION } from '#wire/protocol';
import { encodeState } from '#wire/snapshot';
import { createSession } from '../session/session.ts';
import type { Refusal, Socket, SocketListener } from './liveConnection.ts';
import { createLiveSource, type LiveSource } from './liveSource.ts';

const MS = 1000;
const SCENARIO = {
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
class FakeBridge {
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

const settle = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await Promise.resolve();
};

/** Joined at 50 ms, and received up to 100 ms. */
async function joined(mostEvents?: number): Promise<FakeBridge> {
  const bridge = new FakeBridge(mostEvents);
  await bridge.open();
  bridge.run.runUntil(50 * MS);
  bridge.state(null);
  bridge.frame(100 * MS, 0);
  return bridge;
}

describe('a live source', () => {
  it('says hello with the token beside the protocol, and holds what it is sent', async () => {
    const bridge = await joined();
    expect(bridge.socket.protocols).toEqual(['linger.1', 'linger.token.secret']);
    expect(bridge.socket.sent[0]).toEqual({ kind: 'hello', protocolVersion: PROTOCOL_VERSION, resume: null });
    const { source, tape } = bridge;
    expect(source.status).toEqual({ kind: 'running' });
    expect(source.log.startSeq).toBeGreaterThan(0);
    expect(source.base?.seq).toBe(source.log.startSeq);
    tape.trim(source.log.startSeq);
    expect((source.log as EventTape).digest()).toBe(tape.digest());
    expect(source.capabilities).toMatchObject({
      commandsInThePast: false,
      refusals: new Map([['costs', 'They are measured.']]),
    });
  });

  it('tells how far it has drawn with the frames of the page, not before', async () => {
    const bridge = await joined();
    expect(bridge.socket.last('drawn')).toBeUndefined();
    expect(bridge.source.ensure(0 as never, 6)).toBe(100 * MS - 1);
    expect(bridge.socket.last('drawn')).toEqual({ kind: 'drawn', seq: bridge.tape.endSeq });
  });

  it('keeps the picture when the bridge is lost, and goes on where it ended', async () => {
    const bridge = await joined();
    const endSeq = bridge.source.log.endSeq;
    bridge.socket.heard.closed();
    expect(bridge.source.status).toMatchObject({ kind: 'disconnected' });
    expect(bridge.source.log.endSeq).toBe(endSeq);
    expect(bridge.source.execute({ do: 'broker.kill', node: 1 }, 0 as never)).toContain('no connection');
    bridge.token = 'another';
    await bridge.end(250);
    expect(bridge.socket.protocols[1]).toBe('linger.token.another');
    await bridge.open();
    expect(bridge.socket.last('hello')?.resume).toEqual({ runId: 'run-1', seq: endSeq });
    bridge.state(endSeq);
    bridge.frame(150 * MS);
    expect(bridge.source.status).toEqual({ kind: 'running' });
    expect(bridge.source.log.endSeq).toBe(bridge.tape.endSeq);
    expect(bridge.sentences).toEqual([]);
  });

  it('waits longer from try to try', async () => {
    const bridge = await joined();
    for (const pause of [250, 500, 1000, 2000, 4000, 4000]) {
      bridge.socket.heard.closed();
      await settle();
      expect(bridge.waits).toEqual([pause]);
      await bridge.end(pause);
    }
  });

  it('takes a bridge that says nothing for lost', async () => {
    const bridge = await joined();
    const { socket } = bridge;
    await bridge.end(5000);
    expect(socket.isClosed).toBe(true);
    expect(bridge.source.status.kind).toBe('disconnected');
    expect(bridge.waits).toEqual([250]);
  });

  it('begins anew, and says so, when what lies between is gone', async () => {
    const bridge = await joined();
    bridge.run.runUntil(500 * MS);
    bridge.state(null);
    bridge.frame(510 * MS, 0);
    expect(bridge.source.log.startSeq).toBeGreaterThan(500);
    expect(bridge.sentences[0]).toContain('anew');
  });

  it('holds what the ledger says, and asks for the records behind a count, anew when it has moved on', async () => {
    const bridge = await joined();
    const counts = {
      acked: 9,
      failed: 0,
      present: 8,
      ackedAndPresent: 8,
      missing: 1,
      awaited: 0,
      duplicated: 0,
      outOfOrder: 0,
      failedButPresent: 0,
      committed: null,
      byOffset: 0,
      gone: 0,
      goneOffsets: 0,
      goneCommittedOffsets: 0,
      cutOffsets: 0,
    };
    const say = (): void =>
      bridge.say({
        kind: 'ledger',
        version: LEDGER_VERSION,
        topic: 'orders',
        trouble: null,
        all: counts,
        partitions: [[2, counts]],
        forgotten: 0,
      });
    const { source, socket } = bridge;
    expect(source.ledger).toBeNull();
    say();
    expect(source.ledger?.all.missing).toBe(1);
    expect(source.ledgerRecords('missing', null)).toBe('asked');
    expect(source.ledgerRecords('missing', null)).toBe('asked');
    expect(socket.sent.filter(({ kind }) => kind === 'ledgerRecords')).toHaveLength(1);
    bridge.say({ kind: 'ledgerRecords', listing: 'missing', tp: null, records: [17] });
    expect(source.ledgerRecords('missing', null)).toEqual([17]);
    say();
    expect(source.ledgerRecords('missing', null)).toEqual([17]);
    expect(socket.sent.filter(({ kind }) => kind === 'ledgerRecords')).toHaveLength(2);
    socket.heard.closed();
    expect(source.ledger?.all.missing).toBe(1);
  });

  it('tells of trouble that comes and goes as such, each time that it comes', async () => {
    const bridge = await joined();
    const heard: [string, boolean][] = [];
    bridge.source.onSentence((sentence, isPassing) => heard.push([sentence, isPassing]));
    const say = (warning: string | null): void =>
      bridge.say({ kind: 'status', failure: null, warning, viewers: 1 });
    for (const warning of ['A broker is away.', 'A broker is away.', null, 'A broker is away.']) say(warning);
    bridge.say({ kind: 'commandDone', commandId: 1, sentence: 'There is no broker 9.' });
    expect(heard).toEqual([
      ['A broker is away.', true],
      ['A broker is away.', true],
      ['There is no broker 9.', false],
    ]);
  });

  it('says why it is not let in, and asks no more where the link will never be good', async () => {
    const bridge = new FakeBridge();
    const refused = async (refusal: Refusal | null | 'nobody is there'): Promise<string> => {
      bridge.refusal = refusal;
      await settle();
      bridge.socket.heard.closed();
      await settle();
      const { status } = bridge.source;
      return status.kind === 'disconnected' ? status.sentence : status.kind;
    };
    expect(await refused('nobody is there')).toBe('Connecting to the bridge.');
    await bridge.end(250);
    expect(await refused({ sentence: 'No room.', isFinal: false })).toBe('No room.');
    await bridge.end(500);
    expect(await refused({ sentence: 'Ask for another link.', isFinal: true })).toBe('Ask for another link.');
    expect(bridge.sentences).toEqual(['Ask for another link.']);
    expect(bridge.waits).toEqual([]);
    expect(bridge.sockets).toHaveLength(3);
  });

  it('stops where another try would be refused the same way', async () => {
    const bridge = await joined();
    bridge.say({ kind: 'refused', reason: 'protocol-version', sentence: 'Reload.' });
    expect(bridge.source.status).toEqual({ kind: 'failed', sentence: 'Reload.' });
    expect(bridge.waits).toEqual([]);
    const other = new FakeBridge();
    await other.open();
    other.state(null, { vocabulary: [['record.sent', 'record']] });
    expect(other.source.status).toMatchObject({ kind: 'failed' });
    expect(other.waits).toEqual([]);
  });

  it('keeps what it holds whatever bytes come, and tries anew', async () => {
    const random = createRandom(3);
    for (let i = 0; i < 30; i++) {
      const bridge = await joined();
      const digest = (bridge.source.log as EventTape).digest();
      bridge.run.runUntil(120 * MS);
      const good = encodeWireFrame(120 * MS, bridge.tape.frame(bridge.source.log.endSeq, bridge.tape.endSeq));
      const bytes = good.slice(0, 2 + random.below(good.length));
      bytes[random.below(12)] = random.below(256);
      bridge.bytes(bytes);
      if (bridge.source.status.kind === 'running') continue;
      expect((bridge.source.log as EventTape).digest()).toBe(digest);
      expect(bridge.waits).toEqual([250]);
    }
    const bridge = await joined();
    bridge.socket.heard.message('{"kind":"state"}');
    expect(bridge.source.status.kind).toBe('disconnected');
  });

  it('knows the commands that came by, with the time at which they were done', async () => {
    const bridge = await joined();
    expect(bridge.source.scenario.commands).toEqual([]);
    expect(bridge.source.execute({ do: 'broker.kill', node: 1 }, 0 as never)).toBeNull();
    expect(bridge.source.execute({ do: 'topic.delete', topic: 'orders' }, 0 as never)).toContain('cannot');
    const { command } = known(bridge.socket.last('command'), 'a command');
    bridge.run.give({ ...command, at: bridge.run.reachedUs });
    bridge.frame(130 * MS);
    expect(bridge.source.scenario.commands).toEqual([{ do: 'broker.kill', node: 1, at: 100 * MS }]);
    expect(bridge.source.scenario).toBe(bridge.source.scenario);
    bridge.say({ kind: 'commandDone', commandId: 1, sentence: 'There is no broker 9.' });
    expect(bridge.sentences).toEqual(['There is no broker 9.']);
  });

  it('asks for the content of a record once', async () => {
    const bridge = await joined();
    expect(bridge.source.content(recordId(20))).toBe('asked');
    expect(bridge.source.content(recordId(20))).toBe('asked');
    expect(bridge.socket.sent.filter(({ kind }) => kind === 'content').length).toBe(1);
    bridge.say({ kind: 'content', recordId: 20, content: null });
    expect(bridge.source.content(recordId(20))).toBe('gone');
  });
});

/** Without what a state knows of its own copying. */
const factsOf = (state: PipelineState): unknown => ({ ...pipelineProjection.clone(state), ownBatches: null });

describe('a session over a live run', () => {
  /** 16 ms of wall and of run at a time. */
  function play(
    bridge: FakeBridge,
    session: ReturnType<typeof createSession>,
    frames: number,
    from: number,
  ): number {
    let at = from;
    for (let i = 0; i < frames; i++) {
      at += 16;
      bridge.frame(at * MS);
      session.frame(at);
    }
    return at;
  }

  it('follows what happens now, a fixed time behind, from the moment at which it joined', async () => {
    const bridge = await joined();
    const session = createSession(bridge.source);
    session.follow();
    const at = play(bridge, session, 120, 100);
    expect(session.isFollowing).toBe(true);
    expect(session.startAt).toBeGreaterThan(0);
    const behindUs = at * MS - session.playback.cursor.at;
    expect(behindUs).toBeGreaterThan(250 * MS);
    expect(behindUs).toBeLessThan(400 * MS);
    expect(session.projections.extendedSeq).toBe(bridge.tape.endSeq);
  });

  it('shows what has come at once when it is to, with nothing in the air, and flights again after it', async () => {
    const bridge = await joined();
    const session = createSession(bridge.source);
    session.follow();
    let at = play(bridge, session, 60, 100);
    session.setAtOnce(true);
    for (let i = 0; i < 30; i++) {
      at = play(bridge, session, 1, at);
      expect(session.view.cursor.seq).toBe(bridge.tape.endSeq);
      expect(session.view.leadUs).toBe(0);
    }
    session.setAtOnce(false);
    const { cursor } = session.view;
    at = play(bridge, session, 1, at);
    expect(session.view.cursor.at).toBeGreaterThanOrEqual(cursor.at);
    at = play(bridge, session, 120, at);
    expect(session.view.leadUs).toBeGreaterThan(200 * MS);
    expect(at * MS - session.playback.cursor.at).toBeLessThan(400 * MS);
  });

  it('stands still when paused, steps back in what was received, and comes back to now', async () => {
    const bridge = await joined();
    const session = createSession(bridge.source);
    session.follow();
    let at = play(bridge, session, 80, 100);
    session.dispatch({ type: 'pause' });
    at = play(bridge, session, 60, at);
    const { cursor } = session.playback;
    at = play(bridge, session, 60, at);
    expect(session.playback.cursor).toEqual(cursor);
    expect(session.seenAt).toBe(at * MS - 1);
    session.dispatch({ type: 'step', by: 'event', back: true });
    expect(session.playback.cursor.seq).toBe(cursor.seq - 1);
    session.dispatch({ type: 'seek', at: 0 });
    expect(session.playback.cursor.at).toBe(session.startAt);
    session.frame(at);
    session.follow();
    at = play(bridge, session, 80, at);
    expect(at * MS - session.playback.cursor.at).toBeLessThan(400 * MS);
  });

  it('keeps the last part of a long run, and shows in it what one that keeps all shows', async () => {
    const most = 8192;
    const bridge = await joined(most);
    const session = createSession(bridge.source);
    const whole = new RunProjections(bridge.tape);
    session.follow();
    let at = 100;
    const starts = new Set<number>();
    const kept: number[] = [];
    while (starts.size < 8) {
      at = play(bridge, session, 1, at);
      const { log, state, cursor } = session.view;
      expect(log.endSeq - log.startSeq).toBeLessThan(most * 1.5);
      expect(session.startAt).toBe(bridge.source.base?.at);
      if (starts.has(log.startSeq)) continue;
      starts.add(log.startSeq);
      kept.push((log as EventTape).bytesKept + session.projections.bytesKept);
      whole.extend();
      expect(factsOf(state)).toEqual(factsOf(whole.moveTo(cursor.seq)));
    }
    // As much after eight times its length as after the first.
    expect(Math.max(...kept.slice(2))).toBeLessThan(1.2 * (kept[1] ?? 0));

    // What was acked since is the same by either account, also for records.
    const record = recordId(session.projections.records.length - 60);
    const { outcomes } = session.projections;
    expect(outcomes.outcomeOf(record, at * MS)).toEqual(whole.outcomes.outcomeOf(record, at * MS));
    // It goes on where it ended, and a recording of it can be opened.
    bridge.socket.heard.closed();
    await bridge.end(250);
    await bridge.open();
    expect(bridge.socket.last('hello')?.resume).toEqual({ runId: 'run-1', seq: bridge.tape.endSeq });
    expect(bridge.source.base?.seq).toBe(bridge.source.log.startSeq);
  });

  it('goes no further back than what is kept, and says so', async () => {
    const bridge = await joined(8192);
    const session = createSession(bridge.source);
    const gone: number[] = [];
    session.onGone((startAt) => gone.push(startAt));
    session.follow();
    let at = play(bridge, session, 60, 100);
    // Paused, while the run goes on until this moment is let go.
    session.dispatch({ type: 'pause' });
    at = play(bridge, session, 30, at);
    const { cursor } = session.playback;
    expect(gone).toEqual([]);
    while (gone.length === 0) at = play(bridge, session, 1, at);
    expect(bridge.source.log.startSeq).toBeGreaterThan(cursor.seq);
    expect(session.playback.cursor.at).toBe(session.startAt);
    expect(gone).toEqual([session.startAt]);
    session.dispatch({ type: 'seek', at: 0 });
    session.dispatch({ type: 'moveTo', seq: cursor.seq });
    session.dispatch({ type: 'step', by: 'event', back: true });
    session.frame(at);
    expect(session.playback.cursor.seq).toBe(bridge.source.log.startSeq);
    expect(gone).toHaveLength(4);
    session.follow();
    at = play(bridge, session, 80, at);
    expect(at * MS - session.playback.cursor.at).toBeLessThan(400 * MS);
  });

  it('commands now, wherever the picture stands, and takes nothing back', async () => {
    const bridge = await joined();
    const session = createSession(bridge.source);
    session.follow();
    const at = play(bridge, session, 40, 100);
    session.dispatch({ type: 'seek', at: 60 * MS });
    session.frame(at);
    const { cursor } = session.playback;
    expect(session.command({ do: 'broker.kill', node: 0 })).toBeNull();
    expect(session.playback.cursor).toEqual(cursor);
    expect(session.canUndo).toBe(false);
  });

  it('begins another run for what holds only from a start, and says when it is there', async () => {
    const bridge = await joined();
    const session = createSession(bridge.source);
    const applications = SCENARIO.applications.map((application) => ({ ...application, threads: 2 }));
    expect(session.restart({ ...SCENARIO, applications })).toBeNull();
    const { link = '' } = bridge.socket.last('begin') ?? {};
    expect(readLink(link).scenario.applications).toEqual(applications);
    expect(readLink(link).notices).toEqual([]);
    expect(session.canUndo).toBe(false);
  });
});
