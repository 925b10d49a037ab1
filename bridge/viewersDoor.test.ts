import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { parseBridgeMessage, writeMessage, type BridgeMessage } from '#wire/messages';
import { PROTOCOL_VERSION, SUBPROTOCOL, TOKEN_HEADER, TOKEN_PREFIX, WAY_IN_PATH } from '#wire/protocol';
import { START_CLUSTER_PATH } from '#wire/startCluster';
import { ClusterStarter } from './ClusterStarter.ts';
import type { BridgeServer } from './server.ts';
import { startSimulatedBridge, type SimulatedBridge } from './testing/simulatedBridge.ts';
import { openViewersDoor, type ViewersDoor } from './viewersDoor.ts';

/** Another address of this machine, which Linux always has. */
const ELSEWHERE = '127.0.0.2';

let bridge: SimulatedBridge;
let presenter: BridgeServer;
let door: ViewersDoor;
let starts = 0;
const tokenOf = (link: string): string => /#viewer=([0-9a-f]+)$/.exec(link)?.[1] ?? '';

describe.skipIf(process.platform !== 'linux')('a shared bridge', () => {
  beforeAll(async () => {
    bridge = await startSimulatedBridge(43_270, {
      get share() {
        return door.link;
      },
      starter: new ClusterStarter(() => Promise.resolve(void starts++)),
    });
    presenter = bridge.server;
    door = await openViewersDoor({
      address: ELSEWHERE,
      port: presenter.port,
      pageFolder: bridge.pageFolder,
      maxViewers: 2,
      live: () => 'simulated',
      onViewer: bridge.welcome('viewer'),
    });
  });
  afterAll(async () => {
    await door.close();
    await bridge.close();
  });

  /** A socket to either door; the status when it is refused. */
  function knock(address: string, token: string, origin = address.slice(0, -1)): Promise<WebSocket | number> {
    return new Promise((resolve, reject) => {
      const protocols = [SUBPROTOCOL, `${TOKEN_PREFIX}${token}`];
      const socket = new WebSocket(address.replace('http', 'ws'), protocols, { headers: { origin } });
      socket.on('open', () => resolve(socket));
      socket.on('unexpected-response', (request, response) => {
        request.destroy();
        resolve(response.statusCode ?? 0);
      });
      socket.on('error', reject);
    });
  }

  async function comeIn(): Promise<WebSocket> {
    const socket = await knock(door.address, tokenOf(door.link));
    if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
    return socket;
  }

  function answer<K extends BridgeMessage['kind']>(
    socket: WebSocket,
    kind: K,
  ): Promise<Extract<BridgeMessage, { readonly kind: K }>> {
    return new Promise((resolve) => {
      socket.on('message', (data: Buffer, isBinary) => {
        const read = isBinary ? null : parseBridgeMessage(data.toString());
        if (read?.ok === true && read.value.kind === kind)
          resolve(read.value as Extract<BridgeMessage, { readonly kind: K }>);
      });
    });
  }

  it('gives the page to everybody and a token to nobody', async () => {
    const page = await (await fetch(door.address)).text();
    expect(page).toContain('linger-viewers');
    expect(page).not.toContain('linger-token');
    expect(page).not.toContain(tokenOf(door.link));
    expect(page).not.toContain(presenter.token);
    const own = await (await fetch(presenter.address)).text();
    expect(own).toContain(door.link);
  });

  it('has two tokens, each good for its own door only', async () => {
    expect(tokenOf(door.link)).toMatch(/^[0-9a-f]{48}$/);
    expect(tokenOf(door.link)).not.toBe(presenter.token);
    expect(await knock(door.address, presenter.token)).toBe(401);
    expect(await knock(presenter.address, tokenOf(door.link))).toBe(401);
    expect(await knock(door.address, '')).toBe(401);
  });

  it('tells a page whose socket was refused why, and nobody else anything', async () => {
    const ask = async (address: string, headers: Record<string, string>): Promise<string> => {
      const answer = await fetch(address.replace(/\/$/, WAY_IN_PATH), { headers });
      return `${answer.status} ${await answer.text()}`.trim();
    };
    const [good, own] = [tokenOf(door.link), presenter.token];
    expect(await ask(door.address, { [TOKEN_HEADER]: good })).toBe('204');
    expect(await ask(presenter.address, { [TOKEN_HEADER]: own })).toBe('204');
    for (const headers of [{ [TOKEN_HEADER]: own }, { [TOKEN_HEADER]: '' }, {}] as Record<string, string>[])
      expect(await ask(door.address, headers)).toMatch(/^401 .*ask the presenter for the present one/);
    expect(await ask(presenter.address, { [TOKEN_HEADER]: good })).toMatch(/^401 .*reload it/);
    const sockets = [await comeIn(), await comeIn()];
    expect(await ask(door.address, { [TOKEN_HEADER]: good })).toMatch(/^503 .*when one of them leaves/);
    for (const socket of sockets) socket.close();
  });

  it('starts no cluster for a viewer, at either door', async () => {
    const ask = async (address: string): Promise<number> => {
      const headers = { origin: address.slice(0, -1), [TOKEN_HEADER]: tokenOf(door.link) };
      const url = address.replace(/\/$/, START_CLUSTER_PATH);
      return (await fetch(url, { method: 'POST', headers })).status;
    };
    expect(await ask(door.address)).toBe(405);
    expect(await ask(presenter.address)).toBe(403);
    expect(starts).toBe(0);
  });

  it('checks where a viewer comes from', async () => {
    expect(await knock(door.address, tokenOf(door.link), 'http://evil.example')).toBe(403);
    expect(await knock(door.address, tokenOf(door.link), presenter.address.slice(0, -1))).toBe(403);
  });

  it('lets a viewer look, and refuses a command however it is forged', async () => {
    const socket = await comeIn();
    const state = answer(socket, 'state');
    socket.send(writeMessage({ kind: 'hello', protocolVersion: PROTOCOL_VERSION, resume: null }));
    expect(await state).toMatchObject({ role: 'viewer', capabilities: { commands: [] } });
    const done = answer(socket, 'commandDone');
    const command = { do: 'broker.kill', node: 1 } as const;
    socket.send(writeMessage({ kind: 'command', commandId: 7, command }));
    expect(await done).toEqual({
      kind: 'commandDone',
      commandId: 7,
      sentence: expect.stringContaining('only the presenter') as string,
    });
    socket.close();
    const { tape } = bridge.run;
    const events = tape.read(0);
    while (events.seq < tape.endSeq) expect(events.next().type).not.toBe('command.applied');
  });

  it('has room for so many viewers, and still for the presenter', async () => {
    const sockets = [await comeIn(), await comeIn()];
    expect(await knock(door.address, tokenOf(door.link))).toBe(503);
    const own = await knock(presenter.address, presenter.token);
    expect(own).toBeInstanceOf(WebSocket);
    if (own instanceof WebSocket) own.close();
    for (const socket of sockets) socket.close();
  });

  it('says which addresses there are when it is given another', async () => {
    const elsewhere = { address: '192.0.2.77', port: 43_280, pageFolder: bridge.pageFolder, maxViewers: 1 };
    const opening = openViewersDoor({ ...elsewhere, live: () => null, onViewer: () => {} });
    await expect(opening).rejects.toThrow(
      '--share wants an address of this machine, and 192.0.2.77 is none.',
    );
  });
});
