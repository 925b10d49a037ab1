/**
 * The browser comes from `npm test` (LINGER_BROWSER: path of one on the machine; absent: Playwright's own). The page
 * is the product's own: `npm start` on a free port, already built.
 */
import { defineConfig } from '@playwright/test';

/** Two checkouts on one machine can test at the same time. */
const PORT = Number(process.env['LINGER_E2E_PORT'] ?? 4411);
export const LIVE_PORT_OFFSET = 200;
export const LIVE_URL = `http://127.0.0.1:${PORT + LIVE_PORT_OFFSET}/`;
/** Servers that a test starts itself try it first, and take the next free one. */
export const OWN_SERVER_PORT = PORT + 2 * LIVE_PORT_OFFSET;
/** Another address of the same machine, which Linux always has. */
export const SHARED_ADDRESS = '127.0.0.2';
export const CAN_SHARE = process.platform === 'linux';
const executablePath = process.env['LINGER_BROWSER'];

const CHROMIUM_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

// Playwright takes its configuration as the default export.
export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  outputDir: '../test-results',
  fullyParallel: true,
  workers: 2,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['json']],
  use: {
    baseURL: `http://127.0.0.1:${PORT}/`,
    viewport: { width: 1280, height: 720 },
    screenshot: 'only-on-failure',
  },
  // The second one offers live mode against the simulated cluster, and shares it.
  webServer: [[], ['--simulated', ...(CAN_SHARE ? [`--share ${SHARED_ADDRESS}`] : [])]].map((options, i) => ({
    command: `node ../bridge/door/start.mjs --port ${PORT + i * LIVE_PORT_OFFSET} ${options.join(' ')}`,
    url: `http://127.0.0.1:${PORT + i * LIVE_PORT_OFFSET}/`,
    reuseExistingServer: false,
    timeout: 120_000,
  })),
  projects: [
    {
      name: 'chromium',
      use: {
        browserName: 'chromium',
        launchOptions: {
          args: CHROMIUM_ARGUMENTS,
          ...(executablePath === undefined ? {} : { executablePath }),
        },
      },
    },
    {
      name: 'firefox',
      // `moz-firefox` drives an unpatched Firefox over WebDriver BiDi.
      use: {
        browserName: 'firefox',
        channel: 'moz-firefox',
        launchOptions: executablePath === undefined ? {} : { executablePath },
      },
    },
  ],
});
