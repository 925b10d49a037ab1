/** The ways into a real broker that the file of `--config` can name, and what is said when one is closed. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { TopicPartitions } from '#base/TopicPartition';
import { LocalCluster } from '../kafka/LocalCluster.ts';
import { propertiesText } from '../kafka/nodeFiles.ts';
import { KafkaConnection } from '../kafkaBytes/KafkaConnection.ts';
import { ALTER_USER_SCRAM_CREDENTIALS } from '../kafkaBytes/apis/scramUsers.ts';
import { BrokerConnection } from '../kafkajs/BrokerConnection.ts';
import { liveOnCluster } from '../kafkajs/liveOnCluster.ts';
import { createRequestCodec } from '../kafkajs/requests.ts';
import { findTopic, type BrokerEndpoint } from '../kafkajs/topics.ts';
import { hasOpenssl, makeCertificates, type Certificates } from '../testing/certificates.ts';
import { describeWithKafka } from '../testing/needs.ts';
import { NO_SECURITY } from './ClientSecurity.ts';
import { readClientProperties } from './clientProperties.ts';

const LIMIT_MS = 120_000;
const RECORDS = 100;
/** At 200 a second, longer than two sessions. */
const BRIEF_RECORDS = 2000;
const USER = 'alice, of "sales"';
const PASSWORD = 's,e=c"r\\e t';
const MODULES = 'org.apache.kafka.common.security';
const SASL_LISTENERS = ['open', 'closed', 'brief'];
const BRIEF_SESSION_MS = 4000;
let runs = 0x5a51_0000;

const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

const jaas = (mechanism: string, password: string): string =>
  mechanism === 'PLAIN'
    ? `${MODULES}.plain.PlainLoginModule required username=${quoted(USER)} password=${quoted(password)};`
    : `${MODULES}.scram.ScramLoginModule required username=${quoted(USER)} password=${quoted(password)};`;

const sasl = (mechanism: string, password = PASSWORD): Record<string, string> => ({
  'security.protocol': 'SASL_PLAINTEXT',
  'sasl.mechanism': mechanism,
  'sasl.jaas.config': jaas(mechanism, password),
});

/** What the broker is told of its listeners. */
function brokerProperties({ broker, authority }: Certificates): Record<string, string> {
  const properties: Record<string, string> = {};
  for (const name of SASL_LISTENERS) {
    const of = `listener.name.${name}`;
    properties[`${of}.sasl.enabled.mechanisms`] = 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512';
    const user = quoted(`user_${USER}`);
    properties[`${of}.plain.sasl.jaas.config`] =
      `${MODULES}.plain.PlainLoginModule required ${user}=${quoted(PASSWORD)};`;
    if (name === 'brief')
      properties[`${of}.scram-sha-512.connections.max.reauth.ms`] = String(BRIEF_SESSION_MS);
    for (const size of ['256', '512'])
      properties[`${of}.scram-sha-${size}.sasl.jaas.config`] = `${MODULES}.scram.ScramLoginModule required;`;
  }
  for (const name of ['closed', 'tls', 'mutual']) {
    properties[`listener.name.${name}.ssl.keystore.type`] = 'PEM';
    properties[`listener.name.${name}.ssl.keystore.location`] = broker;
  }
  properties['listener.name.mutual.ssl.truststore.type'] = 'PEM';
  properties['listener.name.mutual.ssl.truststore.location'] = authority;
  properties['listener.name.mutual.ssl.client.auth'] = 'required';
  return properties;
}

/** A connection as the producer makes it: why it ended. */
const endOf = (endpoint: BrokerEndpoint | undefined): Promise<string> =>
  new Promise((resolve) => {
    const { host = '', port = 0, security = NO_SECURITY } = endpoint ?? {};
    const options = { host, port, security, clientId: 'test', node: 0, setupTimeoutMs: 10_000 };
    const codec = createRequestCodec(new TopicPartitions(), () => new Uint8Array());
    const connection = new BrokerConnection(options, codec, {
      connected: () => {
        connection.close();
        resolve('it was let in');
      },
      written: () => {},
      received: () => {},
      ended: (_, words) => resolve(words),
    });
  });

