/**
 * Cases in, traces out (shared/conformance/FORMAT.md).
 *
 *   npm run --silent trace -- CASE.json    prints the trace of one case, a JSON object per line
 *   npm run --silent trace                 the batch protocol of §11 on stdin and stdout
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseCase } from '#conformance/caseSchema';
import { traceOf } from '#conformance/traceOf';

const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const nameOf = (json: unknown): string =>
  typeof json === 'object' && json !== null && 'name' in json ? String(json.name) : '';

/** One answer of the batch protocol. A case that cannot be run is answered with its error. */
function answer(line: string): string {
  let name = '';
  try {
    const json: unknown = JSON.parse(line);
    name = nameOf(json);
    return JSON.stringify({ name, trace: traceOf(parseCase(json)) });
  } catch (error) {
    return JSON.stringify({ name, error: sentence(error) });
  }
}

async function batch(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity }))
    if (line.trim() !== '') process.stdout.write(`${answer(line)}\n`);
}

function single(file: string): void {
  try {
    const trace = traceOf(parseCase(JSON.parse(readFileSync(file, 'utf8'))));
    process.stdout.write(trace.map((line) => `${JSON.stringify(line)}\n`).join(''));
  } catch (error) {
    process.stderr.write(`${file}: ${sentence(error)}\n`);
    process.exitCode = 1;
  }
}

const [file] = process.argv.slice(2);
if (file === undefined) await batch();
else single(file);
