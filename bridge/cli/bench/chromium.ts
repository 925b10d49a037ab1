/** A page of ours in a real Chromium: built files from a folder, and the browser that the tests use too. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, type Browser } from '@playwright/test';
import sirv from 'sirv';
import { findChromium } from '../../door/machine.mjs';

const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];

/** @throws Error with what to install when the machine has none. */
export async function openChromium(): Promise<Browser> {
  const found = await findChromium();
  if ('missing' in found) throw new Error(found.missing);
  const { executablePath } = found;
  return chromium.launch({
    args: [...ARGUMENTS, '--disable-background-networking', '--disable-component-update'],
    ...(executablePath === null ? {} : { executablePath }),
  });
}

export interface ServedFolder {
  readonly address: string;
  close(): void;
}

/** On 127.0.0.1 and a free port. */
export function serveFolder(folder: string): Promise<ServedFolder> {
  const files = sirv(folder, { dev: true });
  const server = createServer((request, response) =>
    files(request, response, () => {
      response.writeHead(404).end();
    }),
  );
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve({ address: `http://127.0.0.1:${port}/`, close: () => server.close() });
    });
  });
}
