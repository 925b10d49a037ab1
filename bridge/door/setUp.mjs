// What a fresh clone lacks, made by itself: the right Node, the packages, the built page.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastLines, run } from './run.mjs';
import { step, Trouble } from './say.mjs';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const cache = join(root, 'node_modules', '.cache', 'linger');

/** npm alone tries for more than a minute before it says that there is no network. */
const IMPATIENT = ['--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000'];

/** Packages as the lock file says. Skipped when they are: once installed, no network is needed. */
export async function installPackages() {
  const wanted = hashOf([join(root, 'package-lock.json')]);
  const stamp = join(cache, 'installed');
  if (readOr(stamp) === wanted && existsSync(join(root, 'node_modules', 'vite'))) return;
  await step('install the packages (npm ci)', async () => {
    const result = await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error', ...IMPATIENT], {
      cwd: root,
    });
    if (result.code === 0) return write(stamp, wanted);
    if (result.code === 127)
      throw new Trouble(
        'npm was not found. It comes with Node.js: install Node.js 20.19 or later from nodejs.org.',
      );
    const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|network/i.test(result.output);
    throw new Trouble(
      offline
        ? 'The packages could not be downloaded: the npm registry was not reached. The first start needs a network; later ones do not. Connect, then run the command again.'
        : `npm ci failed:\n${lastLines(result.output)}`,
    );
  });
}

/** The page, built for production when a source is newer than the last build. */
export async function buildPage() {
  const sources = ['web', 'shared', 'package-lock.json', 'tsconfig.json'].flatMap((name) =>
    filesBelow(join(root, name)),
  );
  const wanted = hashOf(sources);
  const stamp = join(root, 'web', 'dist', '.stamp');
  if (readOr(stamp) === wanted) return;
  await step('build the page', async () => {
    const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
    const result = await run(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
      cwd: join(root, 'web'),
      env: { NO_COLOR: '1' },
    });
    if (result.code !== 0) throw new Trouble(`The page could not be built:\n${lastLines(result.output)}`);
    write(stamp, wanted);
  });
}

const SKIPPED = new Set(['dist', 'node_modules', 'target', 'cases', 'traces', 'oracle']);

function filesBelow(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => !SKIPPED.has(name) && !name.endsWith('.test.ts'))
    .toSorted()
    .flatMap((name) => filesBelow(join(path, name)));
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files)
    hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function readOr(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
