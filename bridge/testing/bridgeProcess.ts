/**
 * For tests that end a bridge: `main` as `npm start` calls it, with the same options, but with a page of one line, so
 * that nothing has to be built. LINGER_ROOT: an empty folder.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main } from '../main.ts';

const root = process.env['LINGER_ROOT'] ?? '';
const folder = join(root, 'web', 'dist');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'index.html'), '<!doctype html><html><head></head><body></body></html>');
await main(process.argv.slice(2), root);
