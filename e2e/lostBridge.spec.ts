/** A bridge that freezes or dies leaves the last picture, which says so; when it is there again the page goes on by itself. */
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { App } from './app.ts';
import { LIVE_URL } from './playwright.config.ts';

const DOOR = fileURLToPath(new URL('../bridge/door/start.mjs', import.meta.url));
/** Away from those of the other servers of a test run; a busy one means the next. */
const FIRST_PORT = Number(new URL(LIVE_URL).port) + 111;

interface Bridge {
  readonly process: ChildProcess;
  readonly port: number;
}

function startBridge(port: number): Promise<Bridge> {
  const child = spawn(process.execPath, [DOOR, '--simulated', '--port', String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (text: Buffer) => {
      said += text.toString();
      const found = /Linger is at http:\/\/127\.0\.0\.1:(\d+)\//.exec(said);
      if (found !== null) resolve({ process: child, port: Number(found[1]) });
    });
    child.once('exit', (code) => reject(new Error(`the bridge ended with ${code}: ${said}`)));
  });
}

test('a bridge that freezes, dies and comes back never blanks the page', async ({ page }) => {
  test.setTimeout(180_000);
  let bridge = await startBridge(FIRST_PORT);
  try {
    const app = new App(page);
    const status = page.getByTestId('live-status');
    const sent = (): Promise<number> => app.ask((hook) => hook.counts().sent);
    await page.goto(`http://127.0.0.1:${bridge.port}/?live`);
    await app.loaded();
    await expect.poll(sent, { timeout: 30_000 }).toBeGreaterThan(50);

    // As after a laptop's sleep: the socket is open, and nothing comes.
    bridge.process.kill('SIGSTOP');
    await expect(status).toContainText('cannot be reached', { timeout: 30_000 });
    const frozen = await sent();
    expect(frozen).toBeGreaterThan(50);
    bridge.process.kill('SIGCONT');
    await expect(status).toContainText('now', { timeout: 30_000 });
    await expect.poll(sent, { timeout: 30_000 }).toBeGreaterThan(frozen);
    // The same run, with all that happened meanwhile.
    await expect(page.getByText('begins anew at the present')).toHaveCount(0);

    bridge.process.kill('SIGKILL');
    await expect(status).toContainText('cannot be reached', { timeout: 30_000 });
    await expect(page.getByText('The picture stays as it was')).toBeVisible();
    // Time can still be moved in what was received.
    await app.pause();
    const stood = await app.cursor();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(async () => (await app.cursor()).seq).toBe(stood.seq - 1);
    expect(await sent()).toBeGreaterThanOrEqual(frozen);

    bridge = await startBridge(bridge.port);
    await expect(page.getByText('begins anew at the present')).toBeVisible({ timeout: 30_000 });
    await app.button('Now').click();
    await expect(status).toContainText('now', { timeout: 30_000 });
    await expect.poll(sent, { timeout: 30_000 }).toBeGreaterThan(20);
    expect(app.errors).toEqual([]);
  } finally {
    bridge.process.kill('SIGKILL');
  }
});
