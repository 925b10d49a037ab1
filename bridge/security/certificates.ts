/** Keys and certificates of a client's properties: PEM in a file or in the property itself, PKCS12 for the own key. */
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { TlsSettings } from './ClientSecurity.ts';

type Properties = ReadonlyMap<string, string>;

const CERTIFICATE = /^(X509 |TRUSTED )?CERTIFICATE$/;
const KEY = /PRIVATE KEY$/;
const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([^]*?)-----END \1-----/g;
const JKS_MAGIC = 0xfeedfeed;
/** A SEQUENCE in DER, with which every PKCS12 begins. */
const DER_SEQUENCE = 0x30;

interface Block {
  readonly label: string;
  readonly pem: string;
}

/** @throws Error with a sentence: a file that is missing, of another kind, or does not fit its password. */
export function readTrust(properties: Properties): Pick<TlsSettings, 'ca'> {
  const inline = properties.get('ssl.truststore.certificates');
  const location = properties.get('ssl.truststore.location');
  if (inline === undefined && location === undefined) return {};
  const text = inline ?? pemFile('ssl.truststore.location', location ?? '', trustConversion);
  const ca = blocksOf(text).filter(({ label }) => CERTIFICATE.test(label));
  const where = inline === undefined ? location : 'ssl.truststore.certificates';
  if (ca.length === 0) throw new Error(`There is no certificate in ${where}: it wants PEM.`);
  return { ca: ca.map(({ pem }) => pem) };
}

/** The client's own key and certificates, for brokers that ask for them. @throws Error with a sentence. */
export function readOwnKey(properties: Properties): Pick<TlsSettings, 'cert' | 'key' | 'passphrase' | 'pfx'> {
  const key = properties.get('ssl.keystore.key');
  const chain = properties.get('ssl.keystore.certificate.chain');
  const location = properties.get('ssl.keystore.location');
  const keyPassword = properties.get('ssl.key.password');
  if (key !== undefined || chain !== undefined) return fromPem(`${key ?? ''}\n${chain ?? ''}`, keyPassword);
  if (location === undefined) return {};
  const bytes = readBytes('ssl.keystore.location', location);
  if (bytes[0] === DER_SEQUENCE) {
    const passphrase = properties.get('ssl.keystore.password') ?? '';
    return checked(
      { pfx: bytes, passphrase },
      'ssl.keystore.location does not open with ssl.keystore.password',
    );
  }
  return fromPem(pemText('ssl.keystore.location', location, bytes, keyConversion), keyPassword);
}

function fromPem(
  text: string,
  passphrase: string | undefined,
): Pick<TlsSettings, 'cert' | 'key' | 'passphrase'> {
  const blocks = blocksOf(text);
  const key = blocks.find(({ label }) => KEY.test(label));
  const chain = blocks.filter(({ label }) => CERTIFICATE.test(label));
  if (key === undefined || chain.length === 0)
    throw new Error('The client’s own PEM wants a private key and its certificate (ssl.keystore.…).');
  const own = { key: key.pem, cert: chain.map(({ pem }) => pem).join('\n') };
  return checked(
    passphrase === undefined ? own : { ...own, passphrase },
    'The key of ssl.keystore.… does not open with ssl.key.password, or does not belong to its certificate',
  );
}

/** OpenSSL looks at it now, not at the first connection. */
function checked<T extends TlsSettings>(settings: T, sentence: string): T {
  try {
    createSecureContext(settings);
    return settings;
  } catch {
    // Its own words may hold parts of what it read.
    throw new Error(`${sentence}.`);
  }
}

/** Kafka takes PEM with any white space; OpenSSL wants its lines. */
function blocksOf(text: string): readonly Block[] {
  return [...text.matchAll(BLOCK)].map(([whole, label = '', body = '']) => {
    // Old encrypted keys have header lines of their own.
    if (body.includes(':')) return { label, pem: whole };
    const lines = body.replace(/\s+/g, '').match(/.{1,64}/g) ?? [];
    return { label, pem: [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n') };
  });
}

const pemFile = (property: string, path: string, conversion: (path: string) => string): string =>
  pemText(property, path, readBytes(property, path), conversion);

function pemText(
  property: string,
  path: string,
  bytes: Buffer,
  conversion: (path: string) => string,
): string {
  const isJks = bytes.length >= 4 && bytes.readUInt32BE(0) === JKS_MAGIC;
  if (!isJks && bytes[0] !== DER_SEQUENCE) return bytes.toString('utf8');
  const kind = isJks ? 'JKS' : 'PKCS12';
  throw new Error(`${property} is a ${kind} file, which only Java reads here: ${conversion(path)}`);
}

const trustConversion = (path: string): string =>
  `"keytool -list -rfc -keystore ${path} > ca.pem" makes PEM of it; then set ssl.truststore.location=ca.pem and ssl.truststore.type=PEM.`;
const keyConversion = (path: string): string =>
  `"keytool -importkeystore -srckeystore ${path} -destkeystore client.p12 -deststoretype PKCS12" makes PKCS12 of it; then set ssl.keystore.location=client.p12 and ssl.keystore.type=PKCS12.`;

function readBytes(property: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    throw new Error(`${property}: ${path} cannot be read.`);
  }
}
