/** Live, what only holds from the start of a run begins another one: threads, sync, transactions, one more application. */
import { expect, test } from '@playwright/test';
import { App } from './app.ts';
import { startOwnServer } from './ownServer.ts';
import { OWN_SERVER_PORT } from './playwright.config.ts';

test('transactions and a second application take the place of the run, for everybody', async ({
  page,
  browser,
}) => {
  const server = await startOwnServer(['--simulated', '--port', String(OWN_SERVER_PORT)]);
  const context = await browser.newContext();
  try {
    const app = new App(page);
    const other = new App(await context.newPage());
    for (const each of [app, other]) {
      await each.page.goto(`${server.address}?live`);
      await each.loaded();
      await expect.poll(async () => (await each.counts()).acked).toBeGreaterThan(0);
    }
    await page.getByRole('combobox', { name: 'send' }).selectOption('transaction-loop');
    await expect(page.getByText('Another run has begun, with the new settings.')).toBeVisible();
    await expect(page.getByText('records each')).toBeVisible();
    await page.getByRole('button', { name: 'Add an application' }).click();
    for (const each of [app, other])
      await expect(each.page.getByRole('radio', { name: 'shop-2' })).toBeVisible();
    await expect.poll(async () => (await app.counts()).acked).toBeGreaterThan(0);
    expect([app.errors, other.errors]).toEqual([[], []]);
  } finally {
    await context.close();
    await server.end();
  }
});
