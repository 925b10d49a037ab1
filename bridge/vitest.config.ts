/** Unit tests, laws and conformance. Laws run over many seeds: the limit only catches what hangs. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['shared/**/*.test.ts', 'bridge/**/*.test.ts', 'web/src/**/*.test.{ts,tsx}'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
