/** Ports that nobody listens on. */
import { createServer } from 'node:net';

/**
 * Below the range from which systems take the near end of outgoing connections (32768 on Linux, 49152 on macOS): a
 * broker that is down for a while must find its port free when it comes back.
 */
const FIRST = 20_000;
const LAST = 32_000;

/** @throws Error when the range is used up. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const found: number[] = [];
  // Two processes that look at the same time begin at different places.
  let port = FIRST + ((process.pid * 131 + Math.floor(performance.now() * 7)) % (LAST - FIRST));
  for (let tries = 0; found.length < count; tries++) {
    if (tries > LAST - FIRST) throw new Error(`no ${count} free ports from ${FIRST} to ${LAST}`);
    port = port >= LAST ? FIRST : port + 1;
    if (await isFree(port)) found.push(port);
  }
  return found;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
