/** Readable from the back row: no page scroll, no tiny text, enough contrast, everything by keyboard; both themes, three sizes. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { App } from './app.ts';

const SIZES = [
  { width: 1280, height: 720 },
  { width: 1440, height: 900 },
  { width: 1920, height: 1080 },
];

for (const size of SIZES) {
  test(`nothing scrolls or is cut at ${size.width}x${size.height}`, async ({ page }, info) => {
    await page.setViewportSize(size);
    const app = new App(page);
    await app.open('seed=1&paused&at=120000');
    await page.waitForTimeout(700);
    const overflow = await page.evaluate(() => ({
      x: document.documentElement.scrollWidth - innerWidth,
      y: document.documentElement.scrollHeight - innerHeight,
    }));
    expect(overflow.x).toBeLessThanOrEqual(0);
    expect(overflow.y).toBeLessThanOrEqual(0);
    const small = await page.evaluate(() =>
      [...document.querySelectorAll('body *')]
        .filter((one) =>
          [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim() !== ''),
        )
        .filter((one) => one.checkVisibility() && Number.parseFloat(getComputedStyle(one).fontSize) < 12)
        .map((one) => `${one.tagName}.${one.className}: ${one.textContent?.slice(0, 30)}`),
    );
    expect(small).toEqual([]);
    await info.attach('paused', { body: await page.screenshot(), contentType: 'image/png' });
  });
}

for (const theme of ['dark', 'light']) {
  test(`axe finds nothing in ${theme}`, async ({ page }) => {
    const app = new App(page);
    await app.open('seed=1&paused&at=120000');
    if (theme === 'light') await page.keyboard.press('t');
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
    await page.waitForTimeout(500);
    const { violations } = await new AxeBuilder({ page: page as never }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual(
      [],
    );
  });
}

test('the keys are listed under ?, and time obeys them', async ({ page }) => {
  const app = new App(page);
  await app.open();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toContainText('Space');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await app.pause();
  const { seq } = await app.cursor();
  await page.keyboard.press('ArrowRight');
  expect((await app.cursor()).seq).toBe(seq + 1);
});

test('with reduced motion the same facts are shown', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const app = new App(page);
  await app.open('seed=1&paused&at=120000');
  const calm = await app.digest();
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await app.open('seed=1&paused&at=120000');
  expect(await app.digest()).toBe(calm);
});
