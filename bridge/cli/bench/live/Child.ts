/** A program of the benchmark in its own process, which prints JSON objects, a line each. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

export class Child {
  private readonly process: ChildProcess;
  private readonly lines: AsyncIterator<string>;
  private readonly ended: Promise<number | null>;

  constructor(program: string, args: readonly string[]) {
    this.process = spawn(process.execPath, [program, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.ended = new Promise((resolve, reject) => {
      this.process.on('error', reject);
      this.process.on('close', resolve);
    });
    const { stdout } = this.process;
    if (stdout === null) throw new Error('a child without output');
    this.lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  }

  /** What it says next. @throws Error when it ends instead. */
  async next<T>(): Promise<T> {
    const { value, done } = await this.lines.next();
    if (done === true) throw new Error(`${this.process.spawnargs[1] ?? ''} ended with ${await this.ended}`);
    return JSON.parse(value) as T;
  }

  /** Closes its input and waits for its end. */
  async end(): Promise<void> {
    this.process.stdin?.end();
    await this.ended;
  }

  kill(): void {
    this.process.kill('SIGKILL');
  }
}
