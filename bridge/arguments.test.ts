import { describe, expect, it } from 'vitest';
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
    expect(parseArguments([])).toEqual({ port: 4317, dev: false, live: { kind: 'none' } });
    expect(parseArguments(['--dev', '--simulated', '--port=5000'])).toEqual({
      port: 5000,
      dev: true,
      live: { kind: 'simulated' },
    });
  });

  it('starts a cluster, or names one', () => {
    expect(parseArguments(['--kafka']).live).toEqual({
      kind: 'kafka',
      topic: { topic: 'orders', partitions: 6, replicationFactor: null, minInsyncReplicas: null },
    });
    const { live } = parseArguments([
      '--brokers',
      'a:9092,[::1]:9093',
      '--config=client.properties',
      '--topic=t',
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
      topic: { topic: 't', partitions: 12, replicationFactor: 1, minInsyncReplicas: 1 },
    });
  });

  it('refuses what it does not understand with a sentence', () => {
    expect(refused('--brokers')).toBe('--brokers wants host:port,host:port, not nothing.');
    expect(refused('--brokers', 'a,b')).toBe('--brokers wants host:port,host:port, not a,b.');
    expect(refused('--brokers=a:70000')).toContain('not a:70000');
    expect(refused('--kafka', '--simulated')).toContain('there is one live run');
    expect(refused('--topic', 'x')).toContain('add --kafka or --brokers');
    expect(refused('--kafka', '--config', 'x')).toContain('add --brokers');
    expect(refused('--kafka', '--topic', 'a b')).toContain('legal name');
    expect(refused('--kafka', '--partitions', '0')).toContain('from 1 to 10000');
    expect(refused('--wat')).toContain('is not an option');
    expect(refused('--port', 'x')).toContain('from 1 to 65535');
  });
});
