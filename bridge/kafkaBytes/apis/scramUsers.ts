/** Users that authenticate by SCRAM: AlterUserScramCredentials (KIP-554). The broker never sees the password. */
import { pbkdf2Sync, randomBytes } from 'node:crypto';
import type { ErrorName } from '#record/Errors';
import { readError, type Api } from '../Api.ts';

export interface ScramUser {
  readonly user: string;
  readonly mechanism: 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
  readonly password: string;
}

const ITERATIONS = 4096;
const SALT_BYTES = 16;
/** By number in the protocol. */
const MECHANISMS = {
  'SCRAM-SHA-256': { number: 1, hash: 'sha256', bytes: 32 },
  'SCRAM-SHA-512': { number: 2, hash: 'sha512', bytes: 64 },
} as const;

export const ALTER_USER_SCRAM_CREDENTIALS: Api<
  { readonly users: readonly ScramUser[] },
  readonly { readonly user: string; readonly error: ErrorName }[]
> = {
  name: 'AlterUserScramCredentials',
  key: 51,
  versions: [0, 0],
  flexibleFrom: 0,
  encode(writer, { users }) {
    // Nobody is deleted.
    writer.array([], () => {});
    writer.array(users, ({ user, mechanism, password }) => {
      const { number, hash, bytes } = MECHANISMS[mechanism];
      const salt = randomBytes(SALT_BYTES);
      writer.string(user);
      writer.int8(number);
      writer.int32(ITERATIONS);
      writer.byteString(salt);
      writer.byteString(pbkdf2Sync(password, salt, ITERATIONS, bytes, hash));
      writer.tags();
    });
    writer.tags();
  },
  decode(reader) {
    reader.int32();
    const users = reader.array(() => {
      const one = { user: reader.string(), error: readError(reader) };
      reader.nullableString();
      reader.tags();
      return one;
    });
    reader.tags();
    return users;
  },
};
