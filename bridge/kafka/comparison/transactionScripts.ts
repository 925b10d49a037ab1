/** Transactions on both clusters: with both protocols, with markers, with owners that are fenced. */
import { logAndEnds, producerLine, type Say, type Script } from './scripts.ts';
import type { BatchShape, Producer, Side } from './Side.ts';

const TIMEOUT_MS = 60_000;
/** The first version in which the leader adds the partition to the transaction (KIP-890). */
const IMPLICIT_ADD = 12;
const EXPLICIT_ADD = 11;
const RAISES_EPOCH = 5;
const KEEPS_EPOCH = 4;

/** Batches of one transactional producer to one partition; partition p is led by p modulo 3. */
const writer =
  (side: Side, say: Say, transactionalId: string, partition: number, version: number) =>
  async (what: string, producer: Producer, baseSequence: number, shape: BatchShape = {}): Promise<void> => {
    const batch = { partition, ...producer, baseSequence, isTransactional: true, ...shape };
    say(what, await side.produce(partition % 3, [batch], { transactionalId, version }));
  };

export const versionOne: Script = async (side, say) => {
  const id = 'one';
  const producer = await side.initProducerId(id);
  say('init', producerLine(producer));
  const write = writer(side, say, id, 12, EXPLICIT_ADD);
  const end = async (what: string, committed: boolean): Promise<void> =>
    say(what, producerLine(await side.endTransaction(id, producer, committed, KEEPS_EPOCH)));
  await write('before the partition is added', producer, 0);
  await end('commit of nothing', true);
  say('add', await side.addPartitions(id, producer, [12]));
  await write('first', producer, 0);
  say('open', await side.ends('t', 12));
  say('add again', await side.addPartitions(id, producer, [12]));
  await end('commit', true);
  await end('commit again', true);
  await end('abort after commit', false);
  say('add', await side.addPartitions(id, producer, [12, 13]));
  await write('the next transaction', producer, 1);
  await write('repeated', producer, 1);
  await write('a gap', producer, 5);
  await end('abort', false);
  await end('abort again', false);
  await write('after the end', producer, 2);
  // The markers of what has ended may still be on their way; this waits for them.
  say('add', await side.addPartitions(id, producer, [13]));
  await end('abort', false);
  say('init again', producerLine(await side.initProducerId(id)));
  await logAndEnds(side, say, 12);
  await logAndEnds(side, say, 13);
};

export const versionTwo: Script = async (side, say) => {
  const id = 'two';
  const first = await side.initProducerId(id);
  const write = writer(side, say, id, 14, IMPLICIT_ADD);
  await write('in the middle', first, 3);
  await write('the first', first, 0);
  await write('repeated', first, 0);
  say('open', await side.ends('t', 14));
  const second = await side.endTransaction(id, first, true, RAISES_EPOCH);
  say('commit', producerLine(second));
  say('commit again', producerLine(await side.endTransaction(id, first, true, RAISES_EPOCH)));
  say('abort instead', producerLine(await side.endTransaction(id, first, false, RAISES_EPOCH)));
  await write('the old epoch', first, 1);
  await write('the new epoch in the middle', second, 1);
  await write('the new epoch', second, 0);
  await write('plain in between', second, 1, { isTransactional: false });
  const third = await side.endTransaction(id, second, false, RAISES_EPOCH);
  say('abort', producerLine(third));
  const fourth = await side.endTransaction(id, third, false, RAISES_EPOCH);
  say('abort of nothing', producerLine(fourth));
  say('commit of nothing', producerLine(await side.endTransaction(id, fourth, true, RAISES_EPOCH)));
  await write('two batches', fourth, 0);
  await write('two batches', fourth, 1);
  say('commit', producerLine(await side.endTransaction(id, fourth, true, RAISES_EPOCH)));
  say('id afterwards', producerLine(await side.initProducerId(id)));
  await logAndEnds(side, say, 14);
};

