/** What a teacher does with it: stop, step, scrub back, ask, change, break, share. */
import { expect, test } from '@playwright/test';
import { App } from './app.ts';

test('first paint shows a running pipeline that adds up', async ({ page }) => {
  const app = new App(page);
  await app.open();
  const before = await app.counts();
  expect(before.sent).toBeGreaterThan(50);
  await expect.poll(async () => (await app.counts()).sent).toBeGreaterThan(before.sent);
  await app.pause();
  const { sent, acked, failed } = await app.counts();
  const bar = page.getByLabel(/outcome|counters/i).first();
  await expect(bar).toContainText(`sent ${sent.toLocaleString('en-US')}`);
  expect(acked).toBeGreaterThan(0);
  expect(sent).toBeGreaterThanOrEqual(acked + failed);
  expect(app.errors).toEqual([]);
});

test('time stops, steps both ways and jumps', async ({ page }) => {
  const app = new App(page);
  await app.open();
  await app.pause();
  const stood = await app.cursor();
  await page.waitForTimeout(300);
  expect(await app.cursor()).toEqual(stood);

  await app.button('Next event').click();
  expect((await app.cursor()).seq).toBe(stood.seq + 1);
  await app.button('Back one event').click();
  expect((await app.cursor()).seq).toBe(stood.seq);

  await page.keyboard.press('Shift+ArrowRight');
  const left = await app.cursor();
  expect(left.seq).toBeGreaterThan(stood.seq);
  await page.keyboard.press('Shift+ArrowLeft');
  expect((await app.cursor()).seq).toBeLessThan(left.seq);

  await page.keyboard.press('0');
  expect((await app.cursor()).at).toBe(0);
});

test('a record is followed from send() to its offset, with the reason why it is where it is', async ({
  page,
}) => {
  const app = new App(page);
  await app.open();
  await app.pause();
  await page.waitForTimeout(500);
  await app.clickOn('record');
  await expect(app.why()).not.toBeEmpty();
  await expect(page.locator('.inspector h2')).toContainText(/record/i);
  for (let i = 0; i < 6; i++) await page.keyboard.press('Shift+ArrowRight');
  await app.play();
  await expect(page.locator('.facts')).toContainText(/offset/i, { timeout: 20_000 });
  expect(app.errors).toEqual([]);
});

test('a longer linger.ms makes fewer requests', async ({ page }) => {
  const app = new App(page);
  const requestsFrom = async (): Promise<number> => {
    const start = await app.ask((hook) => hook.session.view.state.counters['produceRequestsSent'] ?? 0);
    const { at } = await app.cursor();
    await app.passed(at + 60_000);
    return (await app.ask((hook) => hook.session.view.state.counters['produceRequestsSent'] ?? 0)) - start;
  };
  await app.open('seed=42&speed=0.05');
  await app.play();
  const few = await requestsFrom();
  await app.set('linger.ms', '50');
  await page.waitForTimeout(500);
  const fewer = await requestsFrom();
  expect(few).toBeGreaterThan(fewer);
});

test('a stopped broker: retries, a new leader, and every record accounted for', async ({ page }) => {
  const app = new App(page);
  await app.open('seed=7&paused&at=100000');
  await app.clickOn('broker', 1);
  await page.getByRole('dialog').getByRole('button', { name: /stop/i }).first().click();
  const leaders = (): Promise<(number | null)[]> =>
    app.ask((hook) => [...hook.session.view.state.partitions.values()].map((partition) => partition.leader));
  expect(await leaders()).toContain(1);
  for (let i = 0; i < 24; i++) await page.keyboard.press('ArrowUp');
  await app.play();
  await expect.poll(leaders, { timeout: 30_000 }).not.toContain(1);
  const counters = await app.ask((hook) => ({ ...hook.session.view.state.counters }));
  expect(counters['recordsRetried']).toBeGreaterThan(0);
  await app.pause();
  const { sent, acked, failed } = await app.counts();
  expect(sent).toBeGreaterThanOrEqual(acked + failed);
  expect(app.errors).toEqual([]);
});

test('a command in the past cuts the future, says how much, and can be undone', async ({ page }) => {
  const app = new App(page);
  await app.open('seed=3&paused&at=150000');
  const whole = await app.digest();
  await page.keyboard.press('5');
  await page
    .getByRole('button', { name: /lose next ack/i })
    .first()
    .click();
  await expect(page.getByText(/are cut off/)).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await app.settled();
  await page.evaluate('globalThis.linger.session.dispatch({ type: "seek", at: 150000 })');
  await expect.poll(() => app.digest()).toBe(whole);
});

test('the link opens the same picture in another browser context', async ({ page, browser, baseURL }) => {
  const app = new App(page);
  await app.open('seed=11&linger.ms=20&acks=all');
  await app.pause();
  await page
    .getByRole('button', { name: /lose next request/i })
    .first()
    .click();
  for (let i = 0; i < 5; i++) await page.keyboard.press('Shift+ArrowRight');
  await page.waitForTimeout(400);
  const url = page.url();
  expect(url).toContain('seed=11');
  expect(url).toContain('linger.ms=20');
  const [digest, cursor] = [await app.digest(), await app.cursor()];

  const context = await browser.newContext(baseURL === undefined ? {} : { baseURL });
  const other = new App(await context.newPage());
  await other.page.goto(url);
  await expect.poll(async () => (await other.cursor()).seq).toBeGreaterThanOrEqual(cursor.seq);
  expect((await other.cursor()).at).toBe(cursor.at);
  expect(await other.digest(cursor.seq)).toBe(digest);
  await context.close();
});
