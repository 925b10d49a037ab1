import { describe, expect, it } from 'vitest';
import { known } from '#base/assert';
import { createRandom } from '#base/random';
import { recordId } from '#base/ids';
import { EventTape } from '#events/EventTape';
import { encodeWireFrame } from '#wire/frame';
import { LEDGER_VERSION } from '#wire/ledger';
import { PROTOCOL_VERSION } from '#wire/protocol';
import type { Refusal } from './liveConnection.ts';
import { FakeBridge, joined, MS, settle } from '../testing/fakeBridge.ts';

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
