/** What is said of a broker that cannot be used. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { ByteWriter } from '../kafkaBytes/ByteWriter.ts';
import { findTopic } from './topics.ts';

const WANTED = { topic: 't', partitions: 1, replicationFactor: null, minInsyncReplicas: null };
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** What it does with the first bytes that come; resolves to its port. */
async function listen(take: (socket: Socket, bytes: Buffer) => void): Promise<number> {
  const server = createServer((socket) => socket.once('data', (bytes) => take(socket, bytes)));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const sentenceFor = async (...ports: number[]): Promise<string> => {
  const endpoints = ports.map((port) => ({ host: '127.0.0.1', port }));
  const error: unknown = await findTopic(endpoints, WANTED).catch((one: unknown) => one);
  return error instanceof Error ? error.message : 'it was taken';
};

/** An answer to the request in `bytes`. */
function answer(bytes: Buffer, write: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter();
  writer.int32(0);
  writer.int32(bytes.readInt32BE(8));
  write(writer);
  writer.patchInt32(0, writer.written().length - 4);
  return writer.written();
}

it('one that does not know ApiVersions 3 is too old', async () => {
  // As 2.3 answers: UNSUPPORTED_VERSION and the versions that it has, in the oldest form.
  const port = await listen((socket, bytes) =>
    socket.write(
      answer(bytes, (writer) => {
        writer.int16(35);
        writer.array([[18, 0, 2]], (api) => api.forEach((number) => writer.int16(number)));
      }),
    ),
  );
  expect(await sentenceFor(port)).toBe(
    `No broker can be reached: 127.0.0.1:${port} is older than Kafka 2.4, or no Kafka broker.`,
  );
});

it('so is one whose Produce is too old, one that closes, and something else that listens', async () => {
  const tooOld = await listen((socket, bytes) =>
    socket.write(
      answer(bytes, (writer) => {
        writer.int16(0);
        writer.isFlexible = true;
        writer.array([[0, 0, 7]], (api) => {
          for (const number of api) writer.int16(number);
          writer.tags();
        });
        writer.int32(0);
        writer.tags();
      }),
    ),
  );
  const closes = await listen((socket) => socket.destroy());
  const web = await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  for (const port of [tooOld, closes, web])
    expect(await sentenceFor(port)).toContain(
      `127.0.0.1:${port} is older than Kafka 2.4, or no Kafka broker.`,
    );
});

it('of several the last one counts, and nobody there is said', async () => {
  const old = await listen((socket) => socket.destroy());
  const gone = await listen(() => {});
  await new Promise((resolve) => servers.pop()?.close(resolve));
  expect(await sentenceFor(old, gone)).toBe(
    `No broker can be reached: 127.0.0.1:${gone} refuses the connection: nothing listens there.`,
  );
});
