import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { TopicPartitions } from '#base/TopicPartition';
import { NO_SECURITY } from '../security/ClientSecurity.ts';
import { BrokerConnection } from './BrokerConnection.ts';
import { createRequestCodec } from './requests.ts';

const PATIENCE = { timeout: 10_000 };

describe('a connection to a broker', () => {
  it('that is closed before kafkajs has opened its socket leaves none behind, and says nothing', async () => {
    const open = new Set<number | undefined>();
    const server = createServer((socket) => {
      const { remotePort } = socket;
      open.add(remotePort);
      socket.on('error', () => {}).on('close', () => open.delete(remotePort));
      socket.resume();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const told: string[] = [];
    const codec = createRequestCodec(new TopicPartitions(), () => new Uint8Array());
    const options = { host: '127.0.0.1', port, clientId: 'c', node: 0, setupTimeoutMs: 60_000 };
    const connection = new BrokerConnection({ ...options, security: NO_SECURITY }, codec, {
      connected: () => told.push('connected'),
      written: () => told.push('written'),
      received: () => told.push('received'),
      ended: () => told.push('ended'),
    });
    connection.close();
    await nextTurn();
    // Whoever comes later is let in later.
    const later = connect(port, '127.0.0.1');
    await once(later, 'connect');
    await expect.poll(() => open, PATIENCE).toContain(later.localPort);
    await expect.poll(() => [...open], PATIENCE).toEqual([later.localPort]);
    expect(told).toEqual([]);
    later.destroy();
    server.close();
  });
});
