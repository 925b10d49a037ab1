/** What is measured is what is shipped: the code bundled by vite, not as the development tools load it file by file. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** Where builds for the benchmark go. */
export const CACHE = join(ROOT, 'node_modules', '.cache', 'linger-bench');

/** Bundles `bridge/cli/bench/NAME.ts` for Node and returns where it is. */
export async function bundle(name: string): Promise<string> {
  await build({
    configFile: false,
    root: ROOT,
    logLevel: 'warn',
    build: {
      ssr: join(ROOT, 'bridge', 'cli', 'bench', `${name}.ts`),
      outDir: CACHE,
      emptyOutDir: false,
      target: 'es2023',
      minify: true,
      rollupOptions: { output: { entryFileNames: '[name].mjs' } },
    },
  });
  return join(CACHE, `${basename(name)}.mjs`);
}

/** Builds the page as it is shipped and returns the folder where it is. */
export async function builtPage(): Promise<string> {
  const outDir = join(CACHE, 'page');
  await build({
    configFile: join(ROOT, 'web', 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir, emptyOutDir: true },
  });
  return outDir;
}

/** The lines that a program prints. @throws Error with its name when it fails or is not there. */
export function linesOf(command: string, args: readonly string[]): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(lines);
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}`));
    });
  });
}
