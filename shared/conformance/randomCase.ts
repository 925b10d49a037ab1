/**
 * Cases nobody thought of: every kind of setting, command, fault and start that FORMAT.md has, drawn from a seed.
 * Values are small and close together, so that limits, time-outs and back-offs meet each other.
 */
import { createRandom, type Random } from '#base/random';
import { randomCommands } from './random/commands.ts';
import { createDice, type Dice } from './random/dice.ts';
import { randomFaults } from './random/faults.ts';
import { randomSettings, type Flavour } from './random/settings.ts';

/** A case as JSON has it. */
export interface CaseJson {
  readonly name: string;
  readonly start?: 'warm' | 'cold';
  readonly cluster: Readonly<Record<string, unknown>>;
  readonly network?: Readonly<Record<string, unknown>>;
  readonly producer: Readonly<Record<string, unknown>>;
  readonly random?: Readonly<Record<string, unknown>>;
  readonly codec?: Readonly<Record<string, unknown>>;
  readonly commands: readonly Readonly<Record<string, unknown>>[];
  readonly faults?: readonly Readonly<Record<string, unknown>>[];
  readonly interceptors?: readonly Readonly<Record<string, unknown>>[];
  readonly report?: readonly string[];
  readonly until: number;
}

/** What the drawn parts of one case have to know of each other. */
export interface Stage {
  readonly nodes: number;
  readonly topics: readonly { readonly topic: string; readonly partitions: number }[];
  readonly untilMs: number;
  readonly flavour: Flavour;
  readonly producer: Readonly<Record<string, unknown>>;
  /** Whether brokers may call a batch too large: of compressed ones the oracle unpacks only gzip (FORMAT.md §8). */
  readonly maySplit: boolean;
}

const RATIOS = [0.2, 0.5, 0.9, 1, 1.1, 2, 3];
/** Real gzip of the smallest batch fits. */
const ROOMY_RATIOS = [8, 10, 15];

function randomFlavour(dice: Dice): Flavour {
  return dice.weighted([
    [35, 'idempotent'],
    [25, 'transactional'],
    [25, 'plain'],
    [15, 'tight-memory'],
  ]);
}

const TOPICS = [
  't',
  'orders',
  'a-b.c',
  'payments',
  'Zz',
  'clicks',
  'audit.log',
  'AaAa',
  'BBBB',
  'AaBB',
  'users',
  'x-1',
  'x_2',
  'events.dlq',
];

function randomTopics(dice: Dice): Stage['topics'] {
  const count = dice.weighted([
    [70, 1],
    [25, 2],
    [5, 3],
    [3, TOPICS.length],
  ]);
  return Array.from({ length: count }, (_, i) => ({
    topic: TOPICS[i] ?? 't',
    partitions: dice.weighted([
      [30, 1],
      [30, 2],
      [20, 3],
      [15, 6],
      [5, 13],
      [2, 40],
    ]),
  }));
}

function randomCluster(dice: Dice, stage: Stage): Readonly<Record<string, unknown>> {
  const leader = (): number => (dice.chance(8) ? -1 : dice.below(stage.nodes));
  const topics = stage.topics.map(({ topic, partitions }) => [
    topic,
    {
      partitions,
      ...(dice.chance(30) ? { leaders: Array.from({ length: partitions }, leader) } : {}),
      ...(dice.chance(10) ? { epochs: Array.from({ length: partitions }, () => dice.below(5)) } : {}),
    },
  ]);
  const bootstrap = Array.from({ length: 1 + dice.below(2) }, () => dice.below(stage.nodes));
  return {
    nodes: stage.nodes,
    topics: Object.fromEntries(topics),
    ...(dice.chance(30) ? { bootstrap } : {}),
    ...(dice.chance(40) ? { transactionVersion: 1 } : {}),
    ...(dice.chance(40) ? { coordinator: dice.below(stage.nodes) } : {}),
    ...(dice.chance(10) ? { groupCoordinator: dice.below(stage.nodes) } : {}),
    ...(stage.maySplit && dice.chance(15) ? { maxMessageBytes: dice.pick([80, 150, 300, 600]) } : {}),
    ...(dice.chance(20) ? { leaderHints: false } : {}),
  };
}

