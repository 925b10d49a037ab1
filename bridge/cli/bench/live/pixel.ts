/** From an answer that the bridge has taken in to the frame that drew it, on a real page in a real Chromium. */
import type { Page } from '@playwright/test';
import { openChromium } from '../chromium.ts';
import { Child } from './Child.ts';
import type { Programs } from './contestants.ts';
import type { BridgePlan, BridgeReport, Door, StreamPlan } from './plan.ts';

const LINGER_MS = 5;
/** The last answers have been drawn. */
const TAIL_MS = 1000;

/** What the page tells of itself (web/src/testHook.ts), as far as it is asked here. */
interface Hooked {
  linger?: {
    readonly session: {
      onDraw(draw: (view: HookedView) => void): void;
    };
  };
  drawn: { readonly seq: number; readonly atMs: number }[];
}
interface HookedView {
  /** Events before it are in the picture. */
  readonly cursor: { readonly seq: number };
}

/** Notes after every frame up to which event the picture shows what has happened. */
async function noteFrames(page: Page): Promise<void> {
  await page.waitForFunction(() => (globalThis as unknown as Hooked).linger !== undefined);
  await page.evaluate(() => {
    const hooked = globalThis as unknown as Hooked;
    hooked.drawn = [];
    hooked.linger?.session.onDraw(({ cursor: { seq } }) => {
      // A task that a frame has left behind runs when the frame has been handed over.
      setTimeout(() => hooked.drawn.push({ seq, atMs: performance.timeOrigin + performance.now() }), 0);
    });
  });
}

/** How the page follows: as far behind as a flight is long, or without flights. */
export type Following = 'with flights' | 'at once';

/** ms, for each answer that came while the page was looking. */
export async function pixelLatencies(
  { bridge }: Programs,
  stream: StreamPlan & { readonly recordsPerS: number },
  pageFolder: string,
  following: Following,
): Promise<readonly number[]> {
  const plan: BridgePlan = { ...stream, lingerMs: LINGER_MS, pageFolder };
  const child = new Child(bridge, [JSON.stringify(plan)]);
  const browser = await openChromium();
  try {
    const { port } = await child.next<Door>();
    const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
    await page.goto(`http://127.0.0.1:${port}/?live`);
    if (following === 'at once') await page.getByRole('button', { name: 'At once' }).click();
    await noteFrames(page);
    const { acks } = await child.next<BridgeReport>();
    await page.waitForTimeout(TAIL_MS);
    const drawn = await page.evaluate(() => (globalThis as unknown as Hooked).drawn);
    await child.end();
    const { warmUpRecords, records } = stream;
    // On a busy machine an answer may be for more than one record.
    const measured = acks.slice(Math.floor((acks.length * warmUpRecords) / (warmUpRecords + records)));
    return measured.flatMap(({ seq, atMs }) => {
      const frame = drawn.find((one) => one.seq > seq);
      return frame === undefined ? [] : [frame.atMs - atMs];
    });
  } finally {
    await browser.close();
    child.kill();
  }
}
