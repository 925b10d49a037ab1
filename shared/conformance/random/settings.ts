/** Producer settings of random cases: mostly valid, small enough for every limit to be met. */
import type { Dice } from './dice.ts';

export type Flavour = 'idempotent' | 'transactional' | 'plain' | 'tight-memory';

type Settings = Record<string, string | number | boolean>;

/** Each of these on its own, with this chance in a hundred. */
const OFTEN: readonly (readonly [string, number, readonly (string | number | boolean)[]])[] = [
  ['batch.size', 60, [0, 1, 90, 120, 200, 400, 1000, 5000]],
  ['linger.ms', 70, [0, 1, 2, 5, 10, 40, 200]],
  ['max.block.ms', 40, [0, 5, 20, 60, 200, 600]],
  ['max.request.size', 15, [90, 150, 250, 500, 2000]],
  ['retry.backoff.ms', 40, [0, 1, 5, 20, 50, 300]],
  ['retry.backoff.max.ms', 25, [0, 10, 40, 100, 400, 2000]],
  ['reconnect.backoff.ms', 20, [0, 5, 20, 100]],
  ['reconnect.backoff.max.ms', 20, [0, 20, 100, 500]],
  ['metadata.max.age.ms', 15, [0, 10, 50, 200, 1000]],
  ['metadata.max.idle.ms', 5, [5000, 6000]],
  ['compression.type', 15, ['gzip', 'snappy', 'lz4', 'zstd', 'none']],
  ['partitioner.class', 8, ['org.apache.kafka.clients.producer.RoundRobinPartitioner']],
  ['partitioner.ignore.keys', 15, [true, false]],
  ['partitioner.adaptive.partitioning.enable', 15, [true, false]],
  ['partitioner.availability.timeout.ms', 20, [0, 1, 10, 50, 200]],
  ['metadata.recovery.strategy', 15, ['none', 'rebootstrap']],
  ['metadata.recovery.rebootstrap.trigger.ms', 10, [0, 20, 100, 500]],
  ['socket.connection.setup.timeout.ms', 15, [5, 20, 50, 100]],
  ['socket.connection.setup.timeout.max.ms', 15, [20, 60, 300]],
  ['metrics.sample.window.ms', 5, [50, 200, 1000]],
  ['metrics.num.samples', 5, [1, 2, 5]],
  ['client.id', 4, ['c', 'a-rather-long-client-id', 'ü']],
  ['transaction.timeout.ms', 5, [100, 10000]],
  // Values that Java refuses, or refuses in combination.
  ['batch.size', 1, [-1]],
  ['acks', 2, ['2', '1', 'ALL', '0', '-1', 'all']],
  ['linger.ms', 1, [-5]],
  ['buffer.memory', 1, [-1, 0]],
];

function timeouts(dice: Dice, settings: Settings): void {
  if (!dice.chance(45)) return;
  const linger = Number(settings['linger.ms'] ?? 5);
  const requestTimeoutMs = dice.pick([10, 25, 60, 150, 400]);
  settings['request.timeout.ms'] = requestTimeoutMs;
  const least = Math.max(0, linger) + requestTimeoutMs;
  if (dice.chance(80)) settings['delivery.timeout.ms'] = least + dice.pick([0, 1, 20, 100, 500]);
  if (dice.chance(4)) settings['delivery.timeout.ms'] = Math.max(0, least - 1);
}

function flavoured(dice: Dice, flavour: Flavour, settings: Settings): void {
  const inFlight = (values: readonly number[]): void => {
    if (dice.chance(45)) settings['max.in.flight.requests.per.connection'] = dice.pick(values);
  };
  switch (flavour) {
    case 'idempotent':
      inFlight([1, 2, 3, 5]);
      if (dice.chance(20)) settings['retries'] = dice.pick([1, 2, 5]);
      break;
    case 'transactional':
      settings['transactional.id'] = dice.pick(['x', 'my-tx']);
      inFlight([1, 2, 5]);
      if (dice.chance(3)) settings['transaction.two.phase.commit.enable'] = true;
      break;
    case 'plain':
      settings['enable.idempotence'] = false;
      if (dice.chance(70)) settings['acks'] = dice.pick(['0', '1', 'all', '-1']);
      if (dice.chance(40)) settings['retries'] = dice.pick([0, 1, 2, 5]);
      inFlight([1, 2, 5, 7]);
      break;
    case 'tight-memory':
      settings['buffer.memory'] = dice.pick([100, 200, 400, 450, 900, 2000]);
      if (dice.chance(40)) settings['enable.idempotence'] = false;
      inFlight([1, 2, 5]);
      break;
  }
}

export function randomSettings(dice: Dice, flavour: Flavour): Settings {
  const settings: Settings = {};
  for (const [name, percent, values] of OFTEN) {
    if (!dice.chance(percent)) continue;
    const value = dice.pick(values);
    // Properties files know only texts.
    settings[name] = dice.chance(4) ? String(value) : value;
  }
  timeouts(dice, settings);
  flavoured(dice, flavour, settings);
  return settings;
}
