/**
 * Processes of this machine by id and start time. An id alone is used again by the system; with its start time it
 * names one process for ever, also after a reboot.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface ProcessName {
  readonly pid: number;
  /** Opaque: equal for the same process, different for any other of this id. */
  readonly startedAt: string;
}

/** Whether a process can be stopped and go on later: SIGSTOP. */
export const canFreeze = process.platform !== 'win32';

/** null: no such process, or one that has ended and only waits for its parent to notice. */
export function processName(pid: number): ProcessName | null {
  const startedAt = process.platform === 'linux' ? startOnLinux(pid) : startByPs(pid);
  return startedAt === null ? null : { pid, startedAt };
}

export function isRunning({ pid, startedAt }: ProcessName): boolean {
  return processName(pid)?.startedAt === startedAt;
}

/** Sends the signal unless the process is gone, or another one has its id by now. */
export function signal(target: ProcessName, name: NodeJS.Signals): void {
  if (!isRunning(target)) return;
  try {
    process.kill(target.pid, name);
  } catch {
    // It has ended since.
  }
}

/** Kills them all and waits until they are gone, without the event loop: also for a process that is exiting. */
export function killAndWait(targets: readonly ProcessName[], limitMs: number): void {
  for (const target of targets) signal(target, 'SIGKILL');
  const lock = new Int32Array(new SharedArrayBuffer(4));
  const end = performance.now() + limitMs;
  while (targets.some(isRunning) && performance.now() < end) Atomics.wait(lock, 0, 0, 10);
}

/** /proc/PID/stat: its name in parentheses, which may hold anything, then state (3rd) … start in ticks (22nd). */
function startOnLinux(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, ticks] = [fields[0], fields[19]];
    if (state === 'Z' || state === 'X' || ticks === undefined) return null;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${ticks}`;
  } catch {
    return null;
  }
}

function startByPs(pid: number): string | null {
  try {
    const output = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    return output === '' || output.startsWith('Z') ? null : output.replace(/^\S+\s+/, '');
  } catch {
    return null;
  }
}
