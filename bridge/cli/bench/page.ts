/** What the first moving record costs: time on a slow machine, and bytes on the way. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser } from '@playwright/test';
import { builtPage } from './bundle.ts';
import { openChromium, serveFolder } from './chromium.ts';
import { measureOf, ROUNDS, type Measure } from './Measure.ts';

/** web/src/firstRecord.ts sets it. */
const FIRST_RECORD = 'linger:first-record';
const BYTES_PER_KB = 1000;

interface FirstMove {
  /** From the navigation. */
  readonly atMs: number;
  /** Paths of what was asked for before it. */
  readonly fetched: readonly string[];
}

async function firstMove(browser: Browser, address: string, slowdown: number): Promise<FirstMove> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  const page = await context.newPage();
  const devTools = await context.newCDPSession(page);
  await devTools.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  await page.goto(address, { waitUntil: 'commit' });
  await page.waitForFunction((mark) => performance.getEntriesByName(mark).length > 0, FIRST_RECORD);
  const move = await page.evaluate((mark) => {
    const atMs = performance.getEntriesByName(mark)[0]?.startTime ?? 0;
    const before = performance.getEntriesByType('resource').filter(({ startTime }) => startTime < atMs);
    return { atMs, fetched: before.map(({ name }) => new URL(name).pathname) };
  }, FIRST_RECORD);
  await context.close();
  return move;
}

async function firstMoves(folder: string, slowdown: number): Promise<readonly FirstMove[]> {
  const served = await serveFolder(folder);
  const browser = await openChromium();
  try {
    const moves: FirstMove[] = [];
    for (let round = 0; round < ROUNDS; round++)
      moves.push(await firstMove(browser, served.address, slowdown));
    return moves;
  } finally {
    await browser.close();
    served.close();
  }
}

export async function start(): Promise<readonly Measure[]> {
  const values = (await firstMoves(await builtPage(), 4)).map(({ atMs }) => atMs);
  return [measureOf({ measure: 'start', unit: 'ms', goal: 1000, values })];
}

const isCode = (path: string): boolean => path.endsWith('.js') || path.endsWith('.css');

export async function size(): Promise<readonly Measure[]> {
  const folder = await builtPage();
  const gzipped = (path: string): number => gzipSync(readFileSync(join(folder, path))).length;
  const values = (await firstMoves(folder, 1)).map(({ fetched }) =>
    fetched.filter(isCode).reduce((sum, path) => sum + gzipped(path) / BYTES_PER_KB, 0),
  );
  return [measureOf({ measure: 'size', unit: 'kB gzip', goal: 150, values })];
}
