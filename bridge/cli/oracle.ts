/** The oracle: the real Java client on virtual time. Built when it is missing; needs Java 17 and Maven. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
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
 * without end: after `patienceMs` without an answer it is stopped. What has been answered is returned.
 */
async function askInOneJvm(cases: readonly object[], patienceMs: number): Promise<readonly OracleAnswer[]> {
  const child = spawn('java', ['-jar', ORACLE_JAR, '--batch'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const answers: OracleAnswer[] = [];
  let timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  const reading = (async () => {
    for await (const line of createInterface({ input: child.stdout })) {
      const answer = answerIn(line);
      if (answer === null) break;
      answers.push(answer);
      clearTimeout(timer);
      timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    }
  })();
  // It may end before it has read everything; what is missing then shows by the number of answers.
  child.stdin.on('error', () => undefined);
  for (const one of cases) child.stdin.write(`${JSON.stringify(one)}\n`);
  child.stdin.end();
  await new Promise((resolve) => child.on('close', resolve));
  await reading;
  clearTimeout(timer);
  return answers;
}

/** null: the line was cut off when the JVM was stopped. */
function answerIn(line: string): OracleAnswer | null {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

const PATIENCE_MS = 15_000;

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
