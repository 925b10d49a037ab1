/** Settings of a producer, drawn so that every one of its mechanisms is met and a run comes to rest soon. */
import type { Random } from '#base/random';
import { conflictOf } from '#engine/ProducerConfig';
import { PRESETS, presetProperties } from '#model/presets';
import { isLucky, pick } from './dice.ts';

type Properties = Readonly<Record<string, string>>;

const CHOICES: readonly (readonly [string, readonly string[]])[] = [
  ['linger.ms', ['0', '1', '5', '30']],
  ['batch.size', ['0', '200', '1000', '16384']],
  ['acks', ['all', 'all', '1', '0']],
  ['enable.idempotence', ['true', 'false', 'false']],
  ['max.in.flight.requests.per.connection', ['1', '2', '5', '7']],
  ['compression.type', ['none', 'lz4', 'zstd', 'gzip']],
  ['buffer.memory', ['3000', '20000', '33554432']],
  ['retries', ['0', '1', '4', '2147483647']],
  ['retry.backoff.ms', ['0', '10', '100']],
  ['retry.backoff.max.ms', ['10', '200', '1000']],
  ['reconnect.backoff.ms', ['10', '50']],
  ['max.request.size', ['900', '5000', '1048576']],
  ['partitioner.ignore.keys', ['true', 'false']],
  ['partitioner.availability.timeout.ms', ['0', '20']],
  ['metadata.max.age.ms', ['300', '300000']],
  ['metadata.recovery.strategy', ['none', 'rebootstrap']],
];
/** request.timeout.ms and a delivery.timeout.ms that goes with it: Kafka's two minutes would make every run long. */
const TIMEOUTS = [
  ['80', '200'],
  ['150', '1000'],
  ['400', '900'],
  ['500', '3000'],
] as const;
const PERCENT_CHANGED = 25;

export function randomProducer(random: Random, base: Properties = {}): Properties {
  const [requestTimeout, deliveryTimeout] = pick(random, TIMEOUTS);
  let producer: Record<string, string> = {
    ...presetProperties(pick(random, PRESETS)),
    'request.timeout.ms': requestTimeout,
    'delivery.timeout.ms': deliveryTimeout,
    'max.block.ms': pick(random, ['50', '400', '3000']),
    ...base,
  };
  if (conflictOf(producer) !== null) producer = { ...producer, 'linger.ms': '0', ...base };
  for (const [key, values] of CHOICES) {
    if (!isLucky(random, PERCENT_CHANGED) || key in base) continue;
    const changed = { ...producer, [key]: pick(random, values) };
    if (conflictOf(changed) === null) producer = changed;
  }
  return producer;
}

/** The transactional id is shared by the applications of a run that have one: then they fence each other. */
export function randomTransactionalProducer(random: Random): Properties {
  return randomProducer(random, {
    acks: 'all',
    'enable.idempotence': 'true',
    retries: '2147483647',
    'max.in.flight.requests.per.connection': pick(random, ['1', '5']),
    'transactional.id': isLucky(random, 80) ? 'tx-1' : 'tx-2',
    'transaction.timeout.ms': pick(random, ['1000', '4000', '60000']),
    'max.block.ms': pick(random, ['300', '3000']),
  });
}
