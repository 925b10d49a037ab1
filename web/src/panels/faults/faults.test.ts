import { expect, test } from 'vitest';
import type { CommandBody } from '#model/Scenario';
import { brokerFaults, linkFaults, possibleFaults, type BrokerFacts } from './faults.ts';

const facts: BrokerFacts = {
  node: 1,
  state: 'up',
  addedUs: 0,
  isCut: false,
  isStalled: false,
  slowUs: 0,
  sessionTimeoutMs: 1500,
  requestTimeoutMs: 30_000,
};

/** Names of what can be pressed, and in parentheses of what says why it cannot. */
const offered = (...commands: CommandBody['do'][]): readonly string[] =>
  possibleFaults([...brokerFaults(facts), ...linkFaults(facts)], new Set(commands)).map(
    ({ label, unavailable }) => (unavailable === undefined ? label : `(${label})`),
  );

test("nothing is offered for somebody else's brokers", () => {
  expect(offered('workload.set', 'producer.close')).toEqual([]);
});

test('of own brokers, what the bridge has in hand', () => {
  expect(offered('broker.kill', 'broker.freeze', 'broker.restart', 'link.set', 'next.lose')).toEqual([
    'Stop',
    'Freeze',
    'Slow link 20 ms',
    'Slow link 200 ms',
    'Cut the link',
    'Lose next ack',
    'Lose next request',
  ]);
});

test('where the system cannot freeze, the button stays and says so', () => {
  expect(offered('broker.kill', 'broker.restart')).toEqual(['Stop', '(Freeze)']);
});
