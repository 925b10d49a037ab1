import { describe, expect, it } from 'vitest';
import { createRandom } from '#base/random';
import type { CommandBody } from '#model/Scenario';
import { decodeState } from '#wire/snapshot';
import { createHandMadeWall, type HandMadeWall } from './handMadeWall.ts';
import { HandMadeViewer } from './handMadeViewer.ts';
import { LiveRun } from './LiveRun.ts';
import { createSimulatedEngine, simulatedScenario } from './simulatedEngine.ts';

function live(options: { readonly recordsPerS?: number; readonly keptEvents?: number } = {}) {
  const wall = createHandMadeWall();
  const scenario = simulatedScenario(7);
  const applications = scenario.applications.map((application) => ({
    ...application,
    workload: { ...application.workload, recordsPerS: options.recordsPerS ?? 200 },
  }));
  const run = new LiveRun({
    wall,
    engine: (openLog) => createSimulatedEngine({ ...scenario, applications }, openLog),
    ...(options.keptEvents === undefined ? {} : { keptEvents: options.keptEvents }),
  });
  return { wall, run, viewer: () => new HandMadeViewer(run, wall) };
}

/** Passes time until the viewer holds all that there is. */
function catchUp(wall: HandMadeWall, run: LiveRun, viewer: HandMadeViewer): void {
  for (let i = 0; i < 2000 && viewer.tape.endSeq < run.tape.endSeq; i++) wall.pass(5);
}

describe('a live run', () => {
  it('begins with its first viewer and follows the wall', () => {
    const { wall, run, viewer } = live();
    wall.pass(500);
    expect(run.tape.endAt).toBe(0);
    const page = viewer();
    page.hello();
    wall.pass(1000);
    expect(page.lastAt).toBeGreaterThan(900_000);
    expect(page.lastAt).toBeLessThan(1_000_001);
    expect(page.tape.digest()).toBe(run.tape.digest(page.tape.endSeq));
    expect(page.last('state')).toMatchObject({ seq: 0, runId: run.runId });
    expect(page.last('status')).toEqual({
      kind: 'status',
      failure: null,
      warning: null,
      viewers: 1,
    });
  });

  it('goes on without viewers', () => {
    const { wall, run, viewer } = live();
    const page = viewer();
    page.hello();
    wall.pass(100);
    page.viewer.closed();
    const before = run.tape.endSeq;
    wall.pass(1000);
    expect(run.viewers).toBe(0);
    expect(run.tape.endSeq).toBeGreaterThan(before + 500);
  });

  it('gives up the time that it cannot keep up with, and says so', () => {
    const { wall, run, viewer } = live();
    const page = viewer();
    page.hello();
    wall.pass(100);
    // Every look at the clock takes 3 ms, and a minute has gone by.
    wall.lookTakesMs = 3;
    wall.freeze(60_000);
    run.step();
    wall.lookTakesMs = 0;
    expect(run.warning).toContain('too slow');
    wall.pass(3000);
    expect(page.last('status')?.warning).toContain('too slow');
    expect(page.tape.endSeq).toBeGreaterThan(100);
  });

  it('executes a command now, for everybody, and refuses one with a sentence', () => {
    const { wall, viewer } = live();
    const [one, two] = [viewer(), viewer()];
    one.hello();
    two.hello();
    wall.pass(300);
    one.say({ kind: 'command', commandId: 5, command: { do: 'broker.kill', node: 1 } });
    expect(one.last('commandDone')).toEqual({ kind: 'commandDone', commandId: 5, sentence: null });
    wall.pass(200);
    for (const page of [one, two]) {
      const reader = page.tape.read(0);
      const killed: unknown[] = [];
      while (reader.seq < page.tape.endSeq) {
        const event = reader.next();
        if (event.type === 'command.applied')
          killed.push([(event.command as CommandBody).do, Math.floor(event.at / 10_000)]);
      }
      expect(killed).toEqual([['broker.kill', 30]]);
    }
    one.say({ kind: 'command', commandId: 6, command: { do: 'broker.kill', node: 77 } });
    expect(one.last('commandDone')?.sentence).toContain('no broker 77');
    const workload = { recordsPerS: 1_000_000 };
    one.say({ kind: 'command', commandId: 7, command: { do: 'workload.set', application: 0, workload } });
    expect(one.last('commandDone')?.sentence).toContain('at most 50000 records/s');
  });

  it('stops the producer and starts another one', () => {
    const { wall, run, viewer } = live();
    const page = viewer();
    page.hello();
    wall.pass(300);
    expect(run.execute({ do: 'producer.close', application: 0, timeoutMs: null })).toBeNull();
    wall.pass(500);
    const stoppedAt = run.tape.endSeq;
    wall.pass(500);
    const idle = run.tape.endSeq - stoppedAt;
    expect(run.execute({ do: 'producer.replace', application: 0, producer: {} })).toBeNull();
    wall.pass(500);
    expect(run.tape.endSeq - stoppedAt - idle).toBeGreaterThan(idle + 200);
  });

  it('knows what stands in a record', () => {
    const { wall, viewer } = live();
    const page = viewer();
    page.hello();
    wall.pass(300);
    page.say({ kind: 'content', recordId: 3 });
    expect(page.last('content')).toMatchObject({ recordId: 3, content: { topic: 'orders' } });
    page.say({ kind: 'content', recordId: 3_000_000 });
    expect(page.last('content')).toEqual({ kind: 'content', recordId: 3_000_000, content: null });
  });
});

