/** SASL on a fresh connection: PLAIN and SCRAM (org.apache.kafka.common.security.authenticator.SaslClientAuthenticator). */
import { randomBytes } from 'node:crypto';
import type { SaslCredentials } from '../security/ClientSecurity.ts';
import { SASL_AUTHENTICATE, SASL_HANDSHAKE } from './apis/sasl.ts';
import type { KafkaConnection } from './KafkaConnection.ts';
import { scramExchange } from './scram.ts';

/** The broker does not take the credentials, or does not offer the mechanism. Nothing secret is in its words. */
export class AuthenticationRefused extends Error {
  override readonly name = 'AuthenticationRefused';
}

const NONCE_BYTES = 24;

/** `address`: for the words of errors. Resolves to how long the session lasts; ms, 0: for ever. @throws AuthenticationRefused; what `request` throws */
export async function authenticate(
  connection: KafkaConnection,
  address: string,
  { mechanism, username, password }: SaslCredentials,
): Promise<number> {
  let lifetimeMs = 0;
  const { error, mechanisms } = await connection.request(SASL_HANDSHAKE, 1, { mechanism });
  if (error !== 'NONE')
    throw new AuthenticationRefused(
      `${address} does not offer sasl.mechanism=${mechanism}${mechanisms.length > 0 ? ` but ${mechanisms.join(', ')}` : ''}`,
    );
  const say = async (message: string): Promise<string> => {
    const answer = await connection.request(SASL_AUTHENTICATE, 1, { bytes: Buffer.from(message) });
    // The broker's own message could repeat what it was told.
    if (answer.error !== 'NONE')
      throw new AuthenticationRefused(
        `${address} does not accept the user name and password of sasl.jaas.config (${mechanism})`,
      );
    lifetimeMs = answer.sessionLifetimeMs;
    return Buffer.from(answer.bytes).toString();
  };
  if (mechanism === 'PLAIN') {
    await say(`\0${username}\0${password}`);
    return lifetimeMs;
  }
  const hash = mechanism === 'SCRAM-SHA-256' ? 'sha256' : 'sha512';
  const scram = scramExchange(hash, username, password, randomBytes(NONCE_BYTES).toString('base64url'));
  const first = await say(scram.first);
  try {
    scram.verify(await say(scram.final(first)));
    return lifetimeMs;
  } catch (problem) {
    if (problem instanceof AuthenticationRefused) throw problem;
    const why = problem instanceof Error ? problem.message : String(problem);
    throw new AuthenticationRefused(`${address} answers ${mechanism} wrongly: ${why}`);
  }
}
