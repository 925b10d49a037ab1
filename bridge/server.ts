/**
 * The only server socket: the page over HTTP and viewers over one WebSocket. Everything is checked before anything
 * else happens: Host (DNS rebinding), Origin (other web pages) and a random token, compared in constant time. A
 * malformed header is refused, never thrown on.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import sirv from 'sirv';
import { WebSocketServer, type WebSocket } from 'ws';
import { START_CLUSTER_PATH } from '#wire/startCluster';
import { MAX_PAGE_MESSAGE_BYTES, SUBPROTOCOL, TOKEN_HEADER, TOKEN_PREFIX, WAY_IN_PATH } from '#wire/protocol';
import type { ClusterStarter } from './ClusterStarter.ts';

const MAX_VIEWERS = 16;
const HOST = '127.0.0.1';
const STALE_PAGE = 'This page is of a bridge that has ended: reload it.';
const NO_ROOM = 'As many look on as there is room for: this page comes in when one of them leaves.';

export type PageHandler = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

export interface DevelopmentPage {
  readonly handler: PageHandler;
  readonly html: (url: string) => Promise<string>;
}

export interface ServerOptions {
  /** Tried first; a busy one means the next free one. */
  readonly port: number;
  /** Folder of the built page; null with `page`. */
  readonly pageFolder: string | null;
  /** Development: serves the page instead of the folder. Given the server, for hot reload over the same port. */
  readonly page: ((server: Server) => Promise<DevelopmentPage>) | null;
  /** What the page may say of the live run that the bridge offers now; null: it offers none. */
  readonly live: string | null;
  /** Starts a local cluster when a page asks; absent: none may. */
  readonly starter?: ClusterStarter;
  /** The link for viewers that only look; null: there is none. */
  readonly share?: string | null;
  /** A viewer whose Host, Origin and token were right. */
  readonly onViewer: (socket: WebSocket) => void;
}

export interface BridgeServer {
  readonly port: number;
  readonly address: string;
  readonly token: string;
  close(): Promise<void>;
}

