import { describe, expect, it } from 'vitest';
import type { ApplicationSpec } from '#model/Scenario';
import { writeLink } from '#model/scenarioQuery';
import { DEFAULT_CEILINGS } from './ceilings.ts';
import { createHandMadeWall } from './handMadeWall.ts';
import { HandMadeViewer } from './handMadeViewer.ts';
import { LiveRun } from './LiveRun.ts';
import { applicationsOf, presentRun, type MakeRun } from './PresentRun.ts';
import { createSimulatedEngine, simulatedScenario } from './simulatedEngine.ts';

const FIRST = simulatedScenario(7);

/** A link with the first application changed. */
function linkWith(change: Partial<ApplicationSpec>): string {
  const applications = FIRST.applications.map((application) => ({ ...application, ...change }));
  return writeLink({ ...FIRST, applications }, null).query;
}

async function present(isFailing = (_made: number) => false) {
  const wall = createHandMadeWall();
  let made = 0;
  const make: MakeRun = (applications, beginAnother) => {
    if (isFailing(made++)) return Promise.reject(new Error('No broker can be reached.'));
    const scenario = { ...FIRST, applications: applications ?? FIRST.applications };
    const engine = (openLog: Parameters<typeof createSimulatedEngine>[1]) =>
      createSimulatedEngine(scenario, openLog);
    return Promise.resolve(new LiveRun({ wall, engine, beginAnother }));
  };
  const runs = await presentRun(make);
  return { wall, runs, viewer: (role?: 'viewer') => new HandMadeViewer(runs.run, wall, role) };
}

const settled = async (): Promise<void> => {
  for (let i = 0; i < 10; i++) await Promise.resolve();
};

describe('another live run', () => {
  it('takes the place of the present one, for all viewers', async () => {
    const { wall, runs, viewer } = await present();
    const [one, two] = [viewer(), viewer('viewer')];
    for (const page of [one, two]) page.hello();
    wall.pass(300);
    const before = runs.run;
    one.say({ kind: 'begin', commandId: 1, link: linkWith({ threads: 3 }) });
    await settled();
    expect(runs.run).not.toBe(before);
    const { endSeq } = before.tape;
    for (const page of [one, two]) expect(page.closedWith).toBe('another run begins');
    const again = viewer();
    again.hello({ runId: before.runId, seq: one.tape.endSeq });
    wall.pass(300);
    const state = again.last('state');
    expect(state).toMatchObject({ runId: runs.run.runId, capabilities: { canBegin: true } });
    expect(state?.scenario.applications[0]?.threads).toBe(3);
    expect(again.lastAt).toBeGreaterThan(200_000);
    expect(before.tape.endSeq).toBe(endSeq);
    await runs.stop();
  });

  it('is refused to those who may only look, and what cannot be is refused with a sentence', async () => {
    const { wall, runs, viewer } = await present();
    const [presenter, onlooker] = [viewer(), viewer('viewer')];
    for (const page of [presenter, onlooker]) page.hello();
    wall.pass(100);
    const before = runs.run;
    onlooker.say({ kind: 'begin', commandId: 1, link: linkWith({ threads: 3 }) });
    presenter.say({ kind: 'begin', commandId: 2, link: linkWith({ producer: { 'linger.ms': '-4' } }) });
    await settled();
    expect(onlooker.last('state')?.capabilities.canBegin).toBe(false);
    expect(onlooker.last('commandDone')?.sentence).toContain('only the presenter');
    expect(presenter.last('commandDone')?.sentence).toContain('linger.ms');
    expect(runs.run).toBe(before);
    expect(presenter.closedWith).toBeNull();
    await runs.stop();
  });

  it('leaves the present one alone when it cannot be made', async () => {
    const { wall, runs, viewer } = await present((made) => made > 0);
    const page = viewer();
    page.hello();
    wall.pass(100);
    page.say({ kind: 'begin', commandId: 5, link: linkWith({ threads: 2 }) });
    await settled();
    expect(page.last('commandDone')).toMatchObject({ commandId: 5, sentence: 'No broker can be reached.' });
    const { lastAt } = page;
    wall.pass(500);
    expect(page.lastAt).toBeGreaterThan(lastAt + 300_000);
    await runs.stop();
  });

  it('is refused with what cannot be honoured here, before anything is made', () => {
    const refusals = new Map([['compression.type=zstd', 'Not on this machine.']]);
    const of = (type: string) =>
      applicationsOf(linkWith({ producer: { 'compression.type': type } }), FIRST, DEFAULT_CEILINGS, refusals);
    expect(of('zstd')).toBe('Not on this machine.');
    expect(of('gzip')).toMatchObject([{ producer: { 'compression.type': 'gzip' } }]);
  });

  it('keeps the ceilings of the bridge, all applications together', () => {
    const [first] = FIRST.applications;
    const workload = { ...first?.workload, recordsPerS: 30_000 } as ApplicationSpec['workload'];
    const twice = [
      { ...first, workload },
      { ...first, name: 'second', workload },
    ] as ApplicationSpec[];
    const link = writeLink({ ...FIRST, applications: twice }, null).query;
    expect(applicationsOf(link, FIRST, DEFAULT_CEILINGS)).toContain('at most 50000 records/s');
    expect(applicationsOf(linkWith({ threads: 2 }), FIRST, DEFAULT_CEILINGS)).toMatchObject([{ threads: 2 }]);
  });
});
