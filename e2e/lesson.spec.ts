/** The first lesson, by keyboard and pointer: a question before its reveal, and the way out into the sandbox. */
import { expect, test } from '@playwright/test';
import { App } from './app.ts';

test('the linger.ms lesson asks before it reveals, and hands over everything as it stands', async ({
  page,
}) => {
  const app = new App(page);
  await app.open();
  await page
    .getByText(/^Lessons/)
    .first()
    .click();
  await page
    .getByRole('button', { name: /linger\.ms/ })
    .first()
    .click();
  const lesson = page.locator('section.lesson');
  await expect(lesson).toBeVisible();
  const question = lesson.getByRole('group', { name: 'Question' });
  for (let i = 0; i < 8 && !(await question.isVisible()); i++)
    await lesson.getByRole('button', { name: 'Next' }).click();
  await expect(question).toBeVisible();
  await expect(lesson.locator('.reveal')).toHaveCount(0);
  await question.getByRole('button').first().click();
  await expect(lesson.locator('.reveal')).toBeVisible();
  await expect(question.locator('.right-answer')).toHaveCount(1);

  const { at } = await app.cursor();
  await lesson.getByRole('button', { name: 'leave' }).click();
  await expect(lesson).toHaveCount(0);
  expect((await app.cursor()).at).toBeGreaterThanOrEqual(at);
  expect(app.errors).toEqual([]);
});

for (const title of ['linger.ms', 'Transactions', 'Zombie fencing']) {
  test(`every step of the lesson “${title}” can be reached and read`, async ({ page }) => {
    const app = new App(page);
    await app.open();
    await page
      .getByText(/^Lessons/)
      .first()
      .click();
    await page.getByRole('button', { name: title }).first().click();
    const lesson = page.locator('section.lesson');
    const titles = new Set<string>();
    for (let i = 0; i < 30; i++) {
      titles.add(await lesson.locator('h2').innerText());
      const next = lesson.getByRole('button', { name: /^(Next|Skip the question)$/ });
      if (!(await next.isVisible())) break;
      await next.click();
    }
    expect(titles.size).toBeGreaterThan(4);
    await lesson.getByRole('button', { name: 'To the sandbox' }).click();
    await expect(lesson).toHaveCount(0);
    expect(app.errors).toEqual([]);
  });
}
