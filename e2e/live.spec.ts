/** Live mode without a cluster: the bridge runs the engine on the wall clock, the page follows, pauses, goes back, catches up. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test, type Page } from '@playwright/test';
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

  // Each event says how it is known that it happened: behind this bridge all of them are of a model.
  await page.getByRole('tab', { name: 'Events' }).click();
  const events = page.getByRole('list', { name: 'Events around the playhead' });
  await expect(events.getByRole('img', { name: 'modelled' }).first()).toBeVisible();

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

/** What becomes of a socket that the page on the screen opens to the bridge. */
const knock = (page: Page, token: string): Promise<string> =>
  page.evaluate(
    ([url, secret]) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(url.replace('http', 'ws'), ['linger.1', `linger.token.${secret}`]);
        socket.addEventListener('open', () => resolve('open'));
        socket.addEventListener('error', () => resolve('refused'));
      }),
    [LIVE_URL, token] as const,
  );

test('a foreign page gets neither the token nor a connection', async ({ page }) => {
  // Our own page: the token decides.
  await page.goto(LIVE_URL);
  const token = (await page.locator('meta[name="linger-token"]').getAttribute('content')) ?? '';
  expect(await knock(page, token)).toBe('open');
  expect(
    await knock(
      page,
      token.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
    ),
  ).toBe('refused');
  expect(await knock(page, '')).toBe('refused');

  // Another page on this machine: not even with the right token.
  const foreign = createServer((_request, response) => response.end('<title>foreign</title>'));
  await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', () => resolve()));
  await page.goto(`http://127.0.0.1:${(foreign.address() as AddressInfo).port}/`);
  expect(await knock(page, token)).toBe('refused');
  const read = await page.evaluate(
    (url) =>
      fetch(url).then(
        (answer) => answer.text(),
        () => 'blocked',
      ),
    LIVE_URL,
  );
  expect(read).toBe('blocked');
  await new Promise((resolve) => foreign.close(resolve));

  // A name that leads here, as a rebound one does: no page, so no token.
  const answer = await page.goto(LIVE_URL.replace('127.0.0.1', 'rebound.localhost'));
  expect(answer?.status()).toBe(403);
  expect(await page.content()).not.toContain(token);
  expect(await knock(page, token)).toBe('refused');
});
