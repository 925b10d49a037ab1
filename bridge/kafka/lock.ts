/** One process at a time does something that all may share afterwards; the others wait for it. */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, processName, type ProcessName } from './processes.ts';

const LOOK_AGAIN_MS = 200;
/** A lock without a name is being made, or its maker has died in the middle of that. */
const MAKING_LIMIT_MS = 5000;

export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  while (!take(path)) {
    if (isAbandoned(path)) rmSync(path, { recursive: true, force: true });
    else await sleep(LOOK_AGAIN_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

function take(path: string): boolean {
  try {
    mkdirSync(path);
  } catch {
    return false;
  }
  writeFileSync(join(path, 'owner.json'), JSON.stringify(processName(process.pid)));
  return true;
}

function isAbandoned(path: string): boolean {
  try {
    const age = Date.now() - statSync(path).mtimeMs;
    if (age < MAKING_LIMIT_MS) return false;
    const owner = JSON.parse(readFileSync(join(path, 'owner.json'), 'utf8')) as ProcessName;
    return !isRunning(owner);
  } catch {
    // No lock any more, or one without a name for so long.
    return true;
  }
}
