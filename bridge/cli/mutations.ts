/**
 * Whether the tests would notice: deliberate bugs of one line, each put into a copy of the project, where the conformance
 * cases and then the laws run until one of them breaks. A bug that survives is a failure.
 *
 *   npm run mutations -- [--only TEXT]
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { refuse } from './arguments.ts';
import { apply, MUTATIONS } from './mutations/mutations.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COPIED = ['shared', 'bridge', 'package.json', 'tsconfig.json'];
const LEFT_OUT = new Set(['node_modules', 'target']);

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } });
const mutations = MUTATIONS.filter(({ name }) => name.includes(values.only));
if (mutations.length === 0) refuse(`No bug has “${values.only}” in its name.`);

/** The project in a folder of its own, with the packages of this one. */
function scratchCopy(): string {
  const scratch = mkdtempSync(join(tmpdir(), 'linger-mutations-'));
  for (const name of COPIED) {
    const filter = (source: string): boolean => !LEFT_OUT.has(basename(source));
    cpSync(join(ROOT, name), join(scratch, name), { recursive: true, filter });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(scratch, 'node_modules'));
  return scratch;
}

/** What breaks in the copy as it is now; null: nothing. */
function check(scratch: string): string | null {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--import', 'tsx', join(scratch, 'bridge/cli/mutations/check.ts')],
    { cwd: scratch, encoding: 'utf8' },
  );
  const caught = stdout.trim();
  if (caught !== '') return caught;
  return status === 0 ? null : `nothing runs any more: ${stderr.trim().split('\n')[0] ?? ''}`;
}

const scratch = scratchCopy();
let survivors = 0;
try {
  const broken = check(scratch);
  if (broken !== null) throw new Error(`without any bug of these, the copy fails: ${broken}`);
  for (const mutation of mutations) {
    const restore = apply(mutation, scratch);
    const caught = check(scratch);
    restore();
    if (caught === null) survivors++;
    console.log(`${mutation.name.padEnd(46)} ${caught === null ? 'SURVIVES' : caught}`);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(survivors === 0 ? '\nall caught' : `\n${survivors} survive`);
process.exitCode = survivors === 0 ? 0 : 1;
