/** Every kind of error, tried from the panel of errors at a chosen request: what the producer does is told there. */
import { expect, test, type Locator, type Page } from '@playwright/test';
import { App } from './app.ts';

const SENDER = 'rate=200&partitions=2';
const LOOP = 'pattern=transaction-loop&transactional.id=shop-tx&rate=200&txrecords=13&partitions=2';
const START = 'at=300000&paused';
const LATER_US = 1_500_000;

/** The row of an error, opened. */
async function rowOf(page: Page, error: string): Promise<Locator> {
  await page.getByRole('tab', { name: 'Errors' }).click();
  await page.getByRole('searchbox', { name: 'Find an error' }).fill(error);
  const row = page.locator('.error').filter({ has: page.getByText(error, { exact: true }) });
  await row.locator('summary').click();
  return row;
}

async function goOn(app: App): Promise<void> {
  await app.page.evaluate(`globalThis.linger.session.dispatch({ type: "seek", at: ${LATER_US} })`);
  await app.settled();
}

test('a retriable error: tried again, and nothing fails', async ({ page }) => {
  const app = new App(page);
  await app.open(`${SENDER}&${START}`);
  const row = await rowOf(page, 'NOT_ENOUGH_REPLICAS');
  await expect(row.getByText('not retriable')).toHaveCount(0);
  await row.getByRole('button', { name: 'Answer the next Produce so' }).click();
  await goOn(app);
  await expect(row.getByText('Answered once: tried again once.')).toBeVisible();
  expect((await app.counts()).failed).toBe(0);
  expect(app.errors).toEqual([]);
});

test('a fatal error, to the second request with a chosen partition of a chosen broker', async ({ page }) => {
  const app = new App(page);
  await app.open(`${SENDER}&${START}`);
  const leader = await app.ask((hook) => [...hook.session.view.state.partitions.values()][0]?.leader ?? -1);
  const row = await rowOf(page, 'CLUSTER_AUTHORIZATION_FAILED');
  await page.getByRole('combobox', { name: 'Which request' }).selectOption('2nd');
  await page.getByRole('combobox', { name: 'Broker that answers' }).selectOption(`broker ${leader}`);
  await page.getByRole('combobox', { name: 'Partition whose answer it is' }).selectOption('orders-0');
  await row
    .getByRole('button', { name: `Answer the 2nd Produce to broker ${leader} with orders-0 so` })
    .click();
  await goOn(app);
  await expect(row.getByText(/^Answered once: .*fatal once\.$/)).toBeVisible();
  await expect(row.getByText('then make a new producer')).toBeVisible();
  expect((await app.counts()).failed).toBeGreaterThan(0);
  expect(app.errors).toEqual([]);
});

test('an abortable error: the transaction is aborted, and the next one is committed', async ({ page }) => {
  const app = new App(page);
  await app.open(`${LOOP}&${START}`);
  const row = await rowOf(page, 'INVALID_TIMESTAMP');
  await row.getByRole('button', { name: 'Answer the next Produce so' }).click();
  await goOn(app);
  await expect(row.getByText(/^Answered once: .*abortable once\.$/)).toBeVisible();
  const states = await app.ask((hook) =>
    [
      ...(
        hook.session.view.state as never as { clients: Map<number, { transaction: string }> }
      ).clients.values(),
    ].map(({ transaction }) => transaction),
  );
  expect(states).not.toContain('FATAL_ERROR');
  expect(app.errors).toEqual([]);
});
