/** The page as a person uses it. What is only asked, not done, goes through `window.linger`, the page's own read-only hook. */
import { expect, type Locator, type Page } from '@playwright/test';

export interface Counts {
  readonly sent: number;
  readonly acked: number;
  readonly failed: number;
}

interface Hook {
  digest(seq?: number): string | null;
  cursor(): { readonly seq: number; readonly at: number };
  counts(): Counts;
  readonly store: {
    getState(): { readonly selection: { readonly kind: string; readonly id: number } | null };
  };
  readonly stage: {
    entityAt(x: number, y: number): { readonly kind: string; readonly id: number } | null;
    readonly layout: { readonly brokers: readonly { readonly node: number }[] } | null;
  };
  readonly session: {
    readonly playback: {
      readonly headAt: number;
      readonly cursor: { readonly at: number };
      readonly playing: boolean;
      readonly speed: number;
      readonly seekingTo: number | null;
    };
    readonly view: {
      readonly state: {
        readonly counters: Readonly<Record<string, number>>;
        readonly brokers: ReadonlyMap<number, { readonly state: string }>;
        readonly clients: ReadonlyMap<
          number,
          {
            readonly transaction: string;
            readonly connections: ReadonlyMap<number, { readonly addedUs: number }>;
          }
        >;
        readonly partitions: ReadonlyMap<
          number,
          { readonly leader: number | null; readonly leaderEpoch: number }
        >;
      };
    };
  };
}

/** Firefox counts a WebSocket that found nobody, or lost it, among the errors of the page's scripts. */
const REFUSED_SOCKET = /^(Firefox can’t establish a connection to the server at|The connection to) ws:/;

/** Lets the page's hook be called inside `evaluate` with its type. */
const hooked = 'globalThis.linger';

export class App {
  readonly page: Page;
  /** Errors of the page's own scripts; a test ends with none. */
  readonly errors: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => {
      if (!REFUSED_SOCKET.test(error.message)) this.errors.push(error.message);
    });
  }

  /** Opens the page with a query (without `?`) and waits for a drawn picture and the panels. */
  async open(query = ''): Promise<void> {
    await this.page.goto(query === '' ? './' : `./?${query}`);
    await expect
      .poll(() => this.page.evaluate(`${hooked} !== undefined && ${hooked}.cursor().seq > 0`))
      .toBe(true);
    await this.settled();
    await expect(this.button('Next event')).toBeVisible();
  }

  ask<T>(question: (hook: Hook) => T): Promise<T> {
    return this.page.evaluate<T>(`(${question.toString()})(${hooked})`);
  }

  /** Waits until the page's scripts are there. */
  async loaded(): Promise<void> {
    await expect.poll(() => this.page.evaluate(`${hooked} !== undefined`)).toBe(true);
  }

  /** Waits until the run is computed as far as the playhead wants to be. */
  async settled(): Promise<void> {
    await expect.poll(() => this.ask((hook) => hook.session.playback.seekingTo)).toBeNull();
  }

  /** Waits until the playhead has passed a moment of the run, in µs. */
  async passed(at: number): Promise<void> {
    await expect.poll(async () => (await this.cursor()).at, { timeout: 30_000 }).toBeGreaterThan(at);
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name });
  }

  cursor(): Promise<{ readonly seq: number; readonly at: number }> {
    return this.ask((hook) => ({ ...hook.cursor() }));
  }

  counts(): Promise<Counts> {
    return this.ask((hook) => hook.counts());
  }

  digest(seq?: number): Promise<string | null> {
    return this.page.evaluate(`${hooked}.digest(${seq ?? ''})`);
  }

  async pause(): Promise<void> {
    if (await this.ask((hook) => hook.session.playback.playing)) await this.page.keyboard.press('Space');
    await expect(this.button('Play')).toBeVisible();
    // What is in the air lands first.
    await expect
      .poll(() => this.ask(({ session: { playback } }) => playback.headAt - playback.cursor.at))
      .toBe(0);
  }

  async play(): Promise<void> {
    if (!(await this.ask((hook) => hook.session.playback.playing))) await this.page.keyboard.press('Space');
  }

  /** A setting's typed value. */
  async set(property: string, value: string): Promise<void> {
    const field = this.control(property).getByRole('textbox');
    // Key by key, as a person does: a panel that is still being filled may take the field's place meanwhile.
    await field.click();
    await field.press('ControlOrMeta+a');
    await field.pressSequentially(value);
    await expect(field).toHaveValue(value);
    await field.press('Enter');
  }

  control(property: string): Locator {
    return this.page.locator(`[data-control="${property}"]`);
  }

  /** Finds something of a kind on the canvas, as the pointer would, and returns a point of it in page pixels. */
  async find(kind: string, id: number | null = null): Promise<{ x: number; y: number } | null> {
    const box = await this.page.locator('.stage').first().boundingBox();
    if (box === null) return null;
    const point = await this.page.evaluate<{ x: number; y: number } | null>(`(() => {
      for (let y = 2; y < ${box.height}; y += 3) for (let x = 2; x < ${box.width}; x += 3) {
        const entity = ${hooked}.stage.entityAt(x, y);
        if (entity !== null && entity.kind === '${kind}' && (${id} === null || entity.id === ${id})) return { x, y };
      }
      return null;
    })()`);
    return point === null ? null : { x: box.x + point.x, y: box.y + point.y };
  }

  async clickOn(kind: string, id: number | null = null): Promise<void> {
    const point = await this.find(kind, id);
    expect(point, `there is a ${kind} on the stage`).not.toBeNull();
    if (point === null) return;
    await this.page.mouse.move(point.x, point.y);
    await this.page.mouse.click(point.x, point.y);
  }

  why(): Locator {
    return this.page.getByTestId('why').locator('p');
  }
}