const noOpenssl = (await hasOpenssl()) ? undefined : 'openssl, which makes the certificates, was not found';

await describeWithKafka(
  'the ways into a real broker',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'linger-security-'));
    let cluster: LocalCluster;
    let certificates: Certificates;

    beforeAll(async () => {
      certificates = makeCertificates(folder);
      cluster = await LocalCluster.start({
        nodes: 1,
        moreListeners: {
          OPEN: 'SASL_PLAINTEXT',
          BRIEF: 'SASL_PLAINTEXT',
          CLOSED: 'SASL_SSL',
          TLS: 'SSL',
          MUTUAL: 'SSL',
        },
        properties: brokerProperties(certificates),
      });
      const connection = await KafkaConnection.open({ host: '127.0.0.1', port: cluster.clientPorts[0] ?? 0 });
      // One mechanism at a time: a user that comes twice in a request is refused.
      for (const mechanism of ['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const) {
        const users = [{ user: USER, mechanism, password: PASSWORD }];
        const [made] = await connection.request(ALTER_USER_SCRAM_CREDENTIALS, 0, { users });
        expect(made?.error).toBe('NONE');
      }
      connection.close();
    }, LIMIT_MS * 3);

    afterAll(async () => {
      await cluster.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    const endpointsAt = (listener: string, file: Record<string, string>): readonly BrokerEndpoint[] => {
      const path = join(folder, `client-${runs++}.properties`);
      writeFileSync(path, propertiesText(file));
      const { security } = readClientProperties(path);
      return cluster.morePorts(listener).map((port) => ({ host: '127.0.0.1', port, security }));
    };

    /** Through the look at the topic, the producer's own connections and the ledger's. */
    async function produceAndRead(endpoints: readonly BrokerEndpoint[]): Promise<void> {
      const ledgerRun = runs++;
      const live = await liveOnCluster({
        endpoints,
        topic: `t${ledgerRun}`,
        partitions: 2,
        ledgerRun,
        workload: { recordsPerS: 500, records: RECORDS },
      });
      try {
        await live.settle(LIMIT_MS);
        expect(live.ledger.counts).toMatchObject({ sent: RECORDS, ackedAndPresent: RECORDS, duplicated: 0 });
      } finally {
        await live.stop();
      }
    }

    const trust = (): Record<string, string> => ({
      'security.protocol': 'SSL',
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': certificates.authority,
    });
    const ownKey = (): Record<string, string> => ({
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': certificates.client,
    });

    for (const mechanism of ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'])
      it(
        `SASL_PLAINTEXT with ${mechanism}`,
        () => produceAndRead(endpointsAt('OPEN', sasl(mechanism))),
        LIMIT_MS,
      );

    it(
      'SSL with an authority of one’s own in a PEM file',
      () => produceAndRead(endpointsAt('TLS', trust())),
      LIMIT_MS,
    );

    it(
      'SSL with the authority in the property itself',
      () =>
        produceAndRead(
          endpointsAt('TLS', {
            'security.protocol': 'SSL',
            // As one line, which Kafka takes too.
            'ssl.truststore.certificates': readFileSync(certificates.authority, 'utf8').replaceAll('\n', ' '),
          }),
        ),
      LIMIT_MS,
    );

    it(
      'SSL with a key of one’s own, as PEM and as PKCS12',
      async () => {
        await produceAndRead(endpointsAt('MUTUAL', { ...trust(), ...ownKey() }));
        const pkcs12 = {
          'ssl.keystore.type': 'PKCS12',
          'ssl.keystore.location': certificates.clientPkcs12,
          'ssl.keystore.password': certificates.pkcs12Password,
        };
        await produceAndRead(endpointsAt('MUTUAL', { ...trust(), ...pkcs12 }));
      },
      LIMIT_MS,
    );

    it(
      'SASL_SSL with SCRAM-SHA-512',
      () =>
        produceAndRead(
          endpointsAt('CLOSED', { ...sasl('SCRAM-SHA-512'), ...trust(), 'security.protocol': 'SASL_SSL' }),
        ),
      LIMIT_MS,
    );

    it(
      'a session that ends is renewed in time on the same connection, and nothing is lost',
      async () => {
        const ledgerRun = runs++;
        const live = await liveOnCluster({
          endpoints: endpointsAt('BRIEF', sasl('SCRAM-SHA-512')),
          topic: `t${ledgerRun}`,
          partitions: 2,
          ledgerRun,
          workload: { recordsPerS: 200, records: BRIEF_RECORDS },
          hasLiveLedger: true,
        });
        try {
          await live.settle(LIMIT_MS);
          const atMs = live
            .events()
            .flatMap(({ type, at }) => (type === 'batch.completed' ? [at / 1000] : []));
          expect(Math.max(...atMs) - Math.min(...atMs)).toBeGreaterThan(BRIEF_SESSION_MS * 2);
          const broken = live
            .events()
            .filter((event) => event.type === 'connection.moved' && event.to === 'disconnected');
          // A broker that stands still for the rest of a session breaks one, as it would Java's.
          expect(broken.length).toBeLessThanOrEqual(1);
          expect(live.ledger.counts).toMatchObject({ ackedAndPresent: BRIEF_RECORDS, duplicated: 0 });
          expect(live.run.warning).toBeNull();
          await vi.waitFor(
            () =>
              expect(live.run.ledger?.message()).toMatchObject({
                trouble: null,
                all: { present: BRIEF_RECORDS, awaited: 0 },
              }),
            { timeout: LIMIT_MS },
          );
        } finally {
          await live.stop();
        }
      },
      LIMIT_MS,
    );

    const wanted = { topic: 'none', partitions: 1, replicationFactor: 1, minInsyncReplicas: 1 };
    const refusal = async (listener: string, file: Record<string, string>): Promise<string> => {
      const error: unknown = await findTopic(endpointsAt(listener, file), wanted).catch(
        (one: unknown) => one,
      );
      const sentence = error instanceof Error ? error.message : 'it was let in';
      for (const secret of [USER, PASSWORD, 'not this']) expect(sentence).not.toContain(secret);
      return sentence;
    };

    for (const mechanism of ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'])
      it(`a wrong password is a sentence, with ${mechanism}`, async () => {
        const file = sasl(mechanism, 'not this');
        expect(await refusal('OPEN', file)).toMatch(
          /^No broker can be reached: 127\.0\.0\.1:\d+ does not accept the user name and password of sasl\.jaas\.config/,
        );
        // And on the way that the producer takes.
        const [endpoint] = endpointsAt('OPEN', file);
        const why = await endOf(endpoint);
        expect(why).toMatch(/^127\.0\.0\.1:\d+ does not accept the user name and password/);
      });

    it('a certificate for another name is refused, unless the file says not to look', async () => {
      const topic = { ...wanted, topic: 'by-another-name' };
      const named = (file: Record<string, string>): readonly BrokerEndpoint[] =>
        endpointsAt('TLS', file).map((endpoint) => ({ ...endpoint, host: 'localhost' }));
      const error: unknown = await findTopic(named(trust()), topic).catch((one: unknown) => one);
      expect(String(error)).toContain('shows a certificate for another name');
      const unchecked = { ...trust(), 'ssl.endpoint.identification.algorithm': '' };
      expect((await findTopic(named(unchecked), topic)).isCreated).toBe(true);
    });

    it('so are an unknown authority, a missing key, and the wrong protocol on either side', async () => {
      const strange = { ...trust(), 'ssl.truststore.location': certificates.strangeAuthority };
      expect(await refusal('TLS', strange)).toContain('name it by ssl.truststore.location (PEM)');
      expect(await refusal('MUTUAL', trust())).toContain('wants a certificate of the client that it knows');
      expect(await refusal('OPEN', trust())).toContain('does not speak TLS there');
      expect(await refusal('TLS', {})).toContain('speaks TLS');
      expect(await refusal('OPEN', {})).toContain('(SASL)');
      expect(await refusal('TLS', sasl('PLAIN'))).toContain('speaks TLS');
    });
  },
  noOpenssl,
);
