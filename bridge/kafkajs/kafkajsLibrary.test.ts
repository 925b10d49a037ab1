import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { KAFKAJS_VERSION, kafkajsLibrary, silentLogger } from './kafkajsLibrary.ts';

const require = createRequire(import.meta.url);

function poolTo(port: number) {
  return new kafkajsLibrary.ConnectionPool({
    host: '127.0.0.1',
    port,
    clientId: 'test',
    logger: silentLogger,
    socketFactory: kafkajsLibrary.createSocketFactory(),
    connectionTimeout: 1000,
    requestTimeout: 1000,
    enforceRequestTimeout: false,
    maxInFlightRequests: null,
    reauthenticationThreshold: 0,
  });
}

it('is the version whose private parts are used, pinned exactly', () => {
  const installed: unknown = require('kafkajs/package.json');
  expect(installed).toMatchObject({ version: KAFKAJS_VERSION });
  const project = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  expect(project).toContain(`"kafkajs": "${KAFKAJS_VERSION}"`);
});

it('still has the parts that are used, in their shapes', () => {
  const pool = poolTo(1);
  expect(pool.pool).toHaveLength(2);
  for (const connection of pool.pool) {
    expect(connection).toHaveProperty('send', expect.any(Function));
    expect(connection).toHaveProperty('authenticate', expect.any(Function));
    expect(connection).toMatchObject({ authenticatedAt: null, reauthenticationThreshold: 0 });
    expect(String(connection.sessionLifetime)).toBe('0');
    expect(connection).toHaveProperty('requestQueue.scheduleCheckPendingRequests', expect.any(Function));
  }
  const broker = new kafkajsLibrary.Broker({ connectionPool: pool, logger: silentLogger, nodeId: 0 });
  expect(broker).toHaveProperty('connect', expect.any(Function));
});

it('writes through the socket of the factory: length, api key, version, correlation id, client id', async () => {
  const server = createServer((socket) => {
    socket.once('data', (bytes) => {
      taken(bytes);
      socket.destroy();
    });
  });
  let taken: (bytes: Buffer) => void = () => {};
  const first = new Promise<Buffer>((resolve) => (taken = resolve));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const pool = poolTo((server.address() as AddressInfo).port);
  const broker = new kafkajsLibrary.Broker({ connectionPool: pool, logger: silentLogger, nodeId: 0 });
  const connecting = broker.connect().catch((error: unknown) => error);
  const bytes = await first;
  expect(bytes.readInt32BE(0)).toBe(bytes.length - 4);
  // ApiVersions is what it asks first.
  expect(bytes.readInt16BE(4)).toBe(18);
  expect(bytes.toString('utf8', 14, 18)).toBe('test');
  expect(await connecting).toBeInstanceOf(Error);
  server.close();
});
