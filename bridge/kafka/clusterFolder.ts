/**
 * The temporary folder of a local cluster and the record of who owns it. Whoever starts a cluster first removes what
 * owners that are gone have left: their processes and their folders. A living owner's are never touched.
 */
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning, killAndWait, processName, type ProcessName } from './processes.ts';

const PREFIX = 'linger-kafka-';
const RECORD = 'owner.json';
const KILL_LIMIT_MS = 5000;
/** A folder without a readable record is being made, or has been left in the middle of that. */
const MAKING_LIMIT_MS = 60_000;

interface OwnerRecord {
  readonly owner: ProcessName;
  readonly children: readonly ProcessName[];
}

export class ClusterFolder {
  readonly path: string;
  private readonly owner: ProcessName;
  private children: readonly ProcessName[] = [];

  /** Makes the folder; its owner is this process. */
  constructor() {
    const owner = processName(process.pid);
    if (owner === null) throw new Error('this process cannot tell when it started');
    this.owner = owner;
    this.path = mkdtempSync(join(tmpdir(), PREFIX));
    this.write();
  }

  /** The record stands on the disk when this returns: a kill a moment later leaves nothing that is unknown. */
  addChild(pid: number): ProcessName | null {
    const child = processName(pid);
    if (child === null) return null;
    this.children = [...this.children.filter(isRunning), child];
    this.write();
    return child;
  }

  /** Kills what still runs and deletes everything. Synchronous: it is also the last act of an exiting process. */
  remove(): void {
    destroy(this.path, this.children);
    this.children = [];
  }

  private write(): void {
    const record: OwnerRecord = { owner: this.owner, children: this.children };
    const file = join(this.path, RECORD);
    writeFileSync(`${file}.new`, JSON.stringify(record));
    renameSync(`${file}.new`, file);
  }
}

/** Returns how many abandoned clusters were there. */
export function removeAbandonedClusters(): number {
  let removed = 0;
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const path = join(tmpdir(), name);
    const record = readRecord(path);
    if (record === null ? !isOldAndOurs(path) : isRunning(record.owner)) continue;
    destroy(path, record?.children ?? []);
    removed++;
  }
  return removed;
}

function destroy(path: string, children: readonly ProcessName[]): void {
  // SIGKILL ends a stopped process too.
  killAndWait(children, KILL_LIMIT_MS);
  rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

function isProcessName(value: unknown): value is ProcessName {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, startedAt } = value as Partial<Record<keyof ProcessName, unknown>>;
  return typeof pid === 'number' && Number.isInteger(pid) && pid > 1 && typeof startedAt === 'string';
}

/** Anybody may write to the temporary folder: only a record of the same user counts. */
function readRecord(path: string): OwnerRecord | null {
  try {
    if (!isOurs(path)) return null;
    const record: unknown = JSON.parse(readFileSync(join(path, RECORD), 'utf8'));
    if (typeof record !== 'object' || record === null) return null;
    const { owner, children } = record as Partial<Record<keyof OwnerRecord, unknown>>;
    if (!isProcessName(owner) || !Array.isArray(children) || !children.every(isProcessName)) return null;
    return { owner, children };
  } catch {
    return null;
  }
}

const isOurs = (path: string): boolean => statSync(path).uid === process.getuid?.();

function isOldAndOurs(path: string): boolean {
  try {
    return isOurs(path) && Date.now() - statSync(path).mtimeMs > MAKING_LIMIT_MS;
  } catch {
    return false;
  }
}
