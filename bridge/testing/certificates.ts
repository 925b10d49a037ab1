/** Certificates for tests, by openssl: an authority, a broker on 127.0.0.1, a client, and an authority nobody knows. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../door/run.mjs';

export interface Certificates {
  /** Paths of PEM files. */
  readonly authority: string;
  readonly strangeAuthority: string;
  /** Private key and certificate in one file. */
  readonly broker: string;
  readonly client: string;
  readonly clientPkcs12: string;
  readonly pkcs12Password: string;
}

const PKCS12_PASSWORD = 'a password';

export const hasOpenssl = async (): Promise<boolean> => (await run('openssl', ['version'])).code === 0;

export function makeCertificates(folder: string): Certificates {
  const path = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void =>
    void execFileSync('openssl', args, {
      cwd: folder,
      stdio: 'pipe',
      env: { ...process.env, PKCS12_PASSWORD },
    });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const authority = ['-CA', 'authority.pem', '-CAkey', 'authority.key', '-CAcreateserial'];
  for (const name of ['authority', 'strange']) {
    const out = ['-keyout', `${name}.key`, '-out', `${name}.pem`];
    openssl('req', '-x509', ...newKey, '-days', '2', '-subj', `/CN=${name}`, ...out);
  }
  writeFileSync(path('names'), 'subjectAltName=IP:127.0.0.1\n');
  for (const name of ['broker', 'client']) {
    const request = `${name}.csr`;
    openssl('req', ...newKey, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', request);
    const out = ['-extfile', 'names', '-out', `${name}.crt`];
    openssl('x509', '-req', '-in', request, '-days', '2', ...authority, ...out);
    const both = [`${name}.key`, `${name}.crt`].map((file) => readFileSync(path(file), 'utf8'));
    writeFileSync(path(`${name}.pem`), both.join(''));
  }
  openssl('pkcs12', '-export', '-in', 'client.pem', '-out', 'client.p12', '-passout', 'env:PKCS12_PASSWORD');
  return {
    authority: path('authority.pem'),
    strangeAuthority: path('strange.pem'),
    broker: path('broker.pem'),
    client: path('client.pem'),
    clientPkcs12: path('client.p12'),
    pkcs12Password: PKCS12_PASSWORD,
  };
}
