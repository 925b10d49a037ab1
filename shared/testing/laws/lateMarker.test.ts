/**
 * A coordinator that another broker has taken over from still has a marker to send. It must not end the producer's next
 * transaction: found by the simulation (seed 79706), where a committed transaction could not be read.
 */
import { readLink } from '#model/scenarioQuery';
import { expect, test } from 'vitest';
import { eventsOf, logOf } from '../logOf.ts';

// The coordinator dies; the one that takes over has an abort marker under way when the first is there again.
const LINK =
  'seed=79706&request.timeout.ms=80&delivery.timeout.ms=200&transactional.id=tx-2' +
  '&transaction.timeout.ms=60000&retry.backoff.ms=0&partitioner.ignore.keys=true' +
  '&partitioner.availability.timeout.ms=20&pattern=transaction-loop&txrecords=15&txgroup=readers&shape=poisson' +
  '&rate=300&burst=19&ramp=166&value=100&spread=57&keys=5&skew=70&records=28&data=text&brokers=2&appendus=3000' +
  '&fetchus=5000&lag=2000&session=150&pidexpiry=300&tv=1&p0=100&p50=120&p90=200&p99=400&p100=600&partitions=5' +
  '&rf=2&unclean=1&topic2.name=audit&topic2.partitions=1&topic2.rf=2&topic2.unclean=1' +
  '&do=61593.broker.kill.1&do=396208.broker.restart.1';

test('the marker of a coordinator that is no more ends nothing', () => {
  const { scenario, notices } = readLink(LINK);
  expect(notices).toEqual([]);
  const markers: string[] = [];
  const ends: string[] = [];
  for (const event of eventsOf(logOf(scenario, 900_000))) {
    if (event.type === 'log.marked')
      markers.push(`tp ${event.tp}, epoch ${event.producerEpoch}: ${event.commit ? 'commit' : 'abort'}`);
    if (event.type === 'coordinator.moved' && event.to.startsWith('Complete')) ends.push(event.to);
  }
  expect(ends).toEqual(['CompleteAbort', 'CompleteCommit']);
  // Each partition got the end of each of its transactions once.
  expect(markers.toSorted()).toEqual([...new Set(markers)].toSorted());
  expect(markers.filter((marker) => marker.endsWith('commit')).length).toBeGreaterThan(0);
});
