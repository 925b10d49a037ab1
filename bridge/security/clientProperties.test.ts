import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { clientProperties, readClientProperties } from './clientProperties.ts';
import { connectionTrouble } from './connectionTrouble.ts';
import { parseJaasConfig } from './jaasConfig.ts';

const folder = mkdtempSync(join(tmpdir(), 'linger-client-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PLAIN = 'org.apache.kafka.common.security.plain.PlainLoginModule';
const SECRET = 'hunter2';

const read = (properties: Readonly<Record<string, string>>) =>
  clientProperties(new Map(Object.entries(properties)));

function refused(properties: Readonly<Record<string, string>>): string {
  try {
    read(properties);
  } catch (error) {
    const sentence = error instanceof Error ? error.message : String(error);
    expect(sentence).not.toContain(SECRET);
    return sentence;
  }
  return 'it was taken';
}

const file = (name: string, bytes: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

it('an empty file is PLAINTEXT, and what has no effect is named', () => {
  expect(read({})).toEqual({ security: { tls: null, sasl: null }, unused: [] });
  const properties = { acks: 'all', 'sasl.mechanism': 'PLAIN', 'bootstrap.servers': 'a:1' };
  expect(read(properties).unused).toEqual(['acks', 'sasl.mechanism', 'bootstrap.servers']);
});

it('SASL wants a mechanism that is offered here, a user name and a password', () => {
  const base = { 'security.protocol': 'SASL_PLAINTEXT' };
  expect(refused(base)).toContain('sasl.mechanism=GSSAPI is not offered here: PLAIN, SCRAM-SHA-256');
  const plain = { ...base, 'sasl.mechanism': 'PLAIN' };
  expect(refused(plain)).toContain(`sasl.jaas.config is missing: ${PLAIN} required username="…"`);
  for (const broken of [
    `${PLAIN} required username="a" password="${SECRET}"`,
    `${PLAIN} required username=a password=${SECRET} junk;`,
    `${PLAIN} required username="a" password="${SECRET};`,
    `${PLAIN} required user="a" password="${SECRET}";`,
    SECRET,
  ])
    expect(refused({ ...plain, 'sasl.jaas.config': broken })).toContain('sasl.jaas.config cannot be read');
  const jaas = `${PLAIN} required username='a b' password="${SECRET}\\"=;\\t\\101";`;
  expect(read({ ...plain, 'sasl.jaas.config': jaas }).security.sasl).toEqual({
    mechanism: 'PLAIN',
    username: 'a b',
    password: `${SECRET}"=;\tA`,
  });
});

it('a login module is read with all its options', () => {
  const { loginModule, options } = parseJaasConfig('a.B  required\n x=1 "y z"="2" ;') ?? {};
  expect([loginModule, ...(options ?? [])]).toEqual(['a.B', ['x', '1'], ['y z', '2']]);
});

it('what only Java can read is said with the way to convert it', () => {
  const jks = file('trust.jks', Uint8Array.of(0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2));
  const pkcs12 = file('trust.p12', Uint8Array.of(0x30, 0x82, 1, 2));
  const ssl = { 'security.protocol': 'SSL' };
  for (const [kind, path] of [
    ['JKS', jks],
    ['PKCS12', pkcs12],
  ] as const)
    expect(refused({ ...ssl, 'ssl.truststore.location': path, 'ssl.truststore.password': SECRET })).toBe(
      `ssl.truststore.location is a ${kind} file, which only Java reads here: "keytool -list -rfc -keystore ${path} > ca.pem" makes PEM of it; then set ssl.truststore.location=ca.pem and ssl.truststore.type=PEM.`,
    );
  expect(refused({ ...ssl, 'ssl.keystore.location': jks })).toContain('-deststoretype PKCS12');
  const broken = { 'ssl.keystore.location': pkcs12, 'ssl.keystore.password': SECRET };
  expect(refused({ ...ssl, ...broken })).toContain('does not open with ssl.keystore.password');
  expect(refused({ ...ssl, 'ssl.truststore.location': join(folder, 'none') })).toContain('cannot be read');
  expect(refused({ ...ssl, 'ssl.truststore.certificates': SECRET })).toContain('There is no certificate in');
  const key = { 'ssl.keystore.key': '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----' };
  expect(refused({ ...ssl, ...key })).toContain('wants a private key and its certificate');
  expect(refused({ 'sasl.login.callback.handler.class': 'x.Y' })).toContain('needs Java classes');
});

it('the names of brokers are checked unless the file says not to', () => {
  const ssl = { 'security.protocol': 'ssl', 'ssl.enabled.protocols': 'TLSv1.3,TLSv1.2' };
  expect(read(ssl).security.tls).toEqual({ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' });
  const unchecked = read({ ...ssl, 'ssl.endpoint.identification.algorithm': '' }).security.tls;
  expect(unchecked).toHaveProperty('checkServerIdentity', expect.any(Function));
  expect(refused({ ...ssl, 'ssl.enabled.protocols': 'SSLv3' })).toContain('names none of TLSv1');
  expect(refused({ 'security.protocol': 'TLS' })).toContain('is one of PLAINTEXT, SSL');
});

it('a file is read as Java reads it, and names itself when something is wrong with it', () => {
  const good = file(
    'good',
    `security.protocol : SASL_PLAINTEXT\nsasl.mechanism PLAIN\nsasl.jaas.config=${PLAIN} \\\n  required username="a" \\\n  password="b";\n`,
  );
  expect(readClientProperties(good).security.sasl?.password).toBe('b');
  const bad = file('bad', 'security.protocol=x');
  expect(() => readClientProperties(bad)).toThrow(`${bad}: security.protocol is one of`);
  expect(() => readClientProperties(join(folder, 'none'))).toThrow('none cannot be read');
});

it('a failure that has no words of ours keeps its own', () => {
  expect(connectionTrouble('a:1', { message: 'odd', code: 'EODD' })).toBe('a:1: odd');
  expect(connectionTrouble('a:1', { message: 'x', code: 'ECONNREFUSED' })).toContain('a:1 refuses');
});
