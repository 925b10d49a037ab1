/** Same scenario, same log: in this browser and in Node, event for event. */
import { expect, test } from '@playwright/test';
import { EventTape } from '#events/EventTape';
import { createModelRun } from '#model/ModelRun';
import { readLink } from '#model/scenarioQuery';
import { App } from './app.ts';

const LINKS = [
  'seed=1&paused&at=300000',
  'seed=2&linger.ms=0&rate=5000&paused&at=120000',
  'seed=3&acks=1&do=40000.broker.kill.1&paused&at=900000',
  'seed=4&enable.idempotence=false&do=30000.next.lose.response.&paused&at=400000',
];

for (const link of LINKS) {
  test(`the log of ?${link}`, async ({ page }) => {
    const app = new App(page);
    await app.open(link);
    const { seq } = await app.cursor();
    const { scenario, notices } = readLink(link);
    expect(notices).toEqual([]);
    let tape: EventTape | null = null;
    const run = createModelRun(scenario, (clock) => (tape = new EventTape(clock)));
    run.runUntil(1_000_000);
    const log = tape as EventTape | null;
    expect(log).not.toBeNull();
    expect(seq).toBeGreaterThan(500);
    expect(await app.digest(seq)).toBe(log?.digest(seq));
  });
}
