/** Settings: typed values with units, what Java refuses is refused with Java's sentence, and nothing typed is lost. */
import { expect, test } from '@playwright/test';
import { App } from './app.ts';

test('a typed value with a unit is taken, marked as changed, and goes back to the default', async ({
  page,
}) => {
  const app = new App(page);
  await app.open('seed=5&paused&at=50000');
  await app.set('batch.size', '32 KiB');
  await expect(page.getByLabel('Changed from default')).toContainText('batch.size=32768');
  await app
    .control('batch.size')
    .getByRole('button', { name: /back to the default/ })
    .click();
  await expect(page.getByLabel('Changed from default')).not.toContainText('batch.size');
});

test('a combination that Java refuses is refused with its sentence, and the run keeps its value', async ({
  page,
}) => {
  const app = new App(page);
  await app.open('seed=5&enable.idempotence=true&paused&at=50000');
  await app.control('acks').getByRole('radio', { name: '1', exact: true }).click();
  await expect(app.control('acks').getByRole('alert')).toContainText(
    'Must set acks to all in order to use the idempotent producer',
  );
  await expect(app.control('acks').getByRole('radio', { name: 'all' })).toHaveAttribute(
    'aria-checked',
    'true',
  );
});

test('a value out of range is refused, and what was typed is still there', async ({ page }) => {
  const app = new App(page);
  await app.open('seed=5&paused&at=50000');
  await app.set('linger.ms', '-3');
  await expect(app.control('linger.ms').getByRole('alert')).toBeVisible();
  await expect(app.control('linger.ms').getByRole('textbox')).toHaveValue('-3');
  await app.set('linger.ms', 'soon');
  await expect(app.control('linger.ms').getByRole('alert')).toBeVisible();
  await expect(app.control('linger.ms').getByRole('textbox')).toHaveValue('soon');
});

test('a preset changes the producer; the event list and the charts follow', async ({ page }) => {
  const app = new App(page);
  await app.open('seed=5');
  await page.locator('.presets summary').click();
  await page.getByRole('button', { name: /High throughput/i }).click();
  await expect(page.getByLabel('Changed from default')).toContainText('linger.ms');
  await page.getByRole('tab', { name: 'Events' }).click();
  await expect(page.getByRole('tabpanel')).toContainText(/record|batch/i);
  await expect(page.getByLabel('Charts')).toContainText('record-send-rate');
  expect(app.errors).toEqual([]);
});
