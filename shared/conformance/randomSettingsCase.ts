/** Cases about the configuration only: any setting, any kind of value, to meet Java's own sentences (§6.7, §11). */
import { createRandom } from '#base/random';
import { SETTINGS } from '#engine/ProducerConfig';
import { createDice, type Dice } from './random/dice.ts';
import type { CaseJson } from './randomCase.ts';

type Value = string | number | boolean;

/** Set by the oracle itself, or naming what only a real client has. */
const NOT_ASKED: readonly string[] = [
  'bootstrap.servers',
  'key.serializer',
  'value.serializer',
  'metric.reporters',
  'interceptor.classes',
  'enable.metrics.push',
  'security.providers',
  'config.providers',
  'security.protocol',
  'partitioner.class',
  'client.dns.lookup',
];
const KEYS = SETTINGS.map(({ key }) => key).filter((key) => !NOT_ASKED.includes(key));

const NUMBERS = [-2, -1, 0, 1, 2, 3, 5, 6, 9, 10, 13, 22, 23, 100, 1000, 4999, 5000, 30000, 2147483647];
const LARGE = [2147483648, -2147483649, 4294967296, 9007199254740991];
const WORDS = [
  'true',
  'FALSE',
  'all',
  '-1',
  '0',
  '1',
  '2',
  ' 7 ',
  '5.5',
  '',
  ' ',
  'gzip',
  'GZIP',
  'none',
  'x',
  'INFO',
];

function anyValue(dice: Dice): Value {
  return dice.weighted<() => Value>([
    [50, () => dice.pick(NUMBERS)],
    [8, () => dice.pick(LARGE)],
    [30, () => dice.pick(WORDS)],
    [8, () => dice.chance(50)],
    [4, () => 1.5],
  ])();
}

/** Values that settings which depend on each other may well have. */
const FITTING: Readonly<Record<string, readonly Value[]>> = {
  acks: ['all', '-1', '0', '1'],
  'enable.idempotence': [true, false, 'true', 'false'],
  retries: [0, 1, 2147483647],
  'max.in.flight.requests.per.connection': [1, 5, 6],
  'transactional.id': ['x', ''],
  'transaction.two.phase.commit.enable': [true, false],
  'transaction.timeout.ms': [1, 60000],
  'linger.ms': [0, 5, 100],
  'request.timeout.ms': [1, 10, 30000],
  'delivery.timeout.ms': [0, 100, 30004, 30005, 120000],
  'reconnect.backoff.ms': [0, 50, 2000],
  'reconnect.backoff.max.ms': [0, 50, 1000],
  'retry.backoff.ms': [0, 100, 3000],
  'compression.type': ['none', 'gzip', 'lz4', 'zstd', 'snappy'],
};
const FITTING_KEYS = Object.keys(FITTING);

/** The case of this seed; equal seeds give equal cases. */
export function randomSettingsCase(seed: number): CaseJson {
  const dice = createDice(createRandom(seed).fork('settings-only'));
  const producer: Record<string, Value> = {};
  const fitting = dice.below(6);
  for (let i = 0; i < fitting; i++) {
    const key = dice.pick(FITTING_KEYS);
    producer[key] = dice.pick(FITTING[key] ?? ['']);
  }
  const any = dice.below(fitting === 0 ? 3 : 2);
  for (let i = 0; i < any; i++) producer[dice.pick(KEYS)] = anyValue(dice);
  return {
    name: `settings-${seed}`,
    // A warm client would have to get along with these settings before the case begins.
    start: 'cold',
    cluster: { topics: { t: { partitions: 1 } } },
    producer,
    commands: [{ at: 0, do: 'send', topic: 't', partition: 0, valueBytes: 5 }],
    until: 30,
  };
}
