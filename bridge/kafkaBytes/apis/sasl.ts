/** Saying who one is: SaslHandshake and SaslAuthenticate (KIP-152). */
import type { ErrorName } from '#record/Errors';
import { readError, type Api } from '../Api.ts';

export interface SaslHandshakeResponse {
  readonly error: ErrorName;
  /** What the broker offers. */
  readonly mechanisms: readonly string[];
}

export const SASL_HANDSHAKE: Api<{ readonly mechanism: string }, SaslHandshakeResponse> = {
  name: 'SaslHandshake',
  key: 17,
  versions: [1, 1],
  flexibleFrom: Number.MAX_SAFE_INTEGER,
  encode: (writer, { mechanism }) => writer.string(mechanism),
  decode: (reader) => ({ error: readError(reader), mechanisms: reader.array(() => reader.string()) }),
};

export interface SaslAuthenticateResponse {
  readonly error: ErrorName;
  readonly errorMessage: string | null;
  readonly bytes: Uint8Array;
  /** How long the session lasts, after which the broker closes the connection; 0: for ever. */
  readonly sessionLifetimeMs: number;
}

export const SASL_AUTHENTICATE: Api<{ readonly bytes: Uint8Array }, SaslAuthenticateResponse> = {
  name: 'SaslAuthenticate',
  key: 36,
  versions: [1, 2],
  flexibleFrom: 2,
  encode(writer, { bytes }) {
    writer.byteString(bytes);
    writer.tags();
  },
  decode(reader) {
    const error = readError(reader);
    const errorMessage = reader.nullableString();
    const bytes = reader.byteString() ?? new Uint8Array(0);
    const sessionLifetimeMs = reader.int64();
    reader.tags();
    return { error, errorMessage, bytes, sessionLifetimeMs };
  },
};
