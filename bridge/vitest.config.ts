/**
 * Unit tests, laws and conformance; with `--mode live` the tests against real brokers, one file after the other, because
 * each starts a cluster of its own. Laws run over many seeds: the limits only catch what hangs.
 */
import { defineConfig } from 'vitest/config';

/** Tests that start real brokers end in `.live.test.ts`. */
const LIVE = 'bridge/**/*.live.test.ts';

export default defineConfig(({ mode }) =>
  mode === 'live'
    ? { test: { include: [LIVE], fileParallelism: false, testTimeout: 300_000, hookTimeout: 300_000 } }
    : {
        test: {
          include: ['shared/**/*.test.ts', 'bridge/**/*.test.ts', 'web/src/**/*.test.{ts,tsx}'],
          exclude: [LIVE],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
);