export const fencing: Script = async (side, say) => {
  const id = 'fenced';
  const zombie = await side.initProducerId(id);
  const write = writer(side, say, id, 15, IMPLICIT_ADD);
  await write('the first owner writes', zombie, 0);
  const owner = await side.initProducerId(id);
  say('the second owner, while a transaction is open', producerLine(owner));
  await write('the first owner again', zombie, 1);
  say('commit of the first', producerLine(await side.endTransaction(id, zombie, true, RAISES_EPOCH)));
  say('commit of the first, old', producerLine(await side.endTransaction(id, zombie, true, KEEPS_EPOCH)));
  say('add of the first', await side.addPartitions(id, zombie, [15]));
  say('init of the first', producerLine(await side.initProducerId(id, zombie)));
  await write('the second owner', owner, 0);
  const next = await side.endTransaction(id, owner, true, RAISES_EPOCH);
  say('commit of the second', producerLine(next));
  say('its own new epoch', producerLine(await side.initProducerId(id, next)));
  await logAndEnds(side, say, 15);
};

/**
 * Between the fence and the second owner's epoch: an abort of the first is taken for a repetition of the abort that the
 * fence has made, since its epoch is the one before, and is answered with the new epoch.
 */
export const fencedOwnerAborts: Script = async (side, say) => {
  const id = 'fenced-aborts';
  const zombie = await side.initProducerId(id);
  const write = writer(side, say, id, 18, IMPLICIT_ADD);
  await write('the first owner writes', zombie, 0);
  say('the second owner asks once', (await side.initProducerIdOnce(id)).error);
  const revived = await side.endTransaction(id, zombie, false, RAISES_EPOCH);
  say('abort of the first', producerLine(revived));
  await write('the first owner goes on', revived, 0);
  const owner = await side.initProducerId(id);
  say('the second owner asks on', producerLine(owner));
  await write('the first owner again', revived, 1);
  say('abort of the first', producerLine(await side.endTransaction(id, revived, false, RAISES_EPOCH)));
  await logAndEnds(side, say, 18);
};

export const fencingOfVersionOne: Script = async (side, say) => {
  const id = 'fenced-one';
  const zombie = await side.initProducerId(id);
  say('add', await side.addPartitions(id, zombie, [16]));
  const write = writer(side, say, id, 16, EXPLICIT_ADD);
  await write('the first owner writes', zombie, 0);
  const owner = await side.initProducerId(id);
  say('the second owner', producerLine(owner));
  await write('the first owner again', zombie, 1);
  say('add of the first', await side.addPartitions(id, zombie, [16]));
  say('commit of the first', producerLine(await side.endTransaction(id, zombie, true, KEEPS_EPOCH)));
  say('add of the second', await side.addPartitions(id, owner, [16]));
  await write('the second owner', owner, 0);
  say('commit of the second', producerLine(await side.endTransaction(id, owner, true, KEEPS_EPOCH)));
  say('its own new epoch', producerLine(await side.initProducerId(id, owner)));
  await logAndEnds(side, say, 16);
};

export const strangersToTheCoordinator: Script = async (side, say) => {
  const nobody: Producer = { error: 'NONE', producerId: 424_242, producerEpoch: 0 };
  say('add', await side.addPartitions('nobody', nobody, [17]));
  say('end, old', producerLine(await side.endTransaction('nobody', nobody, true, KEEPS_EPOCH)));
  say('end', producerLine(await side.endTransaction('nobody', nobody, true, RAISES_EPOCH)));
  for (const version of [EXPLICIT_ADD, IMPLICIT_ADD]) {
    await writer(side, say, 'nobody', 17, version)(`write, version ${version}`, nobody, 0);
  }
  const id = 'known';
  const known = await side.initProducerId(id);
  const another: Producer = { ...known, producerId: nobody.producerId };
  say('another id', producerLine(await side.endTransaction(id, another, true, RAISES_EPOCH)));
  say('another id, init', producerLine(await side.initProducerId(id, another)));
  say('an epoch to come', producerLine(await side.initProducerId(id, { ...known, producerEpoch: 7 })));
  await writer(side, say, id, 17, IMPLICIT_ADD)('write, epoch to come', { ...known, producerEpoch: 7 }, 0);
  say('a limit too long', producerLine(await side.initProducerId(id, undefined, 1_000_000_000)));
  say('no limit', producerLine(await side.initProducerId(id, undefined, 0)));
  say('no transactional id', producerLine(await side.initProducerId(null, undefined, TIMEOUT_MS)));
  await logAndEnds(side, say, 17);
};
