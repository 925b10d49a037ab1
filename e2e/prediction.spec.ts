/** Live mode against the simulated cluster: what the model predicts from the round trips is what was measured. */
import { expect, test } from '@playwright/test';
import { App } from './app.ts';
import { LIVE_URL } from './playwright.config.ts';

test('predicted and measured stand side by side, near to each other, and anew when settings change', async ({
  page,
}) => {
  test.setTimeout(180_000);
  const app = new App(page);
  await page.goto(`${LIVE_URL}?live`);
  await app.loaded();
  await page.getByRole('tab', { name: 'Predict' }).click();
  const panel = page.getByTestId('prediction');
  // Not there while a stretch is measured, and while the model runs in small pieces beside.
  const off = async (metric: string): Promise<number> => {
    const [text = ''] = await page.getByTestId(`prediction-${metric}`).getByRole('rowheader').allInnerTexts();
    return Number(/([\d.]+) %/.exec(text)?.[1]);
  };
  for (const metric of ['batch-size-avg', 'records-per-request-avg', 'request-rate', 'record-queue-time-avg'])
    await expect.poll(() => off(metric), { message: metric, timeout: 60_000 }).toBeLessThan(12);
  await expect(panel).toContainText('round trips');
  await expect(panel.getByRole('img', { name: 'modelled' }).first()).toBeVisible();

  // The run goes on from test to test.
  const lingerMs = await app.control('linger.ms').getByRole('textbox').inputValue();
  await app.set('linger.ms', lingerMs.startsWith('60') ? '40' : '60');
  await expect(panel.getByRole('status')).toBeVisible();
  await expect.poll(() => off('record-queue-time-avg'), { timeout: 60_000 }).toBeLessThan(12);
  expect(app.errors).toEqual([]);
});

test('settings say what a live run cannot do, and nothing offers to make it anew', async ({ page }) => {
  const app = new App(page);
  await page.goto(`${LIVE_URL}?live`);
  await app.loaded();
  await expect(page.getByText('A change holds from now on.')).toBeVisible();
  await expect(page.getByRole('radio', { name: 'from the start' })).toHaveCount(0);
  await expect(app.control('brokers')).toHaveAttribute('aria-disabled', 'true');
  await expect(app.control('brokers')).toContainText('Only from the start of a run');
  await expect(app.control('linger.ms').getByLabel('linger.ms').first()).toBeEnabled();
});
