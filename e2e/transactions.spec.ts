/** Transactions, zombies and lost records, as somebody finds them with the mouse. */
import { expect, test } from '@playwright/test';
import { App } from './app.ts';

const LOOP = 'pattern=transaction-loop&transactional.id=shop-tx&rate=200&txrecords=13';
// Followers that stand still, acks of the leader alone, and then it dies: an unclean election.
const LOSS =
  'preset=latency&partitions=1&rate=1000&session=100&unclean=1&minisr=1&lag=500' +
  '&do=100000.replica.stall.1&do=100000.replica.stall.2&do=150000.broker.kill.0' +
  '&do=150000.replica.catchUp.1&do=150000.replica.catchUp.2';

test('a second instance fences the first: one click, and the zombie says so', async ({ page }) => {
  const app = new App(page);
  await app.open(`${LOOP}&at=205000&paused`);
  await page.getByRole('button', { name: 'Start a second instance' }).first().click();
  await app.settled();
  await page.evaluate('globalThis.linger.session.dispatch({ type: "seek", at: 600000 })');
  await app.settled();
  const transactions = await app.ask((hook) =>
    [
      ...(
        hook.session.view.state as never as { clients: Map<number, { transaction: string }> }
      ).clients.values(),
    ].map(({ transaction }) => transaction),
  );
  expect(transactions[0]).toBe('FATAL_ERROR');
  expect(transactions[1]).not.toBe('FATAL_ERROR');
  await page.getByRole('tab', { name: 'List' }).click();
  await expect(page.getByText('ProducerFencedException').first()).toBeVisible();
  expect(app.errors).toEqual([]);
});

test('the inspector of a partition shows what each of two readers got', async ({ page }) => {
  const app = new App(page);
  await app.open(`${LOOP}&txabort=2&at=500000&paused`);
  await page.evaluate('globalThis.linger.store.getState().select({ kind: "partition", id: 1 })');
  await expect(page.getByText('a read_uncommitted reader')).toBeVisible();
  await expect(page.getByText(/passed over \d+ aborted/)).toBeVisible();
  expect(app.errors).toEqual([]);
});

test('lost records are counted in red, and a click lists them with their cause', async ({ page }) => {
  const app = new App(page);
  await app.open(`${LOSS}&at=280000&paused`);
  const lost = await app.ask((hook) => hook.session.view.state.counters['recordsLostAfterAck'] ?? 0);
  expect(lost).toBeGreaterThan(0);
  await page
    .getByTestId('counters')
    .getByRole('button', { name: /lost after ack/ })
    .click();
  const list = page.getByTestId('outcome-list');
  await expect(list.getByText('which did not have it')).toBeVisible();
  await expect(list.getByRole('button', { name: /^record \d+$/ })).toHaveCount(lost);
  await list
    .getByRole('button', { name: /^record \d+$/ })
    .first()
    .click();
  await expect(page.getByTestId('why')).toBeVisible();
  await page.getByRole('button', { name: /lost after ack: the list/ }).click();
  await expect(list).toBeVisible();
  expect(app.errors).toEqual([]);
});

test('an application becomes one with transactions in the panel, and gets a second one beside it', async ({
  page,
}) => {
  const app = new App(page);
  await app.open('at=100000&paused');
  await page.getByRole('combobox', { name: 'send' }).selectOption('transaction-loop');
  await app.settled();
  await expect(page.getByText('records each')).toBeVisible();
  await expect.poll(() => page.url()).toContain('transactional.id=shop-tx');
  await page.getByRole('button', { name: 'Add an application' }).click();
  await app.settled();
  await expect(page.getByRole('radio', { name: 'shop-2' })).toBeVisible();
  await expect.poll(() => page.url()).toContain('app2.standby=1');
  expect(app.errors).toEqual([]);
});
