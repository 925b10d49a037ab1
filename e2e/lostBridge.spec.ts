/** A bridge that freezes or dies leaves the last picture, which says so; when it is there again the page goes on by itself. */
import { expect, test } from '@playwright/test';
import { App } from './app.ts';
import { startOwnServer, type OwnServer } from './ownServer.ts';
import { LIVE_URL } from './playwright.config.ts';

/** Away from those of the other servers of a test run; a busy one means the next. */
const FIRST_PORT = Number(new URL(LIVE_URL).port) + 111;

const startBridge = (port: number | string): Promise<OwnServer> =>
  startOwnServer(['--simulated', '--port', String(port)]);

test('a bridge that freezes, dies and comes back never blanks the page', async ({ page }) => {
  test.setTimeout(180_000);
  let bridge = await startBridge(FIRST_PORT);
  try {
    const app = new App(page);
    const status = page.getByTestId('live-status');
    const sent = (): Promise<number> => app.ask((hook) => hook.counts().sent);
    await page.goto(`${bridge.address}?live`);
    await app.loaded();
    await expect.poll(sent, { timeout: 30_000 }).toBeGreaterThan(50);

    // As after a laptop's sleep: the socket is open, and nothing comes.
    bridge.signal('SIGSTOP');
    await expect(status).toContainText('cannot be reached', { timeout: 30_000 });
    const frozen = await sent();
    expect(frozen).toBeGreaterThan(50);
    bridge.signal('SIGCONT');
    await expect(status).toContainText('now', { timeout: 30_000 });
    await expect.poll(sent, { timeout: 30_000 }).toBeGreaterThan(frozen);
    // The same run, with all that happened meanwhile.
    await expect(page.getByText('begins anew at the present')).toHaveCount(0);

    await bridge.end('SIGKILL');
    await expect(status).toContainText('cannot be reached', { timeout: 30_000 });
    await expect(page.getByText('The picture stays as it was')).toBeVisible();
    // Time can still be moved in what was received.
    await app.pause();
    const stood = await app.cursor();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(async () => (await app.cursor()).seq).toBe(stood.seq - 1);
    expect(await sent()).toBeGreaterThanOrEqual(frozen);

    bridge = await startBridge(new URL(bridge.address).port);
    await expect(page.getByText('begins anew at the present')).toBeVisible({ timeout: 30_000 });
    await app.button('Now').click();
    await expect(status).toContainText('now', { timeout: 30_000 });
    await expect.poll(sent, { timeout: 30_000 }).toBeGreaterThan(20);
    expect(app.errors).toEqual([]);
  } finally {
    await bridge.end('SIGKILL');
  }
});
