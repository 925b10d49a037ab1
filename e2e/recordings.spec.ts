/** A run saved as a file and opened by somebody else, who has neither bridge nor cluster behind it. */
import { readFile } from 'node:fs/promises';
import { expect, test, type Page } from '@playwright/test';
import { App } from './app.ts';
import { LIVE_URL } from './playwright.config.ts';

interface SavedFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Recordings' });

async function save(app: App): Promise<SavedFile> {
  await app.button('Save this run, or open a saved one').click();
  const press = (): Promise<void> => dialog(app.page).getByRole('button', { name: 'Save this run' }).click();
  const isFirefox = test.info().project.name === 'firefox';
  const file = isFirefox ? await handedOver(app.page, press) : await downloaded(app.page, press);
  await expect(dialog(app.page)).toBeHidden();
  return { ...file, mimeType: 'application/octet-stream' };
}

async function downloaded(page: Page, press: () => Promise<void>): Promise<Omit<SavedFile, 'mimeType'>> {
  const download = page.waitForEvent('download');
  await press();
  const file = await download;
  return { name: file.suggestedFilename(), buffer: await readFile(await file.path()) };
}

/** An unpatched Firefox tells nobody of its downloads: the file is taken where the page hands it over. */
async function handedOver(page: Page, press: () => Promise<void>): Promise<Omit<SavedFile, 'mimeType'>> {
  await page.evaluate(() => {
    const blobs: Blob[] = [];
    const createUrl = URL.createObjectURL.bind(URL);
    URL.createObjectURL = (blob: Blob) => {
      blobs.push(blob);
      return createUrl(blob);
    };
    const handed = new Promise((resolve) => {
      HTMLAnchorElement.prototype.click = function click(): void {
        const read = async (): Promise<void> => {
          const bytes = await blobs.at(-1)?.arrayBuffer();
          resolve([this.download, [...new Uint8Array(bytes ?? new ArrayBuffer(0))]]);
        };
        void read();
      };
    });
    Object.assign(globalThis, { handed });
  });
  await press();
  const [name, bytes] = await page.evaluate<[string, number[]]>('globalThis.handed');
  return { name, buffer: Buffer.from(bytes) };
}

async function open(app: App, file: SavedFile): Promise<void> {
  await app.button('Save this run, or open a saved one').click();
  await dialog(app.page).getByLabel('A recording').setInputFiles(file);
}

test('a run of the model opens elsewhere as the same log, where it stood, and runs on from there', async ({
  page,
  browser,
}) => {
  const first = new App(page);
  await first.open('seed=77&linger.ms=20&do=60000.broker.kill.1&at=140000&paused');
  const { seq, at } = await first.cursor();
  const digest = await first.digest(seq);
  const counts = await first.counts();
  const file = await save(first);

  const context = await browser.newContext();
  const second = new App(await context.newPage());
  await second.open('seed=5&paused');
  await open(second, file);
  await expect(second.page.getByText('Recording of model')).toBeVisible();
  await expect.poll(async () => (await second.cursor()).at).toBe(at);
  expect(await second.digest(seq)).toBe(digest);
  expect(await second.counts()).toEqual(counts);

  // Time and looking work; changing does not, and says why.
  await second.page.keyboard.press('ArrowLeft');
  expect((await second.cursor()).seq).toBe(seq - 1);
  await second.page.keyboard.press('ArrowRight');
  await expect(second.control('linger.ms')).toHaveAttribute('aria-disabled', 'true');
  await expect(second.page.getByText(/nothing in it can be changed/).first()).toBeVisible();

  await second.button('Run it from here').click();
  await expect(second.page.getByText(/everything can be changed/)).toBeVisible();
  await expect(second.control('linger.ms').getByRole('textbox')).toBeEnabled();
  await expect.poll(() => second.digest(seq)).toBe(digest);
  expect(second.errors).toEqual([]);
  await context.close();
});

test('a live run opens elsewhere as the same log; broken files leave it on the stage', async ({
  page,
  browser,
}) => {
  const live = new App(page);
  await page.goto(`${LIVE_URL}?live`);
  await live.loaded();
  await expect.poll(async () => (await live.counts()).acked, { timeout: 30_000 }).toBeGreaterThan(20);
  // Keys count once the panels are there.
  await expect(live.button('Next event')).toBeVisible();
  await live.pause();
  const { seq, at } = await live.cursor();
  const digest = await live.digest(seq);
  const file = await save(live);

  const context = await browser.newContext();
  const other = new App(await context.newPage());
  await other.open('seed=5&paused');
  await open(other, file);
  await expect(other.page.getByText('Recording of live, simulated cluster')).toBeVisible();
  await expect.poll(async () => (await other.cursor()).at).toBe(at);
  expect(await other.digest(seq)).toBe(digest);
  await expect(other.button('Run it from here')).toBeHidden();

  const refused = async (buffer: Buffer, sentence: RegExp): Promise<void> => {
    await open(other, { ...file, buffer });
    await expect(dialog(other.page).getByRole('alert')).toContainText(sentence);
    await other.page.keyboard.press('Escape');
    expect(await other.digest(seq)).toBe(digest);
  };
  await refused(file.buffer.subarray(0, file.buffer.length >> 1), /is cut/);
  const newer = Buffer.from(file.buffer);
  newer[8] = 200;
  await refused(newer, /version 200/);
  const damaged = Buffer.from(file.buffer);
  const middle = damaged.length >> 1;
  damaged[middle] = (damaged[middle] ?? 0) ^ 1;
  await refused(damaged, /damaged/);
  await refused(Buffer.from('GIF89a and so on'), /not a recording/);

  await other.button('Close').click();
  await expect(other.page.getByText('Recording of live, simulated cluster')).toBeHidden();
  await expect(other.control('linger.ms').getByRole('textbox')).toBeEnabled();
  expect(other.errors).toEqual([]);
  await context.close();
});

test('a recording that is dropped on the page opens too', async ({ page }) => {
  const app = new App(page);
  await app.open('seed=3&at=50000&paused');
  const file = await save(app);
  await page.evaluate(
    (bytes) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(bytes)], 'dropped.linger'));
      globalThis.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, cancelable: true }));
    },
    [...file.buffer],
  );
  await expect(page.getByText('Recording of model')).toBeVisible();
  await app.button('Close').click();
  await expect(page.getByText('Recording of model')).toBeHidden();
  expect((await app.cursor()).at).toBe(50_000);
});

test('the tab of the prediction goes with the live run, and comes back with it', async ({ page }) => {
  const app = new App(page);
  await app.open('seed=3&at=50000&paused');
  const file = await save(app);
  await page.goto(`${LIVE_URL}?live`);
  await app.loaded();
  await page.getByRole('tab', { name: 'Predict' }).click();
  await open(app, file);
  await expect(page.getByText('Recording of model')).toBeVisible();
  await expect(page.getByRole('tab', { name: 'Predict' })).toBeHidden();
  await expect(page.getByRole('tab', { selected: true })).toHaveText('Inspector');
  await app.button('Close').click();
  await expect(page.getByRole('tab', { selected: true })).toHaveText('Predict');
  expect(app.errors).toEqual([]);
});
