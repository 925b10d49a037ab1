import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startBridge } from './testing/startBridge.ts';

describe('a bridge', () => {
  const folder = mkdtempSync(join(tmpdir(), 'linger-main-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(['SIGTERM', 'SIGHUP'] as const)('closes what it has opened when %s comes', async (signal) => {
    const bridge = await startBridge(folder, ['--simulated', '--port', '43390']);
    expect(await bridge.end(signal)).toBe(0);
  });
});
