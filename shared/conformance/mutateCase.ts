/** A case that somebody thought of, a little different: other times, another setting, one more fault or command. */
import { createRandom } from '#base/random';
import { randomFault } from './random/faults.ts';
import { randomCommand } from './random/commands.ts';
import { createDice, type Dice } from './random/dice.ts';
import { randomSettings } from './random/settings.ts';
import type { CaseJson, Stage } from './randomCase.ts';

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/** What the drawn parts have to know of the case. */
function stageOf(one: CaseJson): Stage {
  const cluster = isObject(one.cluster) ? one.cluster : {};
  const producer = isObject(one.producer) ? one.producer : {};
  const topics = Object.entries(isObject(cluster['topics']) ? cluster['topics'] : {}).map(
    ([topic, spec]) => ({
      topic,
      partitions: isObject(spec) && typeof spec['partitions'] === 'number' ? spec['partitions'] : 1,
    }),
  );
  return {
    nodes: typeof cluster['nodes'] === 'number' ? cluster['nodes'] : 1,
    topics: topics.length === 0 ? [{ topic: 'unknown', partitions: 1 }] : topics,
    untilMs: typeof one.until === 'number' ? one.until : 1000,
    flavour: 'transactional.id' in producer ? 'transactional' : 'idempotent',
    producer,
    maySplit: !('compression.type' in producer),
  };
}

function shifted(dice: Dice, command: Json): Json {
  const at = Number(command['at']) + dice.pick([-20, -5, -1, 1, 2, 10, 100]);
  return { ...command, at: Math.max(0, at) };
}

function resized(dice: Dice, command: Json): Json {
  if (command['do'] !== 'send') return command;
  return dice.weighted<Json>([
    [40, { ...command, valueBytes: dice.pick([0, 1, 20, 60, 120, 500]), value: null }],
    [20, { ...command, count: 1 + dice.below(10) }],
    [20, { ...command, thread: dice.pick(['main', 'second']) }],
    [20, { ...command, sync: dice.chance(50) }],
  ]);
}

const NETWORK: readonly (readonly [string, readonly unknown[]])[] = [
  ['latencyMs', [0, 1, 5, 30, 100]],
  ['connectMs', [0, 5, 40]],
  ['metadataMs', [0, 10, 50]],
  ['apiVersionsMs', [0, 8]],
  ['serialBroker', [true, false]],
];
const CLUSTER: readonly (readonly [string, readonly unknown[]])[] = [
  ['transactionVersion', [1, 2]],
  ['leaderHints', [true, false]],
];

/** Puts one drawn value of a table over what is there. */
function altered(dice: Dice, part: Json | undefined, table: typeof NETWORK): Json {
  const [key, values] = dice.pick(table);
  return { ...part, [key]: dice.pick(values) };
}

/** Some of other settings; what makes a case what it is mostly stays. */
function otherSettings(dice: Dice, stage: Stage): Json {
  const drawn = Object.entries(randomSettings(dice, stage.flavour)).filter(
    ([key]) => key !== 'transactional.id' && key !== 'compression.type' && key !== 'enable.idempotence',
  );
  const [first, second] = [dice.below(drawn.length + 1), dice.below(drawn.length + 1)];
  return { ...stage.producer, ...Object.fromEntries(drawn.filter((_, i) => i === first || i === second)) };
}

function mutateOnce(dice: Dice, one: CaseJson): CaseJson {
  const stage = stageOf(one);
  const commands = one.commands ?? [];
  const faults = one.faults ?? [];
  const place = dice.below(commands.length);
  const command = commands[place];
  switch (dice.below(9)) {
    case 0:
    case 1:
      return command === undefined ? one : { ...one, commands: commands.with(place, shifted(dice, command)) };
    case 2:
      return command === undefined ? one : { ...one, commands: commands.with(place, resized(dice, command)) };
    case 3:
      return { ...one, commands: [...commands, randomCommand(dice, stage)] };
    case 4:
      return { ...one, faults: [...faults, randomFault(dice, stage)] };
    case 5:
      return { ...one, producer: otherSettings(dice, stage) };
    case 6:
      return { ...one, network: altered(dice, one.network, NETWORK) };
    case 7:
      return { ...one, cluster: altered(dice, one.cluster, CLUSTER) };
    default:
      return { ...one, start: one.start === 'cold' ? 'warm' : 'cold' };
  }
}

/** One to four changes of one of these cases; equal seeds give equal cases. */
export function mutatedCase(seed: number, originals: readonly CaseJson[]): CaseJson {
  const dice = createDice(createRandom(seed).fork('mutate'));
  let one = dice.pick(originals);
  const changes = 1 + dice.below(4);
  for (let i = 0; i < changes; i++) one = mutateOnce(dice, one);
  return { ...one, name: `${one.name}~${seed}` };
}
