/** The example of RFC 7677, section 3. */
import { expect, it } from 'vitest';
import { scramExchange } from './scram.ts';

const NONCE = 'rOprNGfwEbeRWgbNEkqO';
const SERVER_NONCE = '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
const SALT = 'W22ZaJ0SNY7soEsUEjb6gQ==';
const SERVER_FINAL = 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=';
const begin = () => scramExchange('sha256', 'user', 'pencil', NONCE);

it('proves the password without telling it, and has the server prove it too', () => {
  const exchange = begin();
  expect(exchange.first).toBe(`n,,n=user,r=${NONCE}`);
  expect(exchange.final(`r=${NONCE}${SERVER_NONCE},s=${SALT},i=4096`)).toBe(
    `c=biws,r=${NONCE}${SERVER_NONCE},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`,
  );
  expect(() => exchange.verify(SERVER_FINAL)).not.toThrow();
  expect(() => exchange.verify('v=AAAA')).toThrow('does not know the password');
  expect(() => exchange.verify('e=other-error')).toThrow('does not know the password');
});

it('believes no server that has not heard it, or asks for little or endless work', () => {
  expect(() => begin().final(`r=${NONCE},s=${SALT},i=4096`)).toThrow('nonce');
  expect(() => begin().final(`r=other,s=${SALT},i=4096`)).toThrow('nonce');
  for (const iterations of ['1', '4000000000', 'many'])
    expect(() => begin().final(`r=${NONCE}x,s=${SALT},i=${iterations}`)).toThrow('iterations');
});

it('a name may hold what separates', () => {
  expect(scramExchange('sha512', 'a=b,c', 'x', 'n').first).toBe('n,,n=a=3Db=2Cc,r=n');
});
