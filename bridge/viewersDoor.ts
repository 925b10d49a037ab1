/**
 * `--share`: a second server socket, on an address that others can reach, for viewers that may look but not touch. It has
 * a token of its own, which is in no page: the link that the presenter gives away has it behind the #, where no browser
 * sends it and no log sees it. The presenter's token is worth nothing here.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import sirv from 'sirv';
import type { WebSocket } from 'ws';
import { VIEWERS_TOKEN, WAY_IN_PATH } from '#wire/protocol';
import {
  answerWayIn,
  createSockets,
  isDocument,
  listen,
  PAGE_POLICY,
  refusalOf,
  refuseRequest,
  refuseUpgrade,
  sendDocument,
} from './server.ts';

/** A page opens up to six sockets for its files and one for the run. */
const CONNECTIONS_OF_A_PAGE = 7;
/** A request that is not whole by then was none. */
const REQUEST_MS = 10_000;
const OLD_LINK = 'This link is not valid, or not any more: ask the presenter for the present one.';

export interface ViewersDoorOptions {
  /** Of this machine, as it was given: no name. */
  readonly address: string;
  /** Tried first. */
  readonly port: number;
  readonly pageFolder: string;
  readonly maxViewers: number;
  /** What live run the bridge offers now; null: none. */
  readonly live: () => string | null;
  readonly onViewer: (socket: WebSocket) => void;
}

export interface ViewersDoor {
  /** Without the token. */
  readonly address: string;
  /** For viewers. It is a secret: whoever has it sees the run. */
  readonly link: string;
  close(): Promise<void>;
}

/** Starts listening. @throws Error with a sentence when this machine does not have the address. */
export async function openViewersDoor(options: ViewersDoorOptions): Promise<ViewersDoor> {
  const token = randomBytes(24).toString('hex');
  const server = createServer({ requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS });
  server.maxConnections = options.maxViewers * CONNECTIONS_OF_A_PAGE;
  const sockets = createSockets();
  const files = sirv(options.pageFolder, { etag: true, dev: false });
  const document = readFileSync(join(options.pageFolder, 'index.html'), 'utf8');
  let hosts: readonly string[] = [];
  server.on('request', (request, response) => {
    if (!hosts.includes(request.headers.host ?? ''))
      return refuseRequest(response, 403, 'This page is served to its own address only.');
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return refuseRequest(response, 405, 'Only GET and HEAD are answered here.');
    if (request.url === WAY_IN_PATH) {
      const { maxViewers } = options;
      return answerWayIn(request, response, {
        token,
        viewers: sockets.clients.size,
        maxViewers,
        sentence: OLD_LINK,
      });
    }
    if (!isDocument(request.url ?? '/'))
      return files(request, response, () => refuseRequest(response, 404, 'There is nothing here.'));
    const live = options.live();
    const told =
      '<meta name="linger-viewers" content="" />' +
      (live === null ? '' : `<meta name="linger-live" content="${live}" />`);
    sendDocument(response, document.replace('</head>', `${told}</head>`), PAGE_POLICY);
  });
  server.on('upgrade', (request, socket, head) => {
    const refusal = refusalOf(request, hosts, token, sockets.clients.size, options.maxViewers);
    if (refusal !== null) refuseUpgrade(socket, refusal);
    else sockets.handleUpgrade(request, socket, head, (viewer) => options.onViewer(viewer));
  });
  server.on('clientError', (_error, socket) => refuseUpgrade(socket, '400 Bad Request'));
  const port = await listen(server, options.port, options.address).catch((error: unknown) => {
    throw new Error(notHere(options.address, error));
  });
  const host = new URL(`http://${urlHost(options.address)}:${port}/`).host;
  hosts = port === 80 ? [host, `${host}:80`] : [host];
  const address = `http://${host}/`;
  return {
    address,
    link: `${address}?live#${VIEWERS_TOKEN}=${token}`,
    close: () =>
      new Promise((resolve) => {
        for (const viewer of sockets.clients) viewer.terminate();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const urlHost = (address: string): string => (isIPv6(address) ? `[${address}]` : address);

function notHere(address: string, error: unknown): string {
  const isElsewhere =
    error instanceof Error && 'code' in error && ['EADDRNOTAVAIL', 'EINVAL'].includes(String(error.code));
  if (!isElsewhere) return error instanceof Error ? error.message : String(error);
  const here = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal }) => !internal)
    .map((each) => each.address);
  const which = here.length === 0 ? 'It has none that others can reach.' : `It has ${here.join(', ')}.`;
  return `--share wants an address of this machine, and ${address} is none. ${which}`;
}
