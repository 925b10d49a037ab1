/** How much has to be fetched before anything moves: a count of bytes, so it is a test. */
import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';

/** gzip kB of every script and style until the first record moves. */
const LIMIT_KB = 150;
/** The mark that the page sets (web/src/firstRecord.ts). */
const FIRST_RECORD = 'linger:first-record';

test('script and style that come before the first moving record stay small', async ({ page, request }) => {
  await page.goto('/');
  await page.waitForFunction((mark) => performance.getEntriesByName(mark).length > 0, FIRST_RECORD);
  const urls = await page.evaluate((mark) => {
    const atMs = performance.getEntriesByName(mark)[0]?.startTime ?? 0;
    const before = performance.getEntriesByType('resource').filter(({ startTime }) => startTime < atMs);
    return before.map(({ name }) => name).filter((name) => /\.(js|css)$/.test(name));
  }, FIRST_RECORD);
  expect(urls.length).toBeGreaterThan(1);
  let kB = 0;
  for (const url of urls) kB += gzipSync(await (await request.get(url)).body()).length / 1000;
  expect(kB).toBeLessThan(LIMIT_KB);
});
