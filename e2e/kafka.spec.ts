/** Live mode on three real brokers: started from the page, and one of them killed from the stage. */
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { findJava } from '../bridge/door/machine.mjs';
import { App } from './app.ts';
import { startOwnServer, type OwnServer } from './ownServer.ts';
import { OWN_SERVER_PORT } from './playwright.config.ts';

/** The first start fetches Kafka, and a busy machine starts three JVMs slowly. */
const LIMIT_MS = 420_000;
const SOON = { timeout: 60_000 };
/** The functions that are asked in the page cannot see this constant: they have the number again. */
const VICTIM = 1;

/** A named skip where Java or Maven is missing; with CI=true a failure. */
async function needKafka(): Promise<void> {
  const { missing } = await findJava();
  if (missing !== undefined && process.env['CI'] === 'true') throw new Error(missing);
  test.skip(missing !== undefined, missing);
}

const START = 'Start a local cluster';

test('without Java the page says what to install and what works without', async ({ page }) => {
  const app = new App(page);
  const folder = mkdtempSync(join(tmpdir(), 'linger-no-java-'));
  symlinkSync(process.execPath, join(folder, 'node'));
  const server = await startOwnServer(['--port', String(OWN_SERVER_PORT)], { PATH: folder });
  try {
    await page.goto(server.address);
    await app.button(START).click();
    const notice = page.getByText(/Java 17 or later with Maven was not found: install/);
    await expect(notice).toBeVisible(SOON);
    await expect(notice).toContainText('--simulated');
    // The model goes on, and it can be tried again.
    await expect(app.button(START)).toBeVisible();
    expect((await app.counts()).sent).toBeGreaterThan(0);
    expect(app.errors).toEqual([]);
  } finally {
    await server.end();
    rmSync(folder, { recursive: true, force: true });
  }
});

