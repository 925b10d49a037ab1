/** One node's process: its start, its log, its signals, its end. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterFolder } from './clusterFolder.ts';
import type { KafkaInstallation } from './install.ts';
import { usesLog4j2 } from './install.ts';
import { signal, type ProcessName } from './processes.ts';

/** As on the stage: `starting` until it says that it has started. */
export type BrokerProcessState = 'down' | 'starting' | 'up' | 'frozen';

export interface BrokerProcessParts {
  readonly node: number;
  readonly installation: KafkaInstallation;
  readonly clusterFolder: ClusterFolder;
  /** Holds server.properties, the data and the log. */
  readonly folder: string;
  readonly jvmOptions: readonly string[];
  readonly onMoved: (node: number, state: BrokerProcessState) => void;
}

const STARTED = /Kafka Server started/;
const LOOK_MS = 25;
const LOG_LINES_SHOWN = 12;

export class BrokerProcess {
  readonly node: number;
  readonly logFile: string;
  state: BrokerProcessState = 'down';
  private readonly parts: BrokerProcessParts;
  private child: ChildProcess | null = null;
  private name: ProcessName | null = null;
  private exited: Promise<void> = Promise.resolve();
  /** Where in its log the present run begins. */
  private logFrom = 0;

  constructor(parts: BrokerProcessParts) {
    this.parts = parts;
    this.node = parts.node;
    this.logFile = join(parts.folder, 'kafka.log');
  }

  get pid(): number | null {
    return this.name?.pid ?? null;
  }

  /** Starts the process; `untilStarted` waits for it. */
  start(): void {
    if (this.state !== 'down') return;
    const { folder, installation, jvmOptions, clusterFolder } = this.parts;
    this.logFrom = existsSync(this.logFile) ? statSync(this.logFile).size : 0;
    const log = openSync(this.logFile, 'a');
    const logging = usesLog4j2(installation.version) ? 'log4j2.configurationFile' : 'log4j.configuration';
    const child = spawn(
      'java',
      [
        ...jvmOptions,
        `-D${logging}=file:${join(folder, 'log4j.properties')}`,
        '-cp',
        installation.classPath,
        'kafka.Kafka',
        join(folder, 'server.properties'),
      ],
      // A session of its own: Ctrl-C in the terminal reaches only the bridge, which then ends its brokers itself.
      { cwd: folder, detached: true, stdio: ['ignore', log, log] },
    );
    closeSync(log);
    this.child = child;
    this.name = child.pid === undefined ? null : clusterFolder.addChild(child.pid);
    this.exited = new Promise((resolve) => {
      const gone = (): void => {
        if (this.child === child) this.move('down');
        resolve();
      };
      child.once('exit', gone);
      child.once('error', gone);
    });
    this.move('starting');
  }

  /** @throws Error with the end of its log when it ends instead of starting, or takes too long. */
  async untilStarted(limitMs: number): Promise<void> {
    const end = performance.now() + limitMs;
    for (;;) {
      // Killed or frozen meanwhile on purpose, or by itself: its log tells.
      if (this.state !== 'starting') throw new Error(`broker ${this.node} did not start:\n${this.lastLog()}`);
      if (STARTED.test(this.log())) break;
      if (performance.now() > end) {
        throw new Error(`broker ${this.node} has not started within ${limitMs} ms:\n${this.lastLog()}`);
      }
      await sleep(LOOK_MS);
    }
    this.move('up');
  }

  /** SIGKILL: gone without a word. Resolves when it is. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** SIGTERM: it hands its leaderships over first. Killed when that takes longer than `limitMs`. */
  async terminate(limitMs: number): Promise<void> {
    if (this.state === 'frozen') this.thaw();
    const timer = setTimeout(() => void this.end('SIGKILL'), limitMs);
    await this.end('SIGTERM');
    clearTimeout(timer);
  }

  /** SIGSTOP: its connections stay open, nothing happens in it. */
  freeze(): void {
    if (this.state !== 'up' || this.name === null) return;
    signal(this.name, 'SIGSTOP');
    this.move('frozen');
  }

  thaw(): void {
    if (this.state !== 'frozen' || this.name === null) return;
    signal(this.name, 'SIGCONT');
    this.move('up');
  }

  /** What the present run has logged. */
  log(): string {
    return existsSync(this.logFile) ? readFileSync(this.logFile).subarray(this.logFrom).toString() : '';
  }

  private async end(how: NodeJS.Signals): Promise<void> {
    if (this.state === 'down') return;
    if (this.name !== null) signal(this.name, how);
    await this.exited;
  }

  private lastLog(): string {
    return this.log().trimEnd().split('\n').slice(-LOG_LINES_SHOWN).join('\n');
  }

  private move(state: BrokerProcessState): void {
    if (this.state === state) return;
    this.state = state;
    this.parts.onMoved(this.node, state);
  }
}
