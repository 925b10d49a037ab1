/** The first lesson, by keyboard and pointer: a question before its reveal, and the way out into the sandbox. */
import { expect, test, type Locator } from '@playwright/test';
import { App } from './app.ts';

async function openLesson(app: App, title: string | RegExp): Promise<Locator> {
  await app.open();
  await app.page
    .getByText(/^Lessons/)
    .first()
    .click();
  await app.button(title).first().click();
  return app.page.locator('section.lesson');
}

test('the linger.ms lesson asks before it reveals, and hands over everything as it stands', async ({
  page,
}) => {
  const app = new App(page);
  const lesson = await openLesson(app, /linger\.ms/);
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
    const lesson = await openLesson(app, title);
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
