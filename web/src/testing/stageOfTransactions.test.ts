import { describe, expect, it } from 'vitest';
import { micros } from '#base/time';
import { readLink } from '#model/scenarioQuery';
import { createSession, type Session } from '../session/session.ts';
import { createModelSource } from '../sources/modelSource.ts';
import { createLayout, type Layout } from '../stage/layout.ts';
import { topologyOf } from '../stage/topology.ts';
import { createScene, createSceneFiller, type Scene } from '../stage/scene.ts';

interface Drawn {
  readonly session: Session;
  readonly layout: Layout;
  readonly scene: Scene;
}

/** The picture of a run of the model, standing still at `ms`. */
function drawnAt(query: string, ms: number): Drawn {
  const source = createModelSource(readLink(query).scenario, () => 0);
  source.ensure(micros(ms * 1000 + 300_000), 1_000_000);
  const session = createSession(source);
  let now = 0;
  session.dispatch({ type: 'seek', at: ms * 1000 });
  for (let i = 0; i < 500 && session.frame((now += 16)); i++);
  const layout = createLayout(950, 620, topologyOf(session.view.state));
  const scene = createScene();
  createSceneFiller()(scene, session.view, layout);
  return { session, layout, scene };
}

const texts = ({ scene }: Drawn): string[] =>
  scene.labels.items.slice(0, scene.labels.count).map((label) => label.text);
const lit = ({ scene }: Drawn): string[] =>
  scene.pills.items
    .slice(0, scene.pills.count)
    .filter((pill) => pill.isOn)
    .map((pill) => pill.text);
const glyphs = ({ scene }: Drawn): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { kind } of scene.glyphs.items.slice(0, scene.glyphs.count))
    counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};

const LOOP = 'pattern=transaction-loop&transactional.id=shop-tx&rate=200&txrecords=13';

describe('transactions on the stage', () => {
  it('lights the step of the producer and of its coordinator, and shows what is open and what was committed', () => {
    const drawn = drawnAt(LOOP, 230);
    expect(lit(drawn)).toEqual(['in transaction', 'Ongoing']);
    expect(texts(drawn).some((text) => /^◆ coordinator.*broker \d/.test(text))).toBe(true);
    expect(texts(drawn).filter((text) => /^broker \d ◆$/.test(text))).toHaveLength(1);
    const seen = glyphs(drawn);
    // Every marker stands in the leader's log and in both followers'.
    expect((seen['commit'] ?? 0) % 3).toBe(0);
    expect(seen['commit']).toBeGreaterThan(0);
    expect(seen['open']).toBeGreaterThan(0);
    expect(drawn.scene.stableOffsets.count).toBeGreaterThan(0);
  });

  it('crosses out what was aborted', () => {
    const seen = glyphs(drawnAt(`${LOOP}&txabort=2`, 270));
    expect(seen['abort']).toBeGreaterThan(0);
    expect(seen['aborted']).toBeGreaterThan(0);
  });

  it('has neither steps nor marks where nobody has transactions', () => {
    const drawn = drawnAt('', 130);
    expect([drawn.scene.pills.count, drawn.scene.glyphs.count, drawn.scene.stableOffsets.count]).toEqual([
      0, 0, 0,
    ]);
  });

  it('keeps a fenced zombie beside the producer that fenced it, and says whose each batch is', () => {
    const query = `${LOOP}&do=205000.producer.start.0`;
    const both = drawnAt(query, 312);
    expect(both.layout.apps.map(({ client }) => client)).toEqual([0, 1]);
    const { state } = both.session.view;
    for (const box of both.scene.boxes.items.slice(0, both.scene.boxes.count)) {
      expect(box.owner).toBe(state.batches.get(box.batch as never)?.client);
    }
    const after = drawnAt(query, 430);
    expect(after.layout.apps.map(({ client }) => client)).toEqual([0, 1]);
    expect(lit(after)[0]).toBe('FATAL_ERROR');
    expect(texts(after)).toContain('ProducerFenced');
    expect(texts(after)).toContain('closed');
    expect(after.scene.appTones.slice(0, 2)).toEqual(['bad', 'plain']);
  });
});

describe('a cluster that loses data', () => {
  // Followers that stand still, one ack, and then the leader dies: an unclean election.
  const LOSS =
    'preset=latency&partitions=1&rate=1000&session=100&unclean=1&minisr=1&lag=500' +
    '&do=100000.replica.stall.1&do=100000.replica.stall.2&do=150000.broker.kill.0' +
    '&do=150000.replica.catchUp.1&do=150000.replica.catchUp.2&do=600000.broker.restart.0';

  it('shows what the new leader does not have, counts it as lost, and cuts it off when the old one returns', () => {
    const before = drawnAt(LOSS, 280);
    const counters = { ...before.session.view.state.counters };
    expect(counters.recordsLostAfterAck).toBeGreaterThan(0);
    const orphans = glyphs(before)['orphan'] ?? 0;
    expect(orphans).toBeGreaterThan(0);
    // As many as the leader that died had alone, and that many it will lose.
    expect(texts(before)).toContain(`−${counters.recordsLostAfterAck}`);
    const after = drawnAt(LOSS, 1500);
    expect(glyphs(after)['orphan'] ?? 0).toBe(0);
    expect(after.session.view.state.counters.recordsLostAfterAck).toBe(counters.recordsLostAfterAck);
  });

  it('lets the tail fall while time runs', () => {
    const { session, layout } = drawnAt(LOSS, 590);
    const scene = createScene();
    const fill = createSceneFiller();
    const seen = new Set<string>();
    session.dispatch({ type: 'setSpeed', speed: 0.3 });
    session.dispatch({ type: 'play' });
    for (let now = 20_000; now < 24_000; now += 16) {
      session.frame(now);
      fill(scene, session.view, layout);
      for (const { kind } of scene.glyphs.items.slice(0, scene.glyphs.count)) seen.add(kind);
    }
    expect(seen).toContain('falling');
  });
});
