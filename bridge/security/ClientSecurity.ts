/** How a client proves who it is and whom it trusts. It stays in this process: never in a message, a log or an error. */
import type { ConnectionOptions } from 'node:tls';

export type TlsSettings = Pick<
  ConnectionOptions,
  'ca' | 'cert' | 'key' | 'passphrase' | 'pfx' | 'minVersion' | 'maxVersion' | 'checkServerIdentity'
>;

export const SASL_MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;
export type SaslMechanism = (typeof SASL_MECHANISMS)[number];

export interface SaslCredentials {
  readonly mechanism: SaslMechanism;
  readonly username: string;
  readonly password: string;
}

export interface ClientSecurity {
  /** null: the connections are not encrypted. */
  readonly tls: TlsSettings | null;
  /** null: nobody asks who the client is, or its certificate says so. */
  readonly sasl: SaslCredentials | null;
}

/** `security.protocol=PLAINTEXT`, Kafka's default. */
export const NO_SECURITY: ClientSecurity = { tls: null, sasl: null };
