/** What the application and the world do in a random case. */
import type { Stage } from '../randomCase.ts';
import type { Dice } from './dice.ts';

type CommandJson = Record<string, unknown>;

function randomSend(dice: Dice, stage: Stage, at: number): CommandJson {
  const { topic, partitions } = dice.pick(stage.topics);
  const command: CommandJson = { at, do: 'send', topic: dice.chance(2) ? 'unknown' : topic };
  if (dice.chance(45)) command['partition'] = dice.below(partitions + (dice.chance(3) ? 2 : 0));
  if (dice.chance(25)) command['key'] = dice.pick(['a', 'b', 'key-1', 'key-2', '', 'ключ', 'zz']);
  if (dice.chance(10)) command['value'] = dice.pick(['', 'hello', 'grüße', '{"id":1}']);
  else if (dice.chance(95))
    command['valueBytes'] = dice.pick([0, 1, 10, 10, 40, 40, 63, 64, 100, 150, 300, 1000]);
  if (dice.chance(10))
    command['headers'] = Array.from({ length: 1 + dice.below(2) }, (_, i) => ({
      key: `h${i}`,
      valueBytes: dice.below(20) - 1,
    }));
  if (dice.chance(8)) command['timestamp'] = dice.pick([0, at, at + 500, -300, 5000]);
  if (dice.chance(12)) command['sync'] = true;
  if (dice.chance(35)) {
    command['count'] = 1 + dice.below(12);
    if (dice.chance(40)) command['everyMs'] = dice.pick([1, 1, 2, 3, 7, 20]);
  }
  return command;
}

function randomWorld(dice: Dice, stage: Stage, at: number): CommandJson {
  const { topic, partitions } = dice.pick(stage.topics);
  const node = dice.below(stage.nodes);
  return dice.weighted<CommandJson>([
    [
      40,
      {
        at,
        do: 'leaderChange',
        topic,
        partition: dice.below(partitions),
        leader: dice.chance(12) ? -1 : node,
        ...(dice.chance(35) ? { metadataAt: at + dice.pick([1, 20, 100, 300]) } : {}),
        ...(dice.chance(8) ? { epoch: dice.below(6) } : {}),
      },
    ],
    [30, { at, do: 'disconnect', node }],
    [20, { at, do: 'refuseConnections', node, ...(dice.chance(50) ? { on: dice.chance(40) } : {}) }],
    [10, { at, do: 'fence', transactionalId: dice.pick(['x', 'my-tx']) }],
    [5, { at, do: 'createTopic', topic: 'unknown', partitions: 1 + dice.below(3) }],
  ]);
}

function randomOffsets(dice: Dice, stage: Stage, at: number): CommandJson {
  const { topic, partitions } = dice.pick(stage.topics);
  const names = Array.from({ length: 1 + dice.below(2) }, () => `${topic}-${dice.below(partitions)}`);
  return {
    at,
    do: 'sendOffsetsToTransaction',
    group: 'g',
    offsets: Object.fromEntries(names.map((name) => [name, dice.below(100)])),
    ...(dice.chance(20) ? { generation: dice.below(5), member: 'm' } : {}),
  };
}

/** A thread's life in transactions: mostly in the order that Java wants. */
function transactions(dice: Dice, stage: Stage): readonly CommandJson[] {
  const commands: CommandJson[] = [];
  let at = dice.chance(80) ? 0 : dice.below(20);
  if (dice.chance(97)) commands.push({ at, do: 'initTransactions' });
  const rounds = 1 + dice.below(4);
  for (let round = 0; round < rounds; round++) {
    at += dice.pick([0, 0, 1, 15, 60]);
    if (dice.chance(97)) commands.push({ at, do: 'beginTransaction' });
    const sends = dice.below(4);
    for (let i = 0; i < sends; i++) {
      at += dice.pick([0, 0, 1, 5, 20]);
      commands.push(randomSend(dice, stage, at));
    }
    if (dice.chance(10)) commands.push({ at, do: 'flush' });
    if (dice.chance(20)) commands.push(randomOffsets(dice, stage, at));
    at += dice.pick([0, 0, 2, 30, 120]);
    const end = dice.chance(70) ? 'commitTransaction' : 'abortTransaction';
    commands.push({ at, do: end });
    if (dice.chance(15)) commands.push({ at: at + dice.below(50), do: 'abortTransaction' });
    at += dice.pick([0, 10, 40]);
  }
  return commands.map((command) => ({ ...command, at: Math.min(Number(command['at']), stage.untilMs) }));
}

function otherCall(dice: Dice, stage: Stage, at: number): CommandJson {
  return dice.weighted<CommandJson>([
    [60, { at, do: 'flush' }],
    [15, { at, do: 'partitionsFor', topic: dice.chance(80) ? dice.pick(stage.topics).topic : 'unknown' }],
    [25, { at, do: 'close', ...(dice.chance(70) ? { timeoutMs: dice.pick([0, 1, 20, 100, 1000]) } : {}) }],
    [
      2,
      {
        at,
        do: dice.pick(['beginTransaction', 'commitTransaction', 'abortTransaction', 'initTransactions']),
      },
    ],
  ]);
}

/** Any one command, at any time. */
export function randomCommand(dice: Dice, stage: Stage): CommandJson {
  const at = dice.below(stage.untilMs);
  return dice.weighted<CommandJson>([
    [40, randomSend(dice, stage, at)],
    [30, randomWorld(dice, stage, at)],
    [20, otherCall(dice, stage, at)],
    [10, { ...randomSend(dice, stage, at), thread: 'second' }],
  ]);
}

export function randomCommands(dice: Dice, stage: Stage): readonly CommandJson[] {
  const commands: CommandJson[] = [];
  const span = Math.floor(stage.untilMs * 0.7);
  const moments = [0, 0, 0, 5, dice.below(span), dice.below(span), dice.below(span)];
  const moment = (): number => dice.pick(moments) + dice.pick([0, 0, 1, 3, 12]);
  const threads = dice.weighted([
    [60, ['main']],
    [30, ['main', 'second']],
    [10, ['main', 'second', 'third']],
  ]);
  const onThread = (command: CommandJson): CommandJson => {
    const thread = dice.pick(threads);
    return thread === 'main' ? command : { ...command, thread };
  };
  if (stage.flavour === 'transactional') commands.push(...transactions(dice, stage));
  const sends = stage.flavour === 'transactional' ? dice.below(2) : 1 + dice.below(7);
  for (let i = 0; i < sends; i++) commands.push(onThread(randomSend(dice, stage, moment())));
  const calls = dice.weighted([
    [60, 0],
    [30, 1],
    [10, 2],
  ]);
  for (let i = 0; i < calls; i++) commands.push(onThread(otherCall(dice, stage, moment())));
  const changes = dice.weighted([
    [50, 0],
    [25, 1],
    [15, 2],
    [10, 4],
  ]);
  for (let i = 0; i < changes; i++) commands.push(randomWorld(dice, stage, moment()));
  return commands;
}
