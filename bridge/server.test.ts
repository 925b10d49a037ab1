import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createRandom } from '#base/random';
import { SUBPROTOCOL, TOKEN_HEADER } from '#wire/protocol';
import { START_CLUSTER_PATH } from '#wire/startCluster';
import { ClusterStarter } from './ClusterStarter.ts';
import { refuseUpgrade, startServer, type BridgeServer } from './server.ts';

let folder: string;
let server: BridgeServer;
let welcomed = 0;
let starts = 0;
let offer: string | null = null;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'linger-page-'));
  writeFileSync(join(folder, 'index.html'), '<html><head><title>page</title></head><body></body></html>');
  writeFileSync(join(folder, 'app.js'), 'export {};');
  server = await startServer({
    port: 43170,
    pageFolder: folder,
    page: null,
    get live() {
      return offer;
    },
    starter: new ClusterStarter(() => {
      starts++;
      offer = 'kafka';
      return Promise.resolve();
    }),
    onViewer: (socket) => {
      welcomed++;
      socket.close();
    },
  });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const ownHost = (): string => `127.0.0.1:${server.port}`;

function get(
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const out = request({ host: '127.0.0.1', port: server.port, path, method, headers }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    out.on('error', reject);
    out.end();
  });
}

/** The status of an upgrade; 101: welcome. */
function upgrade(headers: Record<string, string>, protocols: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/`, protocols, { headers });
    socket.on('open', () => {
      socket.close();
      resolve(101);
    });
    socket.on('unexpected-response', (out, response) => {
      out.destroy();
      resolve(response.statusCode ?? 0);
    });
    socket.on('error', reject);
  });
}

describe('the page', () => {
  it('is served with the token in it, and its files beside it', async () => {
    const page = await get('/?seed=42');
    expect(page.status).toBe(200);
    expect(page.body).toContain(server.token);
    expect(await get('/app.js')).toEqual({ status: 200, body: 'export {};' });
  });

  it('is not served under another name: a rebound DNS name learns no token', async () => {
    const page = await get('/', { host: `evil.example:${server.port}` });
    expect(page.status).toBe(403);
    expect(page.body).not.toContain(server.token);
  });

  it.each(['/../server.ts', '/%2e%2e/%2e%2e/package.json', '/..%2f..%2fpackage.json'])(
    'gives no file outside: %s',
    async (path) => {
      const answer = await get(path);
      expect(answer.status).toBe(404);
    },
  );

  it('answers no other method', async () => {
    expect((await get('/', {}, 'POST')).status).toBe(405);
  });
});

describe('an upgrade', () => {
  const good = (): [Record<string, string>, string[]] => [
    { origin: `http://${ownHost()}` },
    [SUBPROTOCOL, `linger.token.${server.token}`],
  ];

  it('with our Host, our Origin and the token is welcome', async () => {
    const before = welcomed;
    expect(await upgrade(...good())).toBe(101);
    expect(welcomed).toBe(before + 1);
  });

  it.each([
    ['a foreign page', { origin: 'http://evil.example' }, 403],
    ['no Origin', {}, 403],
    ['a foreign Host', { host: 'evil.example', origin: 'http://evil.example' }, 403],
  ])('from %s is refused', async (_who, headers, status) => {
    expect(await upgrade(headers as Record<string, string>, good()[1])).toBe(status);
  });

  it.each([['wrong'], ['']])('with the token "%s" is refused', async (token) => {
    expect(
      await upgrade(good()[0], token === '' ? [SUBPROTOCOL] : [SUBPROTOCOL, `linger.token.${token}`]),
    ).toBe(401);
  });

  it('is refused, not thrown on, whatever the bytes are', async () => {
    const random = createRandom(7);
    const pieces = [
      'GET / HTTP/1.1',
      'Host: ',
      'Origin: http://[::',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Protocol: ,,=',
      '\u0000\u00ff',
    ];
    const before = welcomed;
    for (let round = 0; round < 200; round++) {
      const lines = ['GET / HTTP/1.1'];
      for (let i = 0; i < 8; i++)
        lines.push(`${pieces[random.below(pieces.length)]}${random.below(3) === 0 ? ownHost() : ''}`);
      await new Promise<void>((resolve) => {
        const socket = connect(server.port, '127.0.0.1', () => socket.write(`${lines.join('\r\n')}\r\n\r\n`));
        socket.on('data', () => socket.destroy());
        socket.on('error', () => {});
        socket.on('close', () => resolve());
      });
    }
    expect(welcomed).toBe(before);
    expect((await get('/')).status).toBe(200);
  });
});

describe('a local cluster that the page asks for', () => {
  const own = (): Record<string, string> => ({
    host: ownHost(),
    origin: `http://${ownHost()}`,
    [TOKEN_HEADER]: server.token,
  });
  const start = (headers: Record<string, string>) => get(START_CLUSTER_PATH, headers, 'POST');

  it('is not started for another page, another host, or without the token', async () => {
    expect((await get('/', { host: ownHost() })).body).toContain('linger-startable');
    const { [TOKEN_HEADER]: _, ...withoutToken } = own();
    const { origin: __, ...withoutOrigin } = own();
    for (const headers of [
      withoutToken,
      withoutOrigin,
      { ...own(), [TOKEN_HEADER]: server.token.replace(/^./, 'x') },
      { ...own(), [TOKEN_HEADER]: '' },
      { ...own(), origin: 'http://elsewhere.example' },
      { ...own(), host: 'elsewhere.example' },
    ])
      expect((await start(headers)).status).toBe(403);
    // Only the one way, and only there.
    expect((await get('/', own(), 'POST')).status).toBe(405);
    expect((await get(START_CLUSTER_PATH, own())).status).toBe(404);
    expect(starts).toBe(0);
  });

  it('is started for the own page, which from then on is offered live mode', async () => {
    const { status, body } = await start(own());
    expect(status).toBe(200);
    expect(body.trim().split('\n').at(-1)).toBe('{"kind":"started"}');
    await start(own());
    expect(starts).toBe(1);
    const page = await get('/', { host: ownHost() });
    expect(page.body).toContain('<meta name="linger-live" content="kafka" />');
    expect(page.body).not.toContain('linger-startable');
  });
});

it('survives a caller that is gone before its upgrade is refused', async () => {
  const gone = new Duplex({
    read: () => {},
    write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
  });
  // Node has taken its own listeners off a socket that it hands over.
  const failures: unknown[] = [];
  const note = (error: unknown): void => void failures.push(error);
  process.on('uncaughtException', note);
  refuseUpgrade(gone, '403 Forbidden');
  await new Promise((resolve) => setImmediate(resolve));
  process.off('uncaughtException', note);
  expect(failures).toEqual([]);
  expect(gone.destroyed).toBe(true);
});

it('takes the next free port when the wanted one is busy', async () => {
  const second = await startServer({
    port: server.port,
    pageFolder: folder,
    page: null,
    live: null,
    onViewer: () => {},
  });
  expect(second.port).toBe(server.port + 1);
  await second.close();
});
