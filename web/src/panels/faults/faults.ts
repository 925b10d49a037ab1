/** What can be done to a broker, its link or a partition, each with the one sentence that says what it will do. */
import type { CommandBody } from '#model/Scenario';
import type { BrokerState } from '#events/words';
import { msText } from '../../ui/format.ts';

export interface Fault {
  readonly id: string;
  readonly label: string;
  readonly sentence: string;
  /** bad: breaks something. good: heals it. */
  readonly tone: 'bad' | 'good';
  readonly command: CommandBody;
  /** Why it cannot be done here; absent: it can. */
  readonly unavailable?: string;
}

const NO_FREEZE = 'The system of the bridge has no way to stop a process and let it go on.';

/**
 * Those that this run can do: a live one does to its brokers what its bridge has in hand. A broker that can be stopped
 * but not frozen is on a system without that: the button stays and says so.
 */
export function possibleFaults(
  faults: readonly Fault[],
  commands: ReadonlySet<CommandBody['do']>,
): readonly Fault[] {
  return faults.flatMap((fault) => {
    const { do: name } = fault.command;
    if (commands.has(name)) return [fault];
    return name === 'broker.freeze' && commands.has('broker.kill')
      ? [{ ...fault, unavailable: NO_FREEZE }]
      : [];
  });
}

/** What the sentences depend on. */
export interface BrokerFacts {
  readonly node: number;
  readonly state: BrokerState;
  readonly addedUs: number;
  readonly isCut: boolean;
  readonly isStalled: boolean;
  /** What each request takes it longer. */
  readonly slowUs: number;
  readonly sessionTimeoutMs: number;
  readonly requestTimeoutMs: number;
}

const SLOW_BROKER_US = 80_000;
const SLOW_BY_US = [20_000, 200_000] as const;

/** Stop, freeze, restart, stall: the machine itself. */
export function brokerFaults(facts: BrokerFacts): readonly Fault[] {
  const { node, state } = facts;
  const session = msText(facts.sessionTimeoutMs * 1000);
  const faults: Fault[] = [];
  if (state === 'up') {
    faults.push(
      {
        id: 'kill',
        label: 'Stop',
        tone: 'bad',
        sentence: `Broker ${node} dies: its connections break at once, and after ${session} without heartbeats others lead its partitions.`,
        command: { do: 'broker.kill', node },
      },
      {
        id: 'freeze',
        label: 'Freeze',
        tone: 'bad',
        sentence: `Broker ${node} stops doing anything but keeps its connections: requests to it wait up to request.timeout.ms (${msText(facts.requestTimeoutMs * 1000)}).`,
        command: { do: 'broker.freeze', node },
      },
    );
  } else {
    faults.push({
      id: 'restart',
      label: state === 'frozen' ? 'Thaw' : 'Start again',
      tone: 'good',
      sentence:
        state === 'frozen'
          ? `Broker ${node} goes on where it stood, with every request that still waits for it.`
          : `Broker ${node} starts with the log on its disk, follows the leaders and joins the in-sync replicas again.`,
      command: { do: 'broker.restart', node },
    });
  }
  if (state === 'up') {
    faults.push(
      facts.slowUs > 0
        ? {
            id: 'fast',
            label: 'Fast again',
            tone: 'good',
            sentence: `Broker ${node} takes no longer for a request than it should.`,
            command: { do: 'broker.slow', node, addedUs: 0 },
          }
        : {
            id: 'slow',
            label: `Slow ${SLOW_BROKER_US / 1000} ms`,
            tone: 'bad',
            sentence: `Broker ${node} takes ${SLOW_BROKER_US / 1000} ms longer for each request, one after the other on a connection; its replicas fetch as before.`,
            command: { do: 'broker.slow', node, addedUs: SLOW_BROKER_US },
          },
    );
  }
  if (state !== 'down') {
    faults.push(
      facts.isStalled
        ? {
            id: 'catch-up',
            label: 'Let it fetch again',
            tone: 'good',
            sentence: `Broker ${node} fetches from the leaders again and catches up.`,
            command: { do: 'replica.catchUp', node },
          }
        : {
            id: 'stall',
            label: 'Stall replicas',
            tone: 'bad',
            sentence: `Broker ${node} leads on but does not fetch: acks=all waits for it until it is put out of the in-sync replicas.`,
            command: { do: 'replica.stall', node },
          },
    );
  }
  return faults;
}

