/**
 * What both clusters are asked, one partition of the topic `t` for each script so that none disturbs another. Partition
 * p is led by broker p modulo 3 as long as nobody dies. `say` writes a line of the protocol that is compared.
 */
import { TOPIC, type BatchShape, type Producer, type ProduceShape, type Side } from './Side.ts';

export type Say = (what: string, answer: string | readonly string[]) => void;
export type Script = (side: Side, say: Say) => Promise<void>;

export const PARTITIONS = 24;
/** A topic that needs all three replicas for acks=all. */
export const STRICT = 'strict';
/** A topic that takes small batches only. */
export const SMALL = 'small';
export const SMALL_MAX_BYTES = 300;

const NODES = 3;
const leaderOf = (partition: number): number => partition % NODES;

/** Batches of one producer to one partition, by name and sequence. */
export function sender(side: Side, say: Say, partition: number, producer: Producer, more: BatchShape = {}) {
  return async (what: string, baseSequence: number, records = 1, shape: BatchShape = {}, at?: number) => {
    const batch = { partition, ...producer, ...more, baseSequence, records, ...shape };
    say(what, await side.produce(at ?? leaderOf(partition), [batch]));
  };
}

export const logAndEnds = async (side: Side, say: Say, partition: number, topic = TOPIC): Promise<void> => {
  say(`log of ${topic}-${partition}`, await side.log(topic, partition));
  say(`ends of ${topic}-${partition}`, await side.ends(topic, partition));
};

/** Error and epoch; the id itself is the cluster's own affair. */
export const producerLine = ({ error, producerId, producerEpoch }: Producer): string =>
  `${error} epoch ${producerEpoch}${producerId < 0 ? ' without id' : ''}`;

export const sequences: Script = async (side, say) => {
  const producer = await side.initProducerId(null);
  say('id', producerLine(producer));
  const send = sender(side, say, 0, producer);
  await send('the first', 0, 2);
  await send('the next', 2);
  await send('the next again', 2);
  await send('the first again', 0, 2);
  await send('a gap', 5);
  await send('the first with a record less', 0, 1);
  await send('one that overlaps', 1, 2);
  await send('one that ends where another ended', 1, 1);
  for (let sequence = 3; sequence < 8; sequence++) await send(`sequence ${sequence}`, sequence);
  await send('older than the last five', 2);
  await send('the oldest of the last five', 3);
  await send('the next after repetitions', 8);
  await logAndEnds(side, say, 0);
};

export const epochs: Script = async (side, say) => {
  const producer = await side.initProducerId(null);
  const send = sender(side, say, 1, producer);
  await send('epoch 0', 0, 3);
  await send('a newer epoch in the middle', 3, 1, { producerEpoch: 1 });
  await send('epoch 1 from 0', 0, 1, { producerEpoch: 1 });
  await send('the old epoch, next sequence', 3);
  await send('the old epoch, repeated', 0, 3);
  await send('epoch 1 repeated', 0, 1, { producerEpoch: 1 });
  await send('epoch 5 from 0', 0, 1, { producerEpoch: 5 });
  await send('epoch 1 next', 1, 1, { producerEpoch: 1 });
  await logAndEnds(side, say, 1);
};

export const strangers: Script = async (side, say) => {
  const producer = await side.initProducerId(null);
  const send = sender(side, say, 2, producer);
  await send('unknown to the partition, in the middle', 7);
  await send('its next', 8);
  await send('before it began', 6);
  const other = sender(side, say, 2, await side.initProducerId(null));
  await other('at the end of all sequences', 2147483646, 3);
  await other('after the wrap', 1);
  await other('the wrap again', 2147483646, 3);
  say('without an id', await side.produce(2, [{ partition: 2, records: 4 }]));
  say('without an id, again', await side.produce(2, [{ partition: 2, records: 4 }]));
  await logAndEnds(side, say, 2);
};

export const acknowledgements: Script = async (side, say) => {
  const batch: BatchShape = { partition: 3 };
  for (const acks of [1, -1, 0] as const) say(`acks=${acks}`, await side.produce(0, [batch], { acks }));
  say('then', await side.produce(0, [batch]));
  say('closed after a good acks=0', String(await side.hasClosed(0)));
  say('acks=0 not to the leader', await side.produce(1, [batch], { acks: 0 }));
  say('closed', String(await side.hasClosed(1)));
  await logAndEnds(side, say, 3);
};

export const wrongPlaces: Script = async (side, say) => {
  const ask = async (what: string, node: number, batch: BatchShape, request?: ProduceShape): Promise<void> =>
    say(what, await side.produce(node, [batch], request));
  await ask('not the leader, version 9', 1, { partition: 3 }, { version: 9 });
  await ask('not the leader, version 11', 1, { partition: 3 }, { version: 11 });
  await ask('not the leader, version 13', 2, { partition: 3 }, { version: 13 });
  await ask('no such partition', 0, { partition: 99 });
  await ask('no such partition, version 13', 0, { partition: 99 }, { version: 13 });
  await ask('no such topic', 0, { topic: 'nowhere' });
  await ask('no such topic, version 13', 0, { topic: 'nowhere' }, { version: 13 });
  const batches: readonly BatchShape[] = [{ partition: 6 }, { partition: 4 }, { partition: 99 }];
  say('one good, one not the leader, one unknown', await side.produce(0, batches));
};

export const sizes: Script = async (side, say) => {
  const large = { topic: SMALL, partition: 0, valueBytes: SMALL_MAX_BYTES };
  say('too large, and one of another topic', await side.produce(0, [large, { partition: 9 }]));
  const header = 61 + 8 + 2;
  const fits = { ...large, valueBytes: SMALL_MAX_BYTES - header };
  say('exactly as large as it may be', await side.produce(0, [fits]));
  say('one byte more', await side.produce(0, [{ ...fits, valueBytes: fits.valueBytes + 1 }]));
  await logAndEnds(side, say, 0, SMALL);
};
