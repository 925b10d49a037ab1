/** Bad links, browsers without a canvas, a stage without room: each has its sentence, and the rest works on. */
import { expect, test } from '@playwright/test';
import { App } from './app.ts';

test('bad parts of a link are named and left out, the rest is kept', async ({ page }) => {
  const app = new App(page);
  await app.open('seed=9&linger.ms=25&batch.size=-4&colour=red&do=12.broker.explode.1&at=60000&paused');
  await expect(page.getByText(/batch\.size/).first()).toBeVisible();
  await expect(page.getByText(/colour/).first()).toBeVisible();
  await expect(page.getByText(/explode/).first()).toBeVisible();
  await expect(app.control('linger.ms').getByRole('textbox')).toHaveValue(/25/);
  expect((await app.cursor()).at).toBe(60_000);
});

test('a link cut anywhere still opens', async ({ page }) => {
  const app = new App(page);
  const whole =
    'seed=9&linger.ms=25&acks=all&do=30000.broker.kill.2&do=60000.broker.restart.2&at=90000&paused';
  for (const length of [7, 21, 40, 58, 71, 96]) {
    await app.open(whole.slice(0, length));
    expect((await app.cursor()).seq).toBeGreaterThan(0);
    // Leaving earlier would break off the loading of the panels.
    await page.waitForLoadState('networkidle');
  }
  expect(app.errors).toEqual([]);
});

test('without a 2D canvas the page says so, and its lists still work', async ({ page }) => {
  await page.addInitScript(() => {
    HTMLCanvasElement.prototype.getContext = () => null;
  });
  const app = new App(page);
  await app.open('seed=1&paused&at=50000');
  await expect(page.getByText(/no 2D canvas/)).toBeVisible();
  await page.getByRole('tab', { name: 'List' }).click();
  await expect(page.getByRole('tabpanel')).toContainText('orders-0');
});

test('a window without room for the stage does no harm', async ({ page }) => {
  const app = new App(page);
  await app.open('seed=1');
  await page.setViewportSize({ width: 320, height: 80 });
  await page.waitForTimeout(300);
  await page.setViewportSize({ width: 1280, height: 720 });
  await expect.poll(() => app.find('broker')).not.toBeNull();
  expect(app.errors).toEqual([]);
});

test('a tab that slept for an hour goes on where it stood', async ({ page }) => {
  const app = new App(page);
  await app.open('seed=1');
  await app.play();
  const before = await app.cursor();
  await page.evaluate(() => {
    const real = performance.now.bind(performance);
    performance.now = () => real() + 3_600_000;
  });
  await page.waitForTimeout(500);
  const { at } = await app.cursor();
  expect(at - before.at).toBeLessThan(1_000_000);
  expect(app.errors).toEqual([]);
});

test('remembered state of another version is dropped with a notice', async ({ page }) => {
  const app = new App(page);
  await app.open();
  await page.keyboard.press('t');
  await page.evaluate(() => {
    for (const key of Object.keys(localStorage)) localStorage.setItem(key, '{"version":999,"theme":7}');
  });
  await page.reload();
  await expect(page.getByText(/come from another version of this page/)).toBeVisible();
});

test('a part that cannot be fetched says so and takes nothing else with it', async ({ page }) => {
  await page.route(/assets\/Charts-.*\.js$/, (route) => route.abort());
  const app = new App(page);
  await app.open('seed=9&at=60000&paused');
  await expect(page.getByRole('alert').filter({ hasText: 'could not be shown' })).toBeVisible();
  await app.button('Next event').click();
  expect(app.errors).toEqual([]);
  await page.unrouteAll();
  await app.button(/Reload/).click();
  await app.loaded();
  await expect(page.getByLabel('Chart 1')).toBeVisible();
  expect((await app.cursor()).at).toBeGreaterThanOrEqual(60_000);
});

test('a click before its menu has been fetched is not lost', async ({ page }) => {
  let letGo = (): void => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  await page.route(/assets\/ThingMenu-.*\.js$/, async (route) => {
    await held;
    await route.continue();
  });
  const app = new App(page);
  await app.open('seed=9&at=60000&paused');
  await app.clickOn('broker', 1);
  letGo();
  await expect(page.getByRole('dialog').getByRole('button', { name: /stop/i }).first()).toBeVisible();
});