function randomNetwork(dice: Dice, stage: Stage): Readonly<Record<string, unknown>> {
  const refused = dice.chance(6) && stage.nodes > 1;
  return {
    ...(dice.chance(20) ? { connectMs: dice.pick([0, 2, 10, 60]) } : {}),
    ...(dice.chance(15) ? { apiVersionsMs: dice.pick([0, 3, 15]) } : {}),
    ...(dice.chance(20) ? { metadataMs: dice.pick([0, 1, 8, 40]) } : {}),
    ...(dice.chance(50) ? { latencyMs: dice.pick([0, 1, 2, 5, 20, 50, 150]) } : {}),
    ...(dice.chance(20) ? { serialBroker: true } : {}),
    ...(refused ? { refuse: [dice.below(stage.nodes)] } : {}),
  };
}

function randomness(dice: Dice): Readonly<Record<string, unknown>> {
  const sticky = dice.weighted<unknown>([
    [40, null],
    [30, { seed: dice.below(1000) }],
    [30, Array.from({ length: 1 + dice.below(6) }, () => dice.below(50))],
  ]);
  return {
    ...(sticky === null ? {} : { sticky }),
    ...(dice.chance(30) ? { leastLoadedOffset: dice.below(7) } : {}),
    ...(dice.chance(25) ? { jitter: dice.below(1000) } : {}),
  };
}

function randomInterceptors(dice: Dice): NonNullable<CaseJson['interceptors']> {
  if (!dice.chance(12)) return [];
  return Array.from({ length: 1 + dice.below(2) }, (_, i) => ({
    name: `i${i}`,
    ...(dice.chance(30) ? { throwsOnSend: [dice.pick([-1, 1, 2])] } : {}),
    ...(dice.chance(30) ? { throwsOnAcknowledgement: true } : {}),
    ...(dice.chance(40) ? { addsHeaderBytes: dice.below(20) } : {}),
  }));
}

/**
 * A partition without leader or metadata that grow old at once, and hardly a back-off: a client asks for metadata all
 * the time, so that it is never idle, as a warm start has it.
 */
function isRestless(
  cluster: Readonly<Record<string, unknown>>,
  producer: Readonly<Record<string, unknown>>,
): boolean {
  const backoffs = [producer['retry.backoff.ms'], producer['retry.backoff.max.ms']];
  const asks = JSON.stringify(cluster).includes('-1') || producer['metadata.max.age.ms'] !== undefined;
  return asks && backoffs.some((ms) => ms !== undefined && Number(ms) < 25);
}

/** The case of this seed; equal seeds give equal cases. */
export function randomCase(seed: number): CaseJson {
  const random: Random = createRandom(seed);
  const dice = createDice(random.fork('stage'));
  const flavour = randomFlavour(dice);
  const producer = randomSettings(createDice(random.fork('settings')), flavour);
  const codec = producer['compression.type'] ?? 'none';
  const maySplit = codec === 'none' || (codec === 'gzip' && dice.chance(70));
  const choice = codec === 'gzip' && maySplit ? ROOMY_RATIOS : RATIOS;
  const ratios = Array.from({ length: 1 + dice.below(4) }, () => dice.pick(choice));
  const stage: Stage = {
    nodes: dice.weighted([
      [35, 1],
      [30, 2],
      [30, 3],
      [5, 5],
      [2, 12],
    ]),
    topics: randomTopics(dice),
    untilMs: dice.pick([200, 500, 500, 1000, 1000, 3000, 12000]),
    flavour,
    producer,
    maySplit,
  };
  const cluster = randomCluster(createDice(random.fork('cluster')), stage);
  return {
    name: `random-${seed}`,
    start: dice.chance(25) || isRestless(cluster, producer) ? 'cold' : 'warm',
    cluster,
    network: randomNetwork(createDice(random.fork('network')), stage),
    producer,
    random: randomness(createDice(random.fork('random'))),
    codec: { ratios },
    interceptors: randomInterceptors(createDice(random.fork('interceptors'))),
    report: dice.chance(30) ? ['topicMetrics', 'nodeMetrics'] : [],
    commands: randomCommands(createDice(random.fork('commands')), stage),
    faults: randomFaults(createDice(random.fork('faults')), stage),
    until: stage.untilMs,
  };
}
