/** The process of the proxies before a server that answers every frame with its correlation id. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../kafka/freePorts.ts';
import { processName } from '../kafka/processes.ts';
import { FrameScanner } from './FrameScanner.ts';
import { LinkProxies } from './LinkProxies.ts';

const HOST = '127.0.0.1';
const PRODUCE = 0;
const METADATA = 3;
const HEAD_BYTES = 12;

/** On a busy machine too. */
const soon = <T>(read: () => T) => expect.poll(read, { timeout: 30_000 });

/** Length, API key, version, correlation id, and a rest that nobody reads. */
function request(apiKey: number, correlationId: number, rest = 20): Buffer {
  const frame = Buffer.alloc(HEAD_BYTES + rest, 7);
  frame.writeUInt32BE(frame.length - 4, 0);
  frame.writeInt16BE(apiKey, 4);
  frame.writeInt16BE(8, 6);
  frame.writeInt32BE(correlationId, 8);
  return frame;
}

function answer(correlationId: number): Buffer {
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(4, 0);
  frame.writeInt32BE(correlationId, 4);
  return frame;
}

/** Calls `take` with each whole frame. */
function eachFrame(socket: Socket, take: (frame: Buffer) => void): void {
  let bytes = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
    while (bytes.length >= 4 && bytes.length >= 4 + bytes.readUInt32BE(0)) {
      const length = 4 + bytes.readUInt32BE(0);
      take(bytes.subarray(0, length));
      bytes = bytes.subarray(length);
    }
  });
}

class Client {
  readonly answers: number[] = [];
  readonly socket: Socket;
  isClosed = false;

  constructor(port: number) {
    this.socket = connect(port, HOST);
    this.socket.on('error', () => {});
    this.socket.on('close', () => (this.isClosed = true));
    eachFrame(this.socket, (frame) => this.answers.push(frame.readInt32BE(4)));
  }

  /** Sends and waits for the answer. */
  async ask(apiKey: number, correlationId: number): Promise<void> {
    this.socket.write(request(apiKey, correlationId));
    await soon(() => this.answers).toContain(correlationId);
  }
}

