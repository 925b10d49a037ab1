/** Live mode without a cluster: the bridge runs the engine on the wall clock, the page follows, pauses, goes back, catches up. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@playwright/test';
import { App } from './app.ts';
import { LIVE_URL } from './playwright.config.ts';

test('the page follows, pauses while the producer goes on, steps back and catches up', async ({ page }) => {
  const app = new App(page);
  await page.goto(LIVE_URL);
  await page
    .getByRole('navigation', { name: /where the run comes from/i })
    .getByText('Live')
    .click();
  const status = page.getByTestId('live-status');
  await expect(status).toContainText('now');
  await expect.poll(async () => (await app.counts()).acked, { timeout: 30_000 }).toBeGreaterThan(20);

  await app.pause();
  const stood = await app.cursor();
  await page.waitForTimeout(1200);
  expect((await app.cursor()).seq).toBe(stood.seq);
  await expect(status).toContainText('behind');
  await page.keyboard.press('ArrowLeft');
  expect((await app.cursor()).seq).toBe(stood.seq - 1);

  await app.button('Now').click();
  await expect(status).toContainText('now');
  await app.passed(stood.at + 1_000_000);
  expect(app.errors).toEqual([]);
});

test('a second viewer sees the same run', async ({ page, browser }) => {
  const first = new App(page);
  await page.goto(`${LIVE_URL}?live`);
  await first.loaded();
  await expect.poll(async () => (await first.counts()).acked, { timeout: 30_000 }).toBeGreaterThan(20);
  const context = await browser.newContext();
  const second = new App(await context.newPage());
  await second.page.goto(`${LIVE_URL}?live`);
  await second.loaded();
  await expect.poll(async () => (await second.cursor()).at, { timeout: 30_000 }).toBeGreaterThan(0);
  await first.pause();
  const { at } = await first.cursor();
  await second.passed(at);
  const sent = (app: App): Promise<number> => app.ask((hook) => hook.counts().sent);
  expect(await sent(second)).toBeGreaterThanOrEqual(await sent(first));
  await context.close();
});

test('a foreign page gets neither the token nor a connection', async ({ page }) => {
  const foreign = createServer((_request, response) => response.end('<title>foreign</title>'));
  await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', () => resolve()));
  await page.goto(`http://127.0.0.1:${(foreign.address() as AddressInfo).port}/`);
  const outcome = await page.evaluate(async (url) => {
    const read = await fetch(url).then(
      (answer) => answer.text(),
      () => 'blocked',
    );
    const socket = await new Promise<string>((resolve) => {
      const opened = new WebSocket(url.replace('http', 'ws'), ['linger.1', 'linger.token.guess']);
      opened.addEventListener('open', () => resolve('open'));
      opened.addEventListener('error', () => resolve('refused'));
    });
    return { read, socket };
  }, LIVE_URL);
  expect(outcome).toEqual({ read: 'blocked', socket: 'refused' });
  await new Promise((resolve) => foreign.close(resolve));
});
