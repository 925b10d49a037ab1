/** Brokers that go and come back, on both clusters. Each script leaves three brokers, full ISRs, leaders at home. */
import { logAndEnds, producerLine, sender, STRICT, type Script } from './scripts.ts';
import { TOPIC } from './Side.ts';

const IMPLICIT_ADD = 12;

/** Broker 1 leaves in order; what it knew of producers its heir knows too. */
export const leaderLeaves: Script = async (side, say) => {
  const partition = 19;
  const producer = await side.initProducerId(null);
  const send = sender(side, say, partition, producer);
  for (let sequence = 0; sequence < 6; sequence++) await send(`sequence ${sequence}`, sequence);
  await side.terminate(1);
  await side.untilLed(TOPIC, partition, (leader) => leader !== 1);
  const heir = await side.leader(TOPIC, partition);
  say('the heir', String(heir));
  await send('repeated at the heir', 5, 1, {}, heir);
  await send('older than five at the heir', 0, 1, {}, heir);
  await send('a gap at the heir', 8, 1, {}, heir);
  await send('the next at the heir', 6, 1, {}, heir);
  await send('not at the other', 7, 1, {}, 2 - heir);
  await side.restart(1);
  await side.untilIsrFull();
  await send('back, but not the leader', 7, 1, {}, 1);
  await side.electPreferredLeaders();
  await send('the leader again: repeated', 6);
  await send('the leader again: a gap', 9);
  await send('the leader again: the next', 7);
  await logAndEnds(side, say, partition);
};

/** Broker 2 is killed and comes back: it reads its own log and asks for the rest. */
export const leaderIsKilled: Script = async (side, say) => {
  const partition = 20;
  const producer = await side.initProducerId(null);
  const send = sender(side, say, partition, producer);
  for (let sequence = 0; sequence < 3; sequence++) await send(`sequence ${sequence}`, sequence);
  const id = 'survivor';
  const owner = await side.initProducerId(id);
  const shape = { partition, ...owner, isTransactional: true };
  const request = { transactionalId: id, version: IMPLICIT_ADD };
  say('open transaction', await side.produce(2, [{ ...shape, baseSequence: 0 }], request));
  await side.kill(2);
  await side.untilLed(TOPIC, partition, (leader) => leader !== 2);
  await side.untilIsrHas(2);
  const heir = await side.leader(TOPIC, partition);
  say('the heir', String(heir));
  await send('repeated at the heir', 2, 1, {}, heir);
  await send('the next at the heir', 3, 1, {}, heir);
  say('transaction goes on', await side.produce(heir, [{ ...shape, baseSequence: 1 }], request));
  say('open', await side.ends(TOPIC, partition));
  say('commit', producerLine(await side.endTransaction(id, owner, true, 5)));
  await side.restart(2);
  await side.untilIsrFull();
  await side.electPreferredLeaders();
  say('init after the commit', producerLine(await side.initProducerId(id)));
  await send('the leader again: repeated', 3);
  await send('the leader again: the next', 4);
  await logAndEnds(side, say, partition);
};

/** One follower less than acks=all needs. */
export const notEnoughReplicas: Script = async (side, say) => {
  const strict = { topic: STRICT, partition: 0 };
  say('all are there', await side.produce(0, [strict]));
  await side.kill(2);
  await side.untilIsrHas(2);
  say('acks=-1', await side.produce(0, [strict]));
  say('acks=1', await side.produce(0, [strict], { acks: 1 }));
  say('a topic that needs two', await side.produce(0, [{ partition: 21 }]));
  const both = [strict, { partition: 21 }];
  say('both', await side.produce(0, both));
  await logAndEnds(side, say, 0, STRICT);
  await side.restart(2);
  await side.untilIsrFull();
  say('all are there again', await side.produce(0, [strict]));
  await logAndEnds(side, say, 0, STRICT);
  await side.electPreferredLeaders();
};

/** A follower that is frozen is in the ISR for a while: acks=all waits for it, and not for ever. */
export const followerIsFrozen: Script = async (side, say) => {
  const batch = { partition: 21 };
  say('before', await side.produce(0, [batch]));
  await side.freeze(2);
  say('acks=1', await side.produce(0, [batch], { acks: 1 }));
  // Well within replica.lag.time.max.ms, also on a busy machine; the ends right after it would be a race.
  say('acks=-1, impatient', await side.produce(0, [batch], { timeoutMs: 300 }));
  say('acks=-1, patient', await side.produce(0, [batch], { timeoutMs: 30_000 }));
  await side.untilIsrHas(2);
  say('ends without it', await side.ends(TOPIC, 21));
  await side.restart(2);
  await side.untilIsrFull();
  await side.electPreferredLeaders();
  await logAndEnds(side, say, 21);
};