describe('the proxies before the brokers', () => {
  const received: number[] = [];
  const struck: number[] = [];
  const brokerSockets = new Set<Socket>();
  let broker: Server;
  let proxies: LinkProxies;
  let ports: readonly number[] = [];
  const clients: Client[] = [];
  const client = (node: number): Client => {
    const made = new Client(ports[node] ?? 0);
    clients.push(made);
    return made;
  };

  beforeAll(async () => {
    broker = createServer((socket) => {
      brokerSockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => brokerSockets.delete(socket));
      eachFrame(socket, (frame) => {
        received.push(frame.readInt32BE(8));
        socket.write(answer(frame.readInt32BE(8)));
      });
    });
    broker.listen(0, HOST);
    await once(broker, 'listening');
    ports = await freePorts(2);
    const targetPort = (broker.address() as AddressInfo).port;
    proxies = await LinkProxies.start({
      links: ports.map((listenPort, node) => ({ node, listenPort, targetPort })),
      onStarted: (pid) => expect(pid).toBeGreaterThan(0),
      onStruck: (fault) => struck.push(fault),
    });
  });

  afterAll(async () => {
    for (const { socket } of clients) socket.destroy();
    await proxies.stop();
    broker.close();
  });

  it('hand on what both sides say, and that one has ended', async () => {
    const one = client(0);
    await one.ask(METADATA, 1);
    await one.ask(PRODUCE, 2);
    for (const socket of brokerSockets) socket.end();
    await soon(() => one.isClosed).toBe(true);
    const two = client(0);
    await two.ask(METADATA, 3);
    two.socket.end();
    await soon(() => brokerSockets.size).toBe(0);
  });

  it('make a link slower, in both directions and in order', async () => {
    await proxies.set(0, { addedMs: 50, cut: false });
    const one = client(0);
    await one.ask(METADATA, 10);
    const begun = performance.now();
    one.socket.write(Buffer.concat([request(METADATA, 11), request(METADATA, 12)]));
    await one.ask(METADATA, 13);
    // A timer of Node may be early by what it rounds.
    expect(performance.now() - begun).toBeGreaterThanOrEqual(2 * 50 - 2);
    expect(one.answers).toEqual([10, 11, 12, 13]);
    await proxies.set(0, { addedMs: 0, cut: false });
  });

  it('cut one link: nothing passes, nobody is told, and what got lost stays lost', async () => {
    const [one, idle, other] = [client(0), client(0), client(1)];
    await Promise.all([one.ask(METADATA, 20), idle.ask(METADATA, 21), other.ask(METADATA, 22)]);
    await proxies.set(0, { addedMs: 0, cut: true });
    expect(proxies.state(0).cut).toBe(true);
    const lateComer = client(0);
    await once(lateComer.socket, 'connect');
    for (const { socket } of [one, lateComer]) socket.write(request(METADATA, 30));
    // What the proxies' process had received by now it has looked at.
    for (const id of [31, 32, 33]) await other.ask(METADATA, id);
    await proxies.set(0, { addedMs: 0, cut: false });
    await client(0).ask(METADATA, 40);
    // Nothing was sent on it while it was cut.
    await idle.ask(METADATA, 41);
    one.socket.write(request(METADATA, 42));
    await idle.ask(METADATA, 43);
    expect([one.answers, one.isClosed]).toEqual([[20], false]);
    expect([lateComer.answers, lateComer.isClosed]).toEqual([[], false]);
    expect(received).not.toContain(30);
    expect(received).not.toContain(42);
  });

  it('lose the next answer to a Produce request, and none of another API', async () => {
    const one = client(1);
    await proxies.loseNext('response', 1, 7);
    await one.ask(METADATA, 50);
    one.socket.write(request(PRODUCE, 51));
    await soon(() => struck).toEqual([7]);
    expect(received).toContain(51);
    expect(one.answers).toEqual([50]);
    // The next connection is as good as ever.
    await client(1).ask(PRODUCE, 52);
  });

  it('lose the next Produce request of whichever broker comes first, and nothing after it arrives', async () => {
    await proxies.loseNext('request', null, 8);
    const one = client(0);
    one.socket.write(Buffer.concat([request(PRODUCE, 60), request(METADATA, 61)]));
    await soon(() => struck).toEqual([7, 8]);
    await client(1).ask(PRODUCE, 62);
    expect(received).not.toContain(60);
    expect(received).not.toContain(61);
    expect(one.isClosed).toBe(false);
  });

  it('close the connection when there is no broker behind', async () => {
    const [listenPort = 0, targetPort = 0] = await freePorts(2);
    const lonely = await LinkProxies.start({ links: [{ node: 0, listenPort, targetPort }], onStarted() {} });
    const one = new Client(listenPort);
    await soon(() => one.isClosed).toBe(true);
    await lonely.stop();
  });

  it('whose process has died obey no order, say so, and take nobody along', async () => {
    const [listenPort = 0, targetPort = 0] = await freePorts(2);
    const dead = await LinkProxies.start({ links: [{ node: 0, listenPort, targetPort }], onStarted() {} });
    const pid = dead.pid ?? 0;
    process.kill(pid, 'SIGKILL');
    // Gone before this process has a turn to hear of it.
    while (processName(pid) !== null);
    const orders = [1, 2, 3].map((addedMs) => dead.set(0, { addedMs, cut: false }));
    await Promise.all(orders.map((order) => expect(order).rejects.toThrow('has ended')));
  });

  it('say why they cannot start', async () => {
    const links = [{ node: 0, listenPort: (broker.address() as AddressInfo).port, targetPort: 1 }];
    await expect(LinkProxies.start({ links, onStarted() {} })).rejects.toThrow('EADDRINUSE');
  });
});

describe('FrameScanner', () => {
  const stream = Buffer.concat([request(METADATA, 1, 0), request(PRODUCE, 2, 300), request(METADATA, 3, 5)]);
  const isThird = (head: Buffer): boolean => head.readInt32BE(8) === 3;

  it('hands the same bytes on whatever the pieces are, and ends before the lost frame', () => {
    const before = stream.length - HEAD_BYTES - 5;
    for (const [isLost, expected] of [
      [() => false, stream],
      [isThird, stream.subarray(0, before)],
    ] as const)
      for (let size = 1; size <= stream.length; size++) {
        const scanner = new FrameScanner(HEAD_BYTES, isLost);
        const out: Buffer[] = [];
        for (let at = 0, ended = false; at < stream.length && !ended; at += size) {
          const { bytes, isEnded } = scanner.take(stream.subarray(at, at + size));
          out.push(bytes);
          ended = isEnded;
        }
        expect(Buffer.concat(out).equals(expected)).toBe(true);
      }
  });
});