describe('viewers', () => {
  it('that join late hold from there on what the early one holds, and share its frames', () => {
    const { wall, run, viewer } = live();
    const early = viewer();
    early.hello();
    wall.pass(700);
    const late = viewer();
    late.hello();
    wall.pass(700);
    catchUp(wall, run, late);
    const state = late.last('state');
    expect(state?.seq).toBeGreaterThan(64);
    expect(decodeState(state?.snapshot)).toMatchObject({ ok: true, value: { seq: state?.seq } });
    expect(late.tape.startSeq).toBe(state?.seq);
    const both = Math.min(late.tape.endSeq, early.tape.endSeq);
    expect(both).toBeGreaterThan(late.tape.startSeq + 1000);
    early.tape.trim(late.tape.startSeq);
    expect(late.tape.digest(both)).toBe(early.tape.digest(both));
  });

  it('that come back go on where they were, without a gap', () => {
    const { wall, run, viewer } = live();
    const first = viewer();
    first.hello();
    wall.pass(500);
    first.viewer.closed();
    wall.pass(500);
    const again = viewer();
    again.tape = first.tape;
    const seq = first.tape.endSeq;
    again.hello({ runId: run.runId, seq });
    expect(again.last('state')).toMatchObject({ snapshot: null, seq });
    wall.pass(200);
    catchUp(wall, run, again);
    expect(again.tape.startSeq).toBe(0);
    expect(again.tape.digest()).toBe(run.tape.digest(again.tape.endSeq));
  });

  it('that come back to another run, or with a place that is gone, begin anew', () => {
    const { wall, run, viewer } = live({ recordsPerS: 1000, keptEvents: 4096 });
    const watching = viewer();
    watching.hello();
    wall.pass(1000);
    expect(run.tape.startSeq).toBeGreaterThan(0);
    expect(run.tape.endSeq - run.tape.startSeq).toBeLessThan(2 * 4096);
    for (const resume of [
      { runId: 'another', seq: run.tape.endSeq },
      { runId: run.runId, seq: 64 },
      { runId: run.runId, seq: 1_000_000_000 },
    ]) {
      const page = viewer();
      page.hello(resume);
      wall.pass(50);
      expect(page.last('state')?.snapshot).not.toBeNull();
      expect(page.tape.startSeq).toBeGreaterThan(64);
      expect(page.closedWith).toBeNull();
      page.viewer.closed();
    }
  });

  it('that draw nothing get a few frames and no more, and cost the run nothing', () => {
    const { wall, run, viewer } = live();
    const [fast, slow] = [viewer(), viewer()];
    fast.hello();
    slow.isDrawing = false;
    slow.hello();
    wall.pass(4000);
    slow.viewer.alive();
    const held = slow.undrawnBytes;
    expect(slow.frames).toBeLessThanOrEqual(5);
    wall.pass(4000);
    expect(slow.undrawnBytes).toBe(held);
    catchUp(wall, run, fast);
    expect(run.tape.endSeq - fast.tape.endSeq).toBe(0);
    // It draws again: everything that it missed is still in the log.
    slow.isDrawing = true;
    slow.draw();
    wall.pass(2000);
    catchUp(wall, run, slow);
    expect(slow.tape.startSeq).toBe(0);
    expect(slow.tape.digest()).toBe(run.tape.digest());
  });

  it('whose socket is full get nothing until it is empty', () => {
    const { wall, viewer } = live();
    const page = viewer();
    page.hello();
    wall.pass(200);
    page.bufferedAmount = 2_000_000;
    const { frames } = page;
    const messages = page.messages.length;
    wall.pass(3000);
    expect([page.frames, page.messages.length]).toEqual([frames, messages]);
    page.bufferedAmount = 0;
    wall.pass(100);
    expect(page.frames).toBeGreaterThan(frames);
  });

  it('that fall too far behind begin anew at the present', () => {
    const { wall, run, viewer } = live({ recordsPerS: 1000, keptEvents: 4096 });
    const [fast, slow] = [viewer(), viewer()];
    fast.hello();
    slow.isDrawing = false;
    slow.hello();
    wall.pass(1500);
    expect(run.tape.startSeq).toBeGreaterThan(slow.tape.endSeq);
    slow.isDrawing = true;
    slow.draw();
    wall.pass(200);
    catchUp(wall, run, slow);
    expect(slow.messages.filter(({ kind }) => kind === 'state').length).toBe(2);
    const from = slow.tape.startSeq;
    expect(from).toBeGreaterThan(0);
    const both = Math.min(slow.tape.endSeq, fast.tape.endSeq);
    fast.tape.trim(from);
    expect(slow.tape.digest(both)).toBe(fast.tape.digest(both));
  });

  it('that answer no ping are gone', () => {
    const { wall, run, viewer } = live();
    const page = viewer();
    page.hello();
    page.isDrawing = false;
    wall.pass(11_000);
    expect(page.closedWith).toBe('terminated');
    expect(run.viewers).toBe(0);
  });

  it('that say nothing, too much, or what nobody understands are refused with the reason', () => {
    const { wall, run, viewer } = live();
    const silent = viewer();
    wall.pass(6000);
    expect(silent.closedWith).toBe('bad-message');
    const old = viewer();
    old.say({ kind: 'hello', protocolVersion: 0, resume: null });
    expect(old.last('refused')).toMatchObject({ reason: 'protocol-version' });
    const rude = viewer();
    rude.say({ kind: 'drawn', seq: 1 });
    expect(rude.last('refused')?.sentence).toContain('hello first');
    const binary = viewer();
    binary.viewer.receive(null);
    expect(binary.closedWith).toBe('bad-message');
    const loud = viewer();
    loud.hello();
    for (let i = 0; i < 1000; i++) loud.say({ kind: 'drawn', seq: 0 });
    expect(loud.closedWith).toBe('too-many-messages');
    expect(run.viewers).toBe(0);
  });

  it('that read nothing get no large answers, and greet and ping in measure', () => {
    const { wall, viewer } = live();
    const page = viewer();
    page.hello();
    wall.pass(300);
    page.bufferedAmount = 2 * 1024 * 1024;
    page.say({ kind: 'content', recordId: 3 });
    expect(page.last('content')).toMatchObject({ content: null });
    page.bufferedAmount = 0;
    page.say({ kind: 'content', recordId: 3 });
    expect(page.last('content')).toMatchObject({ content: { topic: 'orders' } });
    for (let i = 0; i < 20; i++) page.hello();
    expect(page.last('refused')).toMatchObject({ reason: 'too-many-messages' });
    const other = viewer();
    for (let i = 0; i < 1000; i++) other.viewer.pinged();
    expect(other.closedWith).toBe('too-many-messages');
  });

  it('that ask for more than anybody reads get no more of it for a while, and stay', () => {
    const { wall, viewer } = live();
    const page = viewer();
    page.hello();
    wall.pass(300);
    for (let i = 0; i < 300; i++) page.say({ kind: 'content', recordId: 3 });
    const answers = page.messages.flatMap((message) => (message.kind === 'content' ? [message.content] : []));
    expect(answers).toHaveLength(300);
    expect(answers[0]).toMatchObject({ topic: 'orders' });
    const given = answers.filter((content) => content !== null).length;
    expect(given).toBeLessThanOrEqual(120);
    expect(page.closedWith).toBeNull();
    wall.pass(2000);
    page.say({ kind: 'content', recordId: 3 });
    expect(page.last('content')).toMatchObject({ content: { topic: 'orders' } });
  });

  it('never bring the bridge down, whatever they send', () => {
    const { wall, run, viewer } = live();
    const random = createRandom(5);
    const words = [
      '{',
      '}',
      '"kind"',
      ':',
      '"hello"',
      '"command"',
      ',',
      '"do"',
      '1',
      '-1',
      'null',
      '[',
      ']',
      '\u0000',
    ];
    let refused = 0;
    for (let i = 0; i < 3000; i++) {
      const page = viewer();
      if (random.below(2) === 0) page.hello();
      let text = random.below(3) === 0 ? '{"kind":"command","commandId":1,"command":' : '';
      for (let n = random.below(12); n > 0; n--) text += words[random.below(words.length)] ?? '';
      page.viewer.receive(text);
      if (page.closedWith !== null) refused++;
      else page.viewer.closed();
    }
    expect(refused).toBe(3000);
    expect(run.viewers).toBe(0);
    wall.pass(100);
    expect(run.failure).toBeNull();
  });
});