/** Starts listening. @throws when 100 ports in a row are busy. */
export async function startServer(options: ServerOptions): Promise<BridgeServer> {
  const token = randomBytes(24).toString('hex');
  const server = createServer();
  const viewers = createSockets();
  const page = await pageOf(options, server, token);
  const ownHosts = (): readonly string[] => [`${HOST}:${portOf(server)}`, `localhost:${portOf(server)}`];

  server.on('request', (request, response) => {
    if (!ownHosts().includes(request.headers.host ?? '')) {
      refuseRequest(response, 403, 'This page is served to its own address only.');
      return;
    }
    if (request.method === 'POST' && request.url === START_CLUSTER_PATH) {
      const refusal = startRefusalOf(request, ownHosts(), token);
      if (refusal !== null) refuseRequest(response, 403, refusal);
      else if (options.starter === undefined) refuseRequest(response, 404, 'This bridge starts no cluster.');
      else options.starter.answer(response);
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      refuseRequest(response, 405, 'Only GET and HEAD are answered here.');
      return;
    }
    if (request.url === WAY_IN_PATH)
      return answerWayIn(request, response, { token, viewers: viewers.clients.size, sentence: STALE_PAGE });
    page(request, response);
  });
  server.on('upgrade', (request, socket, head) => {
    // Vite's own hot-reload socket shares the server in development; it brings its own token.
    if (options.page !== null && request.headers['sec-websocket-protocol']?.startsWith('vite-') === true)
      return;
    const refusal = refusalOf(request, ownHosts(), token, viewers.clients.size);
    if (refusal !== null) {
      refuseUpgrade(socket, refusal);
      return;
    }
    viewers.handleUpgrade(request, socket, head, (viewer) => options.onViewer(viewer));
  });
  server.on('clientError', (_error, socket) => refuseUpgrade(socket, '400 Bad Request'));
  const port = await listen(server, options.port);
  return {
    port,
    address: `http://${HOST}:${port}/`,
    token,
    close: () =>
      new Promise((resolve) => {
        for (const viewer of viewers.clients) viewer.terminate();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Turns upgrades that were let in into sockets. */
export const createSockets = (): WebSocketServer =>
  new WebSocketServer({
    noServer: true,
    // Whatever is larger closes the connection with 1009.
    maxPayload: MAX_PAGE_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });

/** Why an upgrade is refused, as an HTTP status line; null: it is welcome. */
export function refusalOf(
  request: IncomingMessage,
  ownHosts: readonly string[],
  token: string,
  viewers: number,
  maxViewers = MAX_VIEWERS,
): string | null {
  if (!ownHosts.includes(request.headers.host ?? '')) return '403 Forbidden';
  if (!ownHosts.some((host) => request.headers.origin === `http://${host}`)) return '403 Forbidden';
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim());
  const given = offered.find((one) => one.startsWith(TOKEN_PREFIX))?.slice(TOKEN_PREFIX.length) ?? '';
  if (!sameSecret(given, token)) return '401 Unauthorized';
  if (!offered.includes(SUBPROTOCOL)) return '400 Bad Request';
  if (viewers >= maxViewers) return '503 Service Unavailable';
  return null;
}

/** What a page is told whose socket was refused. The host has been checked; `sentence`: of a wrong token. */
export function answerWayIn(
  { headers }: IncomingMessage,
  response: ServerResponse,
  door: {
    readonly token: string;
    readonly viewers: number;
    readonly maxViewers?: number;
    readonly sentence: string;
  },
): void {
  const { token, viewers, maxViewers = MAX_VIEWERS, sentence } = door;
  if (!hasToken(headers, token)) return refuseRequest(response, 401, sentence);
  if (viewers >= maxViewers) return refuseRequest(response, 503, NO_ROOM);
  response.writeHead(204).end();
}

const hasToken = (headers: IncomingHttpHeaders, token: string): boolean => {
  const given = headers[TOKEN_HEADER];
  return typeof given === 'string' && sameSecret(given, token);
};

/** Why a page may not have a cluster started, in a sentence; null: it may. The host has been checked. */
function startRefusalOf(
  { headers }: IncomingMessage,
  ownHosts: readonly string[],
  token: string,
): string | null {
  if (!ownHosts.some((host) => headers.origin === `http://${host}`)) return 'Another page asks for this.';
  return hasToken(headers, token) ? null : 'The token is missing or wrong.';
}

function sameSecret(given: string, secret: string): boolean {
  const left = Buffer.from(given);
  const right = Buffer.from(secret);
  return left.length === right.length && timingSafeEqual(left, right);
}

/** What the page is told of live mode, and of the way for others to look on. */
function offerOf({ live, starter, share = null }: ServerOptions): string {
  const link = share === null ? '' : `<meta name="linger-share" content="${share}" />`;
  if (live !== null) return `<meta name="linger-live" content="${live}" />${link}`;
  return (starter?.isOffered === true ? '<meta name="linger-startable" content="kafka" />' : '') + link;
}

export const isDocument = (url: string): boolean => /^\/(index\.html)?(\?|$)/.test(url);

type Page = (request: IncomingMessage, response: ServerResponse) => void;

async function pageOf(options: ServerOptions, server: Server, token: string): Promise<Page> {
  const withToken = (html: string): string =>
    html.replace('</head>', `<meta name="linger-token" content="${token}" />` + offerOf(options) + '</head>');
  if (options.page !== null) {
    const { handler, html } = await options.page(server);
    return (request, response) => {
      const url = request.url ?? '/';
      if (!isDocument(url)) {
        handler(request, response, () => refuseRequest(response, 404, 'There is nothing here.'));
        return;
      }
      html(url).then(
        (text) => sendDocument(response, withToken(text), null),
        (error: unknown) => refuseRequest(response, 500, String(error)),
      );
    };
  }
  const folder = options.pageFolder ?? '';
  const files = sirv(folder, { etag: true, dev: false });
  const document = readFileSync(join(folder, 'index.html'), 'utf8');
  return (request, response) => {
    if (isDocument(request.url ?? '/')) sendDocument(response, withToken(document), PAGE_POLICY);
    else files(request, response, () => refuseRequest(response, 404, 'There is nothing here.'));
  };
}

/** Own scripts and styles only; the one socket goes back to where the page came from. */
export const PAGE_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self' ws:; " +
  "frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

export function sendDocument(response: ServerResponse, html: string, policy: string | null): void {
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    ...(policy === null ? {} : { 'content-security-policy': policy }),
  });
  response.end(html);
}

export function refuseRequest(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${sentence}\n`);
}

export function refuseUpgrade(socket: Duplex, status: string): void {
  // Who is gone by now must not take the bridge along: nobody else hears this socket any more.
  socket.on('error', () => socket.destroy());
  if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  else socket.destroy();
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo | null)?.port ?? 0;
}

/** The port that was free. @throws when 100 in a row are busy, or the host is none of this machine. */
export async function listen(server: Server, wanted: number, host = HOST): Promise<number> {
  for (let port = wanted; port < wanted + 100; port++) {
    if (await tryListen(server, port, host)) return portOf(server);
  }
  throw new Error(
    `The ports ${wanted} to ${wanted + 99} are all busy. Choose another: npm start -- --port 5000`,
  );
}

function tryListen(server: Server, port: number, host: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const busy = (error: NodeJS.ErrnoException): void => {
      server.off('listening', ready);
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    };
    const ready = (): void => {
      server.off('error', busy);
      resolve(true);
    };
    server.once('error', busy);
    server.once('listening', ready);
    server.listen(port, host);
  });
}
