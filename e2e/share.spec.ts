/** A shared live run: viewers come by a link of their own, look, and can touch nothing. */
import { expect, test } from '@playwright/test';
import { PROTOCOL_VERSION } from '#wire/protocol';
import { App } from './app.ts';
import { CAN_SHARE, LIVE_URL, SHARED_ADDRESS } from './playwright.config.ts';

test.skip(!CAN_SHARE, 'needs a second address on this machine');

const VIEWERS_URL = LIVE_URL.replace('127.0.0.1', SHARED_ADDRESS);

test('a viewer sees the run by the link from the presenter’s page, and can change nothing', async ({
  page,
  browser,
}) => {
  const presenter = new App(page);
  await page.goto(`${LIVE_URL}?live`);
  await presenter.loaded();
  await presenter.button('Share a link to this moment').click();
  const link = await page.getByLabel('Link for viewers').inputValue();
  expect(link).toMatch(new RegExp(`^${VIEWERS_URL.replaceAll('.', '\\.')}\\?live#viewer=[0-9a-f]+$`));
  const ownToken = await page.locator('meta[name="linger-token"]').getAttribute('content');

  const context = await browser.newContext();
  const viewer = new App(await context.newPage());
  const asked: string[] = [];
  viewer.page.on('request', (request) => {
    // A WebSocket's own header is where it belongs; not every browser counts the handshake among the requests.
    const { 'sec-websocket-protocol': _, ...headers } = request.headers();
    asked.push(request.url(), JSON.stringify(headers));
  });
  await viewer.page.goto(link);
  await viewer.loaded();
  await expect.poll(async () => (await viewer.counts()).acked, { timeout: 30_000 }).toBeGreaterThan(5);
  await expect(viewer.button('Stop producer')).toBeDisabled();
  await expect(viewer.page.getByText('only the presenter can change this run').first()).toBeVisible();
  await expect(viewer.control('linger.ms')).toHaveAttribute('aria-disabled', 'true');
  await expect(presenter.page.locator('meta[name="linger-share"]')).toHaveCount(1);
  await expect(viewer.page.locator('meta[name="linger-share"], meta[name="linger-token"]')).toHaveCount(0);

  // The token is in no address, before or after, and no file was asked for with it.
  const token = link.split('=').at(-1) ?? '';
  expect(viewer.page.url()).not.toContain(token);
  expect(asked.filter((text) => text.includes(token))).toEqual([]);
  await viewer.page.reload();
  await viewer.loaded();
  await expect.poll(async () => (await viewer.counts()).acked, { timeout: 30_000 }).toBeGreaterThan(5);

  // What the page does not offer is refused when it is forged, and the presenter's token opens nothing here.
  const forged = await viewer.page.evaluate(
    async ({ good, wrong, version }) => {
      const open = (secret: string): WebSocket =>
        new WebSocket(`ws://${location.host}/`, ['linger.1', `linger.token.${secret}`]);
      const refused = await new Promise<string>((resolve) => {
        const socket = open(wrong);
        socket.addEventListener('open', () => resolve('open'));
        socket.addEventListener('error', () => resolve('refused'));
      });
      const answer = await new Promise<string>((resolve) => {
        const socket = open(good);
        socket.addEventListener('message', ({ data }) => {
          if (typeof data !== 'string') return;
          const message = JSON.parse(data) as { kind: string; protocolVersion: number; sentence: string };
          const command = { do: 'broker.kill', node: 1 };
          if (message.kind === 'state')
            socket.send(JSON.stringify({ kind: 'command', commandId: 1, command }));
          if (message.kind === 'refused' || message.kind === 'commandDone') resolve(message.sentence);
        });
        socket.addEventListener('open', () =>
          socket.send(JSON.stringify({ kind: 'hello', protocolVersion: version, resume: null })),
        );
      });
      return { refused, answer };
    },
    { good: token, wrong: ownToken ?? '', version: PROTOCOL_VERSION },
  );
  expect(forged.refused).toBe('refused');
  expect(forged.answer).toContain('only the presenter changes the run');
  expect(viewer.errors).toEqual([]);
  await context.close();
});

test('an old link is told apart from an absent bridge, and a good one in the same tab comes in', async ({
  page,
  browser,
}) => {
  await page.goto(`${LIVE_URL}?live`);
  const presenter = new App(page);
  await presenter.loaded();
  await presenter.button('Share a link to this moment').click();
  const link = await page.getByLabel('Link for viewers').inputValue();

  const context = await browser.newContext();
  const viewer = new App(await context.newPage());
  await viewer.page.goto(link.replace(/=.*$/, `=${'0'.repeat(48)}`));
  const status = viewer.page.getByTestId('live-status');
  await expect(status).toContainText('ask the presenter for the present one');
  await expect(viewer.page.locator('.notices')).toContainText('This link is not valid, or not any more');

  // Only what is behind the # is another: the page loads itself anew.
  const reloaded = viewer.page.waitForEvent('load');
  await viewer.page.goto(link);
  await reloaded;
  await viewer.loaded();
  await expect.poll(async () => (await viewer.counts()).acked, { timeout: 30_000 }).toBeGreaterThan(5);
  await expect(viewer.page.getByText(/This link is not valid/)).toHaveCount(0);
  await context.close();
});

test('without the whole link the address gives the model, and says what is missing', async ({ page }) => {
  const app = new App(page);
  await page.goto(`${VIEWERS_URL}?live`);
  await app.loaded();
  await expect(page.getByText(/for those who have the whole link/)).toBeVisible();
  await expect(page.getByText('Model', { exact: true })).toBeVisible();
  expect(app.errors).toEqual([]);
});
