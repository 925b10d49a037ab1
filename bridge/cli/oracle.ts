/** The oracle: the real Java client on virtual time. Built when it is missing; needs Java 17 and Maven. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const HOME = fileURLToPath(new URL('../../shared/conformance/oracle/', import.meta.url));
const JAR = `${HOME}target/linger-oracle.jar`;

export interface OracleAnswer {
  readonly name: string;
  readonly trace?: readonly object[];
  readonly error?: string;
}

export function buildOracle(): void {
  if (existsSync(JAR)) return;
  console.log('building the oracle');
  execFileSync('mvn', ['-q', '-f', `${HOME}pom.xml`, 'package'], { stdio: 'inherit' });
}

/** All cases in one JVM. null when it did not come to its end: a case that the oracle cannot read stops it. */
export async function askOracle(
  cases: readonly object[],
  timeoutMs: number,
): Promise<readonly OracleAnswer[] | null> {
  const child = spawn('java', ['-jar', JAR, '--batch'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const lines: string[] = [];
  const reading = (async () => {
    for await (const line of createInterface({ input: child.stdout })) lines.push(line);
  })();
  // It may end before it has read everything; what is missing then shows by the number of answers.
  child.stdin.on('error', () => undefined);
  for (const one of cases) child.stdin.write(`${JSON.stringify(one)}\n`);
  child.stdin.end();
  const exitCode = await new Promise((resolve) => child.on('close', resolve));
  await reading;
  clearTimeout(timer);
  if (exitCode !== 0 || lines.length !== cases.length) return null;
  return lines.map((line): OracleAnswer => JSON.parse(line));
}
