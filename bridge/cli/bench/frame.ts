/** Script a frame costs with so many moving records: the page's scene and draw, and as many elements of framer-motion. */
import { join } from 'node:path';
import type { Browser, CDPSession, Page } from '@playwright/test';
import { build } from 'vite';
import { CACHE, ROOT } from './bundle.ts';
import { openChromium, serveFolder } from './chromium.ts';
import { measureOf, median, ROUNDS, type Measure } from './Measure.ts';

const MOVING = [300, 1000, 3000, 10_000] as const;
const GOALS: Readonly<Record<number, number>> = { 10_000: 4 };
const FRAMES = 60;
/** Elements take longer: fewer frames say as much. */
const rivalFrames = (moving: number): number => Math.max(6, Math.min(FRAMES, Math.floor(30_000 / moving)));
const MS_PER_S = 1000;

/** What web/bench/scene.ts and web/bench/motion.tsx offer. */
interface BenchPage {
  mount(moving: number): Promise<void>;
  run(...numbers: number[]): Promise<unknown>;
}

/** Each by itself: what begins with a page of its own is one file, and each of the two is one. */
async function buildPages(): Promise<string> {
  const folder = join(CACHE, 'frame');
  for (const name of ['scene', 'motion']) {
    await build({
      configFile: join(ROOT, 'web', 'vite.config.ts'),
      root: join(ROOT, 'web', 'bench'),
      logLevel: 'warn',
      build: {
        outDir: join(folder, name),
        emptyOutDir: true,
        rolldownOptions: { input: join(ROOT, 'web', 'bench', `${name}.html`) },
      },
    });
  }
  return folder;
}

async function open(browser: Browser, address: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  await page.goto(address);
  return page;
}

/** Median script of a frame, ms. @throws Error when fewer records moved than asked for. */
async function ownRound(page: Page, moving: number): Promise<number> {
  const round = await page.evaluate(
    ([records, frames]) =>
      (globalThis as unknown as BenchPage).run(records, frames) as Promise<{
        readonly moving: number;
        readonly scriptMs: readonly number[];
      }>,
    [moving, FRAMES] as const,
  );
  if (round.moving < moving)
    throw new Error(`${Math.floor(round.moving)} records moved instead of ${moving}`);
  return median(round.scriptMs);
}

async function scriptSeconds(devTools: CDPSession): Promise<number> {
  const { metrics } = await devTools.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? Number.NaN;
}

/** Script of a frame, ms: all that the page ran, over its frames. */
async function rivalRound(page: Page, devTools: CDPSession, moving: number): Promise<number> {
  const frames = rivalFrames(moving);
  const before = await scriptSeconds(devTools);
  await page.evaluate((count) => (globalThis as unknown as BenchPage).run(count), frames);
  return (((await scriptSeconds(devTools)) - before) * MS_PER_S) / frames;
}

async function measureAt(browser: Browser, address: string, moving: number): Promise<Measure> {
  const own = await open(browser, `${address}scene/scene.html`);
  const rival = await open(browser, `${address}motion/motion.html`);
  const devTools = await rival.context().newCDPSession(rival);
  await devTools.send('Performance.enable');
  await rival.evaluate((count) => (globalThis as unknown as BenchPage).mount(count), moving);
  const values: number[] = [];
  const rivalValues: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await own.bringToFront();
    values.push(await ownRound(own, moving));
    await rival.bringToFront();
    rivalValues.push(await rivalRound(rival, devTools, moving));
  }
  await own.close();
  await rival.close();
  return measureOf({
    measure: `frame, ${moving} moving`,
    unit: 'ms script',
    goal: GOALS[moving] ?? null,
    values,
    rival: 'framer-motion elements',
    rivalValues,
  });
}

export async function frame(): Promise<readonly Measure[]> {
  const served = await serveFolder(await buildPages());
  const browser = await openChromium();
  try {
    const measures: Measure[] = [];
    for (const moving of MOVING) measures.push(await measureAt(browser, served.address, moving));
    return measures;
  } finally {
    await browser.close();
    served.close();
  }
}
