/** The ledger on the page: its counts stand beside what the producer was told, and each leads to its records. */
import { expect, test } from '@playwright/test';
import { App } from './app.ts';
import { LIVE_URL } from './playwright.config.ts';

const COUNTS = {
  acked: 40,
  failed: 1,
  present: 41,
  ackedAndPresent: 38,
  missing: 2,
  awaited: 0,
  duplicated: 3,
  outOfOrder: 0,
  failedButPresent: 1,
  committed: 30,
  byOffset: 0,
  gone: 5,
  goneOffsets: 7,
};

test('counts of the ledger are shown, and list the records that the page holds', async ({ page }) => {
  const app = new App(page);
  // The simulated bridge reads nothing back: what one with a real cluster says is put in its mouth.
  await page.routeWebSocket(/127\.0\.0\.1/, (socket) => {
    const bridge = socket.connectToServer();
    let known = 0;
    socket.onMessage((message) => {
      const text = String(message);
      if (!text.includes('"ledgerRecords"')) return bridge.send(message);
      const { listing, tp } = JSON.parse(text) as { listing: string; tp: number | null };
      socket.send(JSON.stringify({ kind: 'ledgerRecords', listing, tp, records: [known, 4_000_000_000] }));
    });
    bridge.onMessage((message) => {
      socket.send(message);
      if (typeof message !== 'string' || !message.includes('"status"')) return;
      if (known === 0) void app.counts().then(({ sent }) => (known = Math.max(0, sent - 1)));
      const of = { topic: 'orders', trouble: null, all: COUNTS, partitions: [[0, COUNTS]], forgotten: 0 };
      socket.send(JSON.stringify({ kind: 'ledger', version: 2, ...of }));
    });
  });
  await page.goto(`${LIVE_URL}?live`);
  await app.loaded();
  const ledger = page.getByTestId('ledger');
  await expect(ledger).toContainText('stored 41', { timeout: 30_000 });
  await expect(ledger).toContainText('read_uncommitted 44');
  await expect(ledger).toContainText('read_committed 30');
  await expect(ledger.getByRole('img', { name: 'measured' })).toBeVisible();
  await expect(ledger.getByRole('button', { name: 'gone unread 5' })).toBeVisible();
  await expect(ledger).toContainText('offsets gone 7');
  await expect(ledger.getByTitle(/7 offsets were gone from the log before they were read/)).toBeVisible();

  await expect.poll(async () => (await app.counts()).sent).toBeGreaterThan(10);
  await ledger.getByRole('button', { name: /lost after ack 2/ }).click();
  const list = page.getByTestId('ledger-list');
  await expect(list.getByRole('heading', { name: 'Records lost after ack' })).toBeVisible();
  await expect(list).toContainText('1 of them are not on this page');
  await list.getByRole('button', { name: /^record \d/ }).click();
  await expect(page.getByRole('heading', { name: /^Record / })).toBeVisible();
  expect(app.errors).toEqual([]);
});
