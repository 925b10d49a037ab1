/** Fault rules of a random case. */
import type { Stage } from '../randomCase.ts';
import type { Dice } from './dice.ts';

type FaultJson = Record<string, unknown>;

const PRODUCE_ERRORS = [
  'NOT_LEADER_OR_FOLLOWER',
  'LEADER_NOT_AVAILABLE',
  'REQUEST_TIMED_OUT',
  'NETWORK_EXCEPTION',
  'NOT_ENOUGH_REPLICAS',
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'CORRUPT_MESSAGE',
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
  'DUPLICATE_SEQUENCE_NUMBER',
  'INVALID_PRODUCER_EPOCH',
  'INVALID_RECORD',
  'TOPIC_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  'INVALID_PRODUCER_ID_MAPPING',
  'INVALID_TXN_STATE',
  'CONCURRENT_TRANSACTIONS',
  'TRANSACTION_ABORTABLE',
  'PRODUCER_FENCED',
  'KAFKA_STORAGE_ERROR',
  'FENCED_LEADER_EPOCH',
  'UNSUPPORTED_FOR_MESSAGE_FORMAT',
  'INVALID_TIMESTAMP',
  'INVALID_REQUIRED_ACKS',
  'THROTTLING_QUOTA_EXCEEDED',
  'UNKNOWN_SERVER_ERROR',
  'UNKNOWN_TOPIC_ID',
] as const;

const SPLITS = 'MESSAGE_TOO_LARGE';

const COORDINATOR_ERRORS = [
  'COORDINATOR_NOT_AVAILABLE',
  'COORDINATOR_LOAD_IN_PROGRESS',
  'NOT_COORDINATOR',
  'CONCURRENT_TRANSACTIONS',
  'INVALID_PRODUCER_EPOCH',
  'PRODUCER_FENCED',
  'INVALID_PRODUCER_ID_MAPPING',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_TXN_STATE',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'TOPIC_AUTHORIZATION_FAILED',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'OPERATION_NOT_ATTEMPTED',
  'TRANSACTION_ABORTABLE',
  'UNSUPPORTED_VERSION',
  'REQUEST_TIMED_OUT',
  'UNKNOWN_SERVER_ERROR',
] as const;

const METADATA_ERRORS = [
  'LEADER_NOT_AVAILABLE',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'TOPIC_AUTHORIZATION_FAILED',
  'INVALID_TOPIC_EXCEPTION',
  'REQUEST_TIMED_OUT',
  'UNKNOWN_SERVER_ERROR',
] as const;

/** Weights: requests that every transaction makes, and the two of sendOffsetsToTransaction. */
const COORDINATOR_APIS = [
  [20, 'INIT_PRODUCER_ID'],
  [20, 'FIND_COORDINATOR'],
  [20, 'ADD_PARTITIONS_TO_TXN'],
  [20, 'END_TXN'],
  [10, 'ADD_OFFSETS_TO_TXN'],
  [10, 'TXN_OFFSET_COMMIT'],
] as const;

function randomMatch(dice: Dice, stage: Stage, api: string): FaultJson {
  const match: FaultJson = api === 'PRODUCE' ? {} : { api };
  const first = 1 + dice.below(5);
  if (dice.chance(60)) match['nth'] = dice.chance(60) ? first : [first, first + dice.below(4)];
  if (dice.chance(12)) match['node'] = dice.below(stage.nodes);
  if ((api === 'PRODUCE' || api === 'METADATA') && dice.chance(20))
    match['topic'] = dice.pick(stage.topics).topic;
  if (api === 'PRODUCE' && dice.chance(20)) match['partition'] = dice.below(3);
  if (dice.chance(50)) match['times'] = 1 + dice.below(3);
  if (dice.chance(12)) match['from'] = dice.below(stage.untilMs);
  if (dice.chance(12)) match['to'] = dice.below(stage.untilMs);
  return match;
}

/** How the answer comes, whatever it says. */
function randomDelivery(dice: Dice): FaultJson {
  return dice.weighted<FaultJson>([
    [55, {}],
    [15, { delayMs: dice.pick([0, 3, 20, 80, 300]) }],
    [12, { noAnswer: true }],
    [14, { disconnect: true }],
    [4, { disconnect: true, delayMs: dice.pick([0, 30]) }],
  ]);
}

function produceAnswer(dice: Dice, maySplit: boolean): FaultJson {
  const answer: FaultJson = { ...randomDelivery(dice) };
  if (dice.chance(75)) answer['error'] = dice.pick(maySplit ? [...PRODUCE_ERRORS, SPLITS] : PRODUCE_ERRORS);
  if (dice.chance(20)) answer['appended'] = dice.chance(80);
  if (dice.chance(8)) answer['throttleMs'] = dice.pick([5, 30, 100]);
  if (dice.chance(6)) answer['message'] = 'the broker says no';
  if (dice.chance(5))
    answer['recordErrors'] = [{ index: 0, ...(dice.chance(60) ? { message: 'bad record' } : {}) }];
  if (dice.chance(5)) answer['logStartOffset'] = dice.pick([-1, 0, 1, 10, 1000]);
  if (dice.chance(2)) answer['baseOffset'] = dice.pick([-1, 77]);
  if (dice.chance(5)) answer['currentLeader'] = { leader: dice.below(3), epoch: dice.below(6) };
  return answer;
}

export function randomFaults(dice: Dice, stage: Stage): readonly FaultJson[] {
  const count = dice.weighted([
    [30, 0],
    [35, 1],
    [20, 2],
    [15, 4],
  ]);
  return Array.from({ length: count }, () => randomFault(dice, stage));
}

export function randomFault(dice: Dice, stage: Stage): FaultJson {
  const coordinated = stage.flavour === 'transactional' ? 45 : 8;
  const api = dice.weighted<string>([
    [60, 'PRODUCE'],
    [12, 'METADATA'],
    [4, 'API_VERSIONS'],
    [coordinated, dice.weighted<string>(COORDINATOR_APIS)],
  ]);
  const match = randomMatch(dice, stage, api);
  if (api === 'PRODUCE') return { match, answer: produceAnswer(dice, stage.maySplit) };
  const answer: FaultJson = { ...randomDelivery(dice) };
  if (api === 'METADATA' && dice.chance(60)) answer['error'] = dice.pick(METADATA_ERRORS);
  if (api !== 'METADATA' && api !== 'API_VERSIONS' && dice.chance(80))
    answer['error'] = dice.pick(COORDINATOR_ERRORS);
  return { match, answer };
}
