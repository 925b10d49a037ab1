import { describe, expect, it } from 'vitest';
import { DEFAULT_CEILINGS } from './ceilings.ts';
import { parseArguments } from './arguments.ts';

const refused = (...args: string[]): string => {
  try {
    parseArguments(args);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

describe('the command line', () => {
  it('offers no live run unless told', () => {
    expect(parseArguments([])).toEqual({
      port: 4317,
      dev: false,
      live: { kind: 'none' },
      share: null,
      ceilings: DEFAULT_CEILINGS,
    });
    expect(parseArguments(['--dev', '--simulated', '--port=5000'])).toMatchObject({
      port: 5000,
      dev: true,
      live: { kind: 'simulated' },
    });
  });

  it('starts a cluster, or names one', () => {
    expect(parseArguments(['--kafka']).live).toEqual({
      kind: 'kafka',
      topics: [{ topic: 'orders', partitions: 6, replicationFactor: null, minInsyncReplicas: null }],
      client: 'linger',
    });
    const { live } = parseArguments([
      '--brokers',
      'a:9092,[::1]:9093',
      '--config=client.properties',
      '--topic=t,u',
      '--partitions',
      '12',
      '--replication-factor=1',
      '--min-insync-replicas=1',
    ]);
    expect(live).toEqual({
      kind: 'brokers',
      brokers: [
        { host: 'a', port: 9092 },
        { host: '::1', port: 9093 },
      ],
      config: 'client.properties',
      topics: ['t', 'u'].map((topic) => ({
        topic,
        partitions: 12,
        replicationFactor: 1,
        minInsyncReplicas: 1,
      })),
      client: 'linger',
    });
  });

  it('puts kafkajs as it is in the place of the engine', () => {
    expect(parseArguments(['--kafka', '--client', 'kafkajs']).live).toMatchObject({ client: 'kafkajs' });
    const { live } = parseArguments(['--brokers=a:9092', '--client=kafkajs']);
    expect(live).toMatchObject({ kind: 'brokers', client: 'kafkajs' });
    expect(refused('--kafka', '--client', 'java')).toBe('--client wants linger or kafkajs, not java.');
    expect(refused('--kafka', '--client')).toContain('not nothing');
    expect(refused('--simulated', '--client', 'kafkajs')).toContain('add --kafka or --brokers');
  });

  it('shares on one address of this machine, and limits what a page may ask', () => {
    expect(parseArguments(['--share', '192.168.1.5']).share).toEqual({
      address: '192.168.1.5',
      maxViewers: 50,
    });
    expect(parseArguments(['--share=fd00::7', '--max-viewers', '3']).share).toEqual({
      address: 'fd00::7',
      maxViewers: 3,
    });
    const { ceilings } = parseArguments(['--max-records-per-second=70', '--max-bytes-per-second', '9000']);
    expect(ceilings).toEqual({ recordsPerS: 70, bytesPerS: 9000 });
    expect(refused('--share')).toContain('not nothing');
    expect(refused('--share', 'laptop.local')).toContain('not laptop.local');
    expect(refused('--share', '127.0.0.1')).toContain("is the presenter's");
    expect(refused('--share', '0.0.0.0')).toContain('all of them');
    expect(refused('--share', '::')).toContain('all of them');
    expect(refused('--share', '192.168.1.5', '--dev')).toContain('npm start');
    expect(refused('--max-viewers', '3')).toContain('add --share');
    expect(refused('--max-records-per-second', 'x')).toContain('wants a number');
  });

  it('refuses what it does not understand with a sentence', () => {
    expect(refused('--brokers')).toBe('--brokers wants host:port,host:port, not nothing.');
    expect(refused('--brokers', 'a,b')).toBe('--brokers wants host:port,host:port, not a,b.');
    expect(refused('--brokers=a:70000')).toContain('not a:70000');
    expect(refused('--kafka', '--simulated')).toContain('there is one live run');
    expect(refused('--topic', 'x')).toContain('add --kafka or --brokers');
    expect(refused('--kafka', '--config', 'x')).toContain('add --brokers');
    expect(refused('--kafka', '--topic', 'a b')).toContain('legal name');
    expect(refused('--kafka', '--topic', 'a,')).toContain('not nothing');
    expect(refused('--kafka', '--topic', 'a,b,b')).toBe('--topic names b twice.');
    expect(refused('--kafka', '--partitions', '0')).toContain('from 1 to 10000');
    expect(refused('--wat')).toContain('is not an option');
    expect(refused('--port', 'x')).toContain('from 1 to 65535');
  });
});
