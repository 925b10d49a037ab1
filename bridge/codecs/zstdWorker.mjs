// The thread of zstdThread.ts: does one call after the other, and counts the answers where the other thread waits.
import { createRequire } from 'node:module';
import { workerData } from 'node:worker_threads';

const { packageName, port, answered } = workerData;
const zstd = createRequire(import.meta.url)(packageName);

port.on('message', async ({ method, bytes, level }) => {
  let answer;
  try {
    const input = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    answer = { bytes: await (method === 'compress' ? zstd.compress(input, level) : zstd.decompress(input)) };
  } catch (error) {
    answer = { error: String(error) };
  }
  port.postMessage(answer);
  Atomics.add(answered, 0, 1);
  Atomics.notify(answered, 0);
});
