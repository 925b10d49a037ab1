/** `npm run dev`: Vite serves the page with hot reload inside the bridge's own server. */
import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { join } from 'node:path';
import type { DevelopmentPage } from './server.ts';

export async function pageInDevelopment(webFolder: string, server: Server): Promise<DevelopmentPage> {
  // Only development needs Vite at run time.
  const { createServer } = await import('vite');
  const vite = await createServer({
    root: webFolder,
    appType: 'custom',
    server: { middlewareMode: { server }, hmr: { server } },
  });
  return {
    handler: vite.middlewares,
    html: async (url) => vite.transformIndexHtml(url, await readFile(join(webFolder, 'index.html'), 'utf8')),
  };
}
