/** A file of Kafka's own client properties, as `--config` names it: what of it is about security, and what is not used. */
import { readFileSync } from 'node:fs';
import type { SecureVersion } from 'node:tls';
import { readOwnKey, readTrust } from './certificates.ts';
import {
  SASL_MECHANISMS,
  type ClientSecurity,
  type SaslCredentials,
  type SaslMechanism,
  type TlsSettings,
} from './ClientSecurity.ts';
import { parseJaasConfig } from './jaasConfig.ts';
import { parseJavaProperties } from './javaProperties.ts';

type Properties = ReadonlyMap<string, string>;

export interface ClientProperties {
  readonly security: ClientSecurity;
  /** Names of what stands in the file and has no effect here. */
  readonly unused: readonly string[];
}

const PROTOCOLS = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'];
const USED_BY_TLS = [
  'ssl.truststore.location',
  'ssl.truststore.type',
  'ssl.truststore.password',
  'ssl.truststore.certificates',
  'ssl.keystore.location',
  'ssl.keystore.type',
  'ssl.keystore.password',
  'ssl.keystore.key',
  'ssl.keystore.certificate.chain',
  'ssl.key.password',
  'ssl.endpoint.identification.algorithm',
  'ssl.enabled.protocols',
];
const USED_BY_SASL = ['sasl.mechanism', 'sasl.jaas.config'];
/** Without them the file means something else: nothing is guessed. */
const REFUSED = [
  'config.providers',
  'sasl.client.callback.handler.class',
  'sasl.login.callback.handler.class',
  'sasl.login.class',
  'ssl.engine.factory.class',
];
const MODULES = {
  PLAIN: 'org.apache.kafka.common.security.plain.PlainLoginModule',
  SCRAM: 'org.apache.kafka.common.security.scram.ScramLoginModule',
};

/** @throws Error with a sentence that holds nothing secret. */
export function readClientProperties(file: string): ClientProperties {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new Error(`--config: the file ${file} cannot be read.`);
  }
  try {
    return clientProperties(parseJavaProperties(text));
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

export function clientProperties(properties: Properties): ClientProperties {
  const refused = REFUSED.find((key) => properties.has(key));
  if (refused !== undefined) throw new Error(`${refused} needs Java classes: it cannot be used here.`);
  const protocol = (properties.get('security.protocol') ?? 'PLAINTEXT').trim().toUpperCase();
  if (!PROTOCOLS.includes(protocol))
    throw new Error(`security.protocol is one of ${PROTOCOLS.join(', ')}, not ${protocol}.`);
  const isTls = protocol.endsWith('SSL');
  const isSasl = protocol.startsWith('SASL');
  const used = ['security.protocol', ...(isTls ? USED_BY_TLS : []), ...(isSasl ? USED_BY_SASL : [])];
  return {
    security: {
      tls: isTls ? tlsSettings(properties) : null,
      sasl: isSasl ? saslCredentials(properties) : null,
    },
    unused: [...properties.keys()].filter((key) => !used.includes(key)),
  };
}

function tlsSettings(properties: Properties): TlsSettings {
  // As in Java since 2.0: without the setting the broker's name is checked; an empty one says not to.
  const algorithm = properties.get('ssl.endpoint.identification.algorithm') ?? 'https';
  return {
    ...readTrust(properties),
    ...readOwnKey(properties),
    ...versions(properties.get('ssl.enabled.protocols')),
    ...(algorithm.trim() === '' ? { checkServerIdentity: () => undefined } : {}),
  };
}

const VERSIONS: readonly SecureVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

function versions(enabled: string | undefined): Pick<TlsSettings, 'minVersion' | 'maxVersion'> {
  if (enabled === undefined) return {};
  const named = enabled.split(',').map((name) => name.trim());
  const offered = VERSIONS.filter((version) => named.includes(version));
  const [minVersion] = offered;
  const maxVersion = offered.at(-1);
  if (minVersion === undefined || maxVersion === undefined)
    throw new Error(`ssl.enabled.protocols names none of ${VERSIONS.join(', ')}.`);
  return { minVersion, maxVersion };
}

const isOffered = (mechanism: string): mechanism is SaslMechanism =>
  SASL_MECHANISMS.some((one) => one === mechanism);

function saslCredentials(properties: Properties): SaslCredentials {
  // Kafka's own default.
  const mechanism = (properties.get('sasl.mechanism') ?? 'GSSAPI').trim();
  if (!isOffered(mechanism))
    throw new Error(`sasl.mechanism=${mechanism} is not offered here: ${SASL_MECHANISMS.join(', ')} are.`);
  const jaas = properties.get('sasl.jaas.config');
  const options = jaas === undefined ? undefined : parseJaasConfig(jaas)?.options;
  const username = options?.get('username');
  const password = options?.get('password');
  if (username === undefined || password === undefined) {
    const module = mechanism === 'PLAIN' ? MODULES.PLAIN : MODULES.SCRAM;
    const example = `${module} required username="…" password="…";`;
    throw new Error(`sasl.jaas.config ${jaas === undefined ? 'is missing' : 'cannot be read'}: ${example}`);
  }
  return { mechanism, username, password };
}
