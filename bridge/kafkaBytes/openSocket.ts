/** A socket to a broker, with TLS where it is asked for. */
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { TlsSettings } from '../security/ClientSecurity.ts';
import { connectionTrouble } from '../security/connectionTrouble.ts';

export interface SocketOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsSettings | null;
  readonly limitMs: number;
}

/** When the connection is made, and with TLS the broker's certificate is good. @throws Error in words for a person */
export function openSocket({ host, port, tls, limitMs }: SocketOptions): Promise<Socket> {
  const address = `${host}:${port}`;
  return new Promise((resolve, reject) => {
    const socket =
      tls === null
        ? connect({ host, port })
        : // An address is no name for the handshake; the certificate is held against it all the same.
          connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...tls });
    const refuse = (why: string): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(new Error(why));
    };
    const timer = setTimeout(() => refuse(`${address}: no connection within ${limitMs} ms`), limitMs);
    const onError = (error: NodeJS.ErrnoException): void => {
      // A listener without TLS takes the handshake for the length of a request, and breaks off.
      const code = tls !== null && error.code === 'ECONNRESET' ? 'EPROTO' : error.code;
      refuse(connectionTrouble(address, { message: error.message, code }));
    };
    socket.once('error', onError);
    socket.once(tls === null ? 'connect' : 'secureConnect', () => {
      clearTimeout(timer);
      socket.off('error', onError);
      resolve(socket);
    });
  });
}
