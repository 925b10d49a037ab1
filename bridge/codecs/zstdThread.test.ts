import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PackageThread } from './zstdThread.ts';

/** Takes its time for what begins with an s. */
const SLOW_PACKAGE = `exports.compress = async (bytes) => {
  if (bytes[0] === ${'s'.charCodeAt(0)}) await new Promise((resolve) => setTimeout(resolve, 50));
  return bytes;
};`;

it('an answer that comes too late is nobody’s', () => {
  const folder = mkdtempSync(join(tmpdir(), 'linger-package-'));
  try {
    const path = join(folder, 'slow.cjs');
    writeFileSync(path, SLOW_PACKAGE);
    const thread = new PackageThread(path);
    const call = (text: string, limitMs?: number): string =>
      Buffer.from(thread.call('compress', Buffer.from(text), 3, limitMs)).toString();
    expect(call('first')).toBe('first');
    expect(() => call('slow', 0)).toThrow('does not answer');
    expect(call('later')).toBe('later');
    expect(call('last')).toBe('last');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
