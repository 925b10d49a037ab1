/** The client's side of SCRAM (RFC 5802), as org.apache.kafka.common.security.scram.internals.ScramSaslClient has it. */
import { createHash, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto';

export type ScramHash = 'sha256' | 'sha512';

export interface ScramExchange {
  readonly first: string;
  /** Answers the server's first message. @throws Error when it is not an answer to ours. */
  final(serverFirst: string): string;
  /** @throws Error when the server does not know the password either. */
  verify(serverFinal: string): void;
}

/** No channel binding. */
const GS2_HEADER = 'n,,';
const LEAST_ITERATIONS = 4096;
/** A server could keep this process busy for hours. */
const MOST_ITERATIONS = 10_000_000;

export function scramExchange(
  hash: ScramHash,
  username: string,
  password: string,
  nonce: string,
): ScramExchange {
  const hmac = (key: Uint8Array, text: string): Buffer => createHmac(hash, key).update(text).digest();
  const firstBare = `n=${username.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${nonce}`;
  let serverSignature: Buffer = Buffer.alloc(0);
  return {
    first: `${GS2_HEADER}${firstBare}`,
    final(serverFirst) {
      const { r = '', s = '', i = '' } = attributes(serverFirst);
      const iterations = Number(i);
      if (!r.startsWith(nonce) || r.length === nonce.length) throw new Error('its nonce is not new');
      if (!(iterations >= LEAST_ITERATIONS && iterations <= MOST_ITERATIONS))
        throw new Error(`it asks for ${i} iterations`);
      const bytes = hash === 'sha256' ? 32 : 64;
      const salted = pbkdf2Sync(password, Buffer.from(s, 'base64'), iterations, bytes, hash);
      const clientKey = hmac(salted, 'Client Key');
      const withoutProof = `c=${Buffer.from(GS2_HEADER).toString('base64')},r=${r}`;
      const signed = `${firstBare},${serverFirst},${withoutProof}`;
      const signature = hmac(createHash(hash).update(clientKey).digest(), signed);
      const proof = clientKey.map((byte, at) => byte ^ (signature[at] ?? 0));
      serverSignature = hmac(hmac(salted, 'Server Key'), signed);
      return `${withoutProof},p=${Buffer.from(proof).toString('base64')}`;
    },
    verify(serverFinal) {
      const signature = Buffer.from(attributes(serverFinal)['v'] ?? '', 'base64');
      if (signature.length !== serverSignature.length || !timingSafeEqual(signature, serverSignature))
        throw new Error('it does not know the password');
    },
  };
}

/** `a=1,b=2`; a value may hold more equals signs. */
const attributes = (message: string): Readonly<Record<string, string>> =>
  Object.fromEntries(message.split(',').map((part) => [part.slice(0, 1), part.slice(2)]));
