/** The oracle: the real Java client on virtual time. Built when it is missing; needs Java 17 and Maven. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const HOME = fileURLToPath(new URL('../../shared/conformance/oracle/', import.meta.url));
export const ORACLE_JAR = `${HOME}target/linger-oracle.jar`;

export interface OracleAnswer {
  readonly name: string;
  readonly trace?: readonly object[];
  readonly error?: string;
}

/** `say` is told when it has to be built. @throws Error without Java or Maven. */
export function buildOracle(say: (line: string) => void = console.log): void {
  if (existsSync(ORACLE_JAR)) return;
  say('building the oracle');
  execFileSync('mvn', ['-q', '-f', `${HOME}pom.xml`, 'package'], {
    stdio: ['ignore', process.stderr, 'inherit'],
  });
}

/**
 * Asks about all cases in one JVM. It ends early at a case that it cannot read, or in which the real client spins
 * without end: after `patienceMs` of work without an answer it is stopped. What has been answered is returned.
 */
async function askInOneJvm(cases: readonly object[], patienceMs: number): Promise<readonly OracleAnswer[]> {
  const child = spawn('java', ['-jar', ORACLE_JAR, '--batch'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const answers: OracleAnswer[] = [];
  const patience = new Patience(child.pid ?? 0, patienceMs, () => child.kill('SIGKILL'));
  const reading = (async () => {
    for await (const line of createInterface({ input: child.stdout })) {
      const answer = answerIn(line);
      if (answer === null) break;
      answers.push(answer);
      patience.begin();
    }
  })();
  // It may end before it has read everything; what is missing then shows by the number of answers.
  child.stdin.on('error', () => undefined);
  for (const one of cases) child.stdin.write(`${JSON.stringify(one)}\n`);
  child.stdin.end();
  await new Promise((resolve) => child.on('close', resolve));
  await reading;
  patience.end();
  return answers;
}

const MS_PER_TICK = 10;
/** A JVM that waits for something else than a processor is given up as well. */
const MOST_WAITS = 20;

/** Counts what a process works, not the time that goes by: on a busy machine a case can take long and end all the same. */
class Patience {
  private readonly pid: number;
  private readonly limitMs: number;
  private readonly over: () => void;
  private timer: NodeJS.Timeout | undefined;

  constructor(pid: number, limitMs: number, over: () => void) {
    this.pid = pid;
    this.limitMs = limitMs;
    this.over = over;
    this.begin();
  }

  begin(): void {
    this.wait(this.workedMs(), MOST_WAITS);
  }

  end(): void {
    clearTimeout(this.timer);
  }

  private wait(fromMs: number, waits: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const isOver = this.workedMs() - fromMs >= this.limitMs || waits === 0;
      if (isOver) this.over();
      else this.wait(fromMs, waits - 1);
    }, this.limitMs);
  }

  /** Without `/proc`: the time that goes by. */
  private workedMs(): number {
    try {
      const fields = readFileSync(`/proc/${this.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
    } catch {
      return performance.now();
    }
  }
}

/** null: the line was cut off when the JVM was stopped. */
function answerIn(line: string): OracleAnswer | null {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

const PATIENCE_MS = 8_000;

/** An answer for every case, in order; a case that stops the oracle is answered with an error. */
export async function askOracle(
  cases: readonly { readonly name: string }[],
): Promise<readonly OracleAnswer[]> {
  const answers: OracleAnswer[] = [];
  while (answers.length < cases.length) {
    answers.push(...(await askInOneJvm(cases.slice(answers.length), PATIENCE_MS)));
    const culprit = cases[answers.length];
    if (culprit !== undefined)
      answers.push({ name: culprit.name, error: 'the oracle does not come to an end' });
  }
  return answers;
}