/** Slow, cut, heal, lose: the way between the client and a broker. */
export function linkFaults(facts: BrokerFacts): readonly Fault[] {
  const { node, addedUs, isCut } = facts;
  const faults: Fault[] = [];
  if (!isCut) {
    for (const us of SLOW_BY_US) {
      if (us === addedUs) continue;
      faults.push({
        id: `slow-${us}`,
        label: `Slow link ${us / 1000} ms`,
        tone: 'bad',
        sentence: `Every request to broker ${node} and every answer takes ${us / 1000} ms longer.`,
        command: { do: 'link.set', node, addedUs: us, cut: false },
      });
    }
    faults.push({
      id: 'cut',
      label: 'Cut the link',
      tone: 'bad',
      sentence: `Nothing reaches broker ${node} any more and nothing comes back; the client finds out by its timeouts.`,
      command: { do: 'link.set', node, addedUs, cut: true },
    });
  }
  if (isCut || addedUs > 0) {
    faults.push({
      id: 'heal',
      label: 'Heal the link',
      tone: 'good',
      sentence: `The way to broker ${node} is as it was; what got lost stays lost.`,
      command: { do: 'link.set', node, addedUs: 0, cut: false },
    });
  }
  faults.push(...lossFaults(node));
  return faults;
}

/** `node` null: whichever broker is next. */
export function lossFaults(node: number | null): readonly Fault[] {
  const whose = node === null ? '' : ` of broker ${node}`;
  return [
    {
      id: 'lose-ack',
      label: 'Lose next ack',
      tone: 'bad',
      sentence: `The next answer${whose} gets lost: the records are written, and the producer does not know it.`,
      command: { do: 'next.lose', what: 'response', node },
    },
    {
      id: 'lose-request',
      label: 'Lose next request',
      tone: 'bad',
      sentence: `The next request${node === null ? '' : ` to broker ${node}`} gets lost on its way: nothing of it is written.`,
      command: { do: 'next.lose', what: 'request', node },
    },
  ];
}

/** Moving the leader away from where it is. */
export function leaderFaults(
  topic: string,
  partition: number,
  leader: number | null,
  isr: readonly number[],
): readonly Fault[] {
  return isr
    .filter((node) => node !== leader)
    .map((node) => ({
      id: `lead-${node}`,
      label: `Let broker ${node} lead`,
      tone: 'bad' as const,
      sentence: `Broker ${node} becomes leader of ${topic}-${partition}; the producer learns it from a NOT_LEADER_OR_FOLLOWER.`,
      command: { do: 'leader.move' as const, topic, partition, leader: node },
    }));
}

/** Deleting and making anew: the topic of a partition. */
export function topicFaults(topic: string, partitions: number, isDeleted: boolean): readonly Fault[] {
  if (isDeleted) {
    return [
      {
        id: 'create-topic',
        label: 'Make the topic anew',
        tone: 'good',
        sentence: `Topic ${topic} is there again with ${partitions} partitions, empty and with another id; requests with the old one are refused.`,
        command: { do: 'topic.create', topic, partitions },
      },
    ];
  }
  return [
    {
      id: 'delete-topic',
      label: 'Delete the topic',
      tone: 'bad',
      sentence: `Topic ${topic} is deleted with all that is in it; the producer gets UNKNOWN_TOPIC_ID and asks for metadata until its records time out.`,
      command: { do: 'topic.delete', topic },
    },
  ];
}
