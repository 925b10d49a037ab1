/** The bridge's hand on the process of its proxies: start it, change a link, end it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { LinkSpec, LinkState, Lost, ProxyOrder, ProxyReport } from './messages.ts';

export interface LinkProxiesOptions {
  readonly links: readonly LinkSpec[];
  /** The process is there: whoever keeps books of processes enters it. */
  readonly onStarted: (pid: number) => void;
  /** What was to be lost is lost; `fault` is that of `loseNext`. */
  readonly onStruck?: (fault: number) => void;
  /** It had listened and has ended, and nobody had asked for that. */
  readonly onLost?: () => void;
}

const SCRIPT = fileURLToPath(new URL('proxyProcess.ts', import.meta.url));
/** Wherever the bridge was started from. */
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

export class LinkProxies {
  private readonly child: ChildProcess;
  private readonly exited: Promise<void>;
  private readonly states = new Map<number, LinkState>();
  /** By order: what is called when it is in force. */
  private readonly obeyed: (() => void)[] = [];
  private isStopping = false;

  private constructor(options: LinkProxiesOptions) {
    // A session of its own: Ctrl-C in the terminal reaches only the bridge, which then ends it itself.
    this.child = spawn(process.execPath, ['--import', TSX, SCRIPT, JSON.stringify(options.links)], {
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.exited = new Promise((resolve) => {
      // Each order that does not reach it is one more error.
      this.child.on('error', () => resolve());
      this.child.once('exit', () => resolve());
    });
    if (this.child.pid !== undefined) options.onStarted(this.child.pid);
  }

  /** Resolves when every link listens. @throws Error when a port is taken, or the process does not start. */
  static async start(options: LinkProxiesOptions): Promise<LinkProxies> {
    const proxies = new LinkProxies(options);
    const first = new Promise<ProxyReport>((resolve) => {
      proxies.child.once('message', (message) => resolve(message as ProxyReport));
    });
    const ended = proxies.exited.then((): ProxyReport => ({ kind: 'failed', why: 'its process has ended' }));
    const report = await Promise.race([first, ended]);
    if (report.kind === 'failed') {
      await proxies.stop();
      throw new Error(`The proxies before the brokers did not start: ${report.why}`);
    }
    void proxies.exited.then(() => {
      if (!proxies.isStopping) options.onLost?.();
    });
    proxies.child.on('message', (message) => {
      const report = message as ProxyReport;
      if (report.kind === 'struck') options.onStruck?.(report.fault);
      else if (report.kind === 'obeyed') proxies.obeyed.shift()?.();
    });
    return proxies;
  }

  get pid(): number | null {
    return this.child.pid ?? null;
  }

  /** As it was last set. */
  state(node: number): LinkState {
    return this.states.get(node) ?? { addedMs: 0, cut: false };
  }

  /** Resolves when it is so. */
  async set(node: number, state: LinkState): Promise<void> {
    this.states.set(node, state);
    await this.order({ do: 'set', node, state });
  }

  /** Resolves when it waits for its moment; `onStruck` tells of that by `fault`. */
  async loseNext(what: Lost, node: number | null, fault: number): Promise<void> {
    await this.order({ do: 'lose', what, node, fault });
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    this.child.kill('SIGKILL');
    await this.exited;
  }

  private async order(order: ProxyOrder): Promise<void> {
    const ended = new Error('The process of the proxies has ended.');
    if (!this.child.connected) throw ended;
    const obeyed = new Promise<void>((resolve) => this.obeyed.push(resolve));
    this.child.send(order);
    await Promise.race([obeyed, this.exited.then(() => Promise.reject(ended))]);
  }
}