test.describe('on real brokers', () => {
  // One cluster for both: its start is the dearest part.
  test.describe.configure({ mode: 'serial', timeout: LIMIT_MS });
  let server: OwnServer | null = null;

  test.beforeAll(async () => {
    test.setTimeout(LIMIT_MS);
    await needKafka();
    server = await startOwnServer(['--port', String(OWN_SERVER_PORT)]);
  });
  test.afterAll(() => server?.end());

  test('a click starts three of them, tells its steps, and the page goes live', async ({ page }) => {
    const app = new App(page);
    await page.goto(server?.address ?? '');
    await app.button(START).click();
    await expect(page.getByRole('log', { name: 'Steps of the start' })).toContainText(
      'three brokers of Kafka',
    );
    await page.waitForURL(/[?&]live/, { timeout: LIMIT_MS });
    await app.loaded();
    await expect.poll(async () => (await app.counts()).acked, SOON).toBeGreaterThan(20);
    await expect(page.getByTestId('live-status')).toContainText('now', SOON);
    await page.getByRole('tab', { name: 'Events' }).click();
    const events = page.getByRole('list', { name: 'Events around the playhead' });
    await expect(events.getByRole('img', { name: 'measured' }).first()).toBeVisible(SOON);
    expect(app.errors).toEqual([]);
  });

  test('a broker dies by a click on the stage, others lead, it comes back, and the ledger adds up', async ({
    page,
  }) => {
    const app = new App(page);
    await page.goto(`${server?.address ?? ''}?live`);
    await app.loaded();
    await expect.poll(async () => (await app.counts()).acked, SOON).toBeGreaterThan(20);

    // So that something is on its way whenever it dies.
    await strike(app, 'Slow link 200 ms');
    await expect.poll(() => isSlow(app), SOON).toBe(true);
    await strike(app, 'Stop');
    await expect.poll(() => brokerState(app), SOON).toBe('down');
    await expect.poll(() => retried(app), SOON).toBeGreaterThan(0);
    // The survivors lead all of its partitions.
    await expect
      .poll(async () => (await leaders(app)).filter((node) => node === null || node === VICTIM), SOON)
      .toEqual([]);
    const before = await app.counts();
    await expect.poll(async () => (await app.counts()).acked, SOON).toBeGreaterThan(before.acked);

    await strike(app, 'Start again');
    await expect.poll(() => brokerState(app), SOON).toBe('up');
    await strike(app, 'Heal the link');
    await expect.poll(() => isSlow(app), SOON).toBe(false);
    // What was said of the broker that could not be reached does not stay on the stage.
    await expect(page.getByText('A broker cannot be reached')).toHaveCount(0, SOON);

    await app.button('Stop producer').click();
    await expect(app.button('Start producer')).toBeVisible(SOON);
    const inLedger = (name: string): Promise<number> => ledgerCount(page, name);
    await expect
      .poll(async () => {
        const { sent, acked, failed } = await app.counts();
        return [sent - acked, failed, sent - (await inLedger('stored'))];
      }, SOON)
      .toEqual([0, 0, 0]);
    for (const name of ['unread', 'duplicated', 'lost after ack', 'reordered', 'failed yet stored'])
      expect([name, await inLedger(name)]).toEqual([name, 0]);
    expect(app.errors).toEqual([]);
  });

  test('transactions begin another run, and a second instance fences the first', async ({ page }) => {
    const app = new App(page);
    await page.goto(`${server?.address ?? ''}?live`);
    await app.loaded();
    await page.getByRole('combobox', { name: 'send' }).selectOption('transaction-loop');
    await expect(page.getByText('Another run has begun, with the new settings.')).toBeVisible(SOON);
    await expect.poll(() => ledgerCount(page, 'read_committed'), SOON).toBeGreaterThan(20);
    await page.getByRole('button', { name: 'Start a second instance' }).first().click();
    await expect.poll(async () => (await transactionStates(app))[0], SOON).toBe('FATAL_ERROR');
    const before = await ledgerCount(page, 'read_committed');
    await expect.poll(() => ledgerCount(page, 'read_committed'), SOON).toBeGreaterThan(before);
    expect((await transactionStates(app))[1]).not.toBe('FATAL_ERROR');
    expect(app.errors).toEqual([]);
  });
});

const transactionStates = (app: App): Promise<readonly (string | undefined)[]> =>
  app.ask(({ session }) => [...session.view.state.clients.values()].map(({ transaction }) => transaction));

/** Does it to the victim, in the menu that a click on it opens. */
async function strike(app: App, label: string): Promise<void> {
  const menu = app.page.getByRole('dialog', { name: `What can be done to broker ${VICTIM}` });
  // What moves over the stage may come in between.
  await expect(async () => {
    await app.clickOn('broker', VICTIM);
    await expect(menu).toBeVisible({ timeout: 2000 });
  }).toPass(SOON);
  await menu.getByRole('button', { name: new RegExp(`^${label}`) }).click();
}

const brokerState = (app: App): Promise<string | undefined> =>
  app.ask((hook) => hook.session.view.state.brokers.get(1)?.state);

const isSlow = (app: App): Promise<boolean> =>
  app.ask(({ session }) =>
    [...session.view.state.clients.values()].some(
      ({ connections }) => (connections.get(1)?.addedUs ?? 0) > 0,
    ),
  );

const leaders = (app: App): Promise<readonly (number | null)[]> =>
  app.ask(({ session }) => [...session.view.state.partitions.values()].map(({ leader }) => leader));

const retried = (app: App): Promise<number | undefined> =>
  app.ask(({ session }) => session.view.state.counters['recordsRetried']);

/** A count of the line that was read back from the log. */
async function ledgerCount(page: Page, name: string): Promise<number> {
  const named = page.locator('.term-name', { hasText: new RegExp(`^${name}$`) });
  const term = page.getByTestId('ledger').locator('.term', { has: named });
  return Number((await term.locator('.number').textContent())?.replaceAll(',', ''));
}
