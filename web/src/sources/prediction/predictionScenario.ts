/**
 * The model's run beside a live one: the same applications, settings, sizes and topics. Of cluster and network only the
 * measured round trips are known, so all of each is given to the network, half of it each way, and brokers take no time.
 */
import type { DelaySpec, Scenario } from '#model/Scenario';
import type { RoundTrips } from './measured.ts';

/** The least that the model takes for one way between two brokers. */
const LEAST_WAY_US = 1;

/** `present`: the live run's scenario as it is now. */
export function predictionScenario(present: Scenario, roundTrips: RoundTrips | null): Scenario {
  const { cluster } = present;
  const delay = roundTrips === null ? cluster.network.delay : oneWay(roundTrips);
  return {
    ...present,
    commands: [],
    // A workload that has an end is compared while it goes on.
    applications: present.applications.map((application) => ({
      ...application,
      workload: { ...application.workload, records: 0 },
    })),
    cluster: {
      ...cluster,
      start: 'warm',
      appendUs: 0,
      appendUsPerKiB: 0,
      replicaFetchUs: LEAST_WAY_US,
      network: { ...cluster.network, delay, lossPpm: 0, bandwidthBytesPerS: 0 },
    },
  };
}

const oneWay = ({ p0Us, p50Us, p90Us, p99Us, p100Us }: RoundTrips): DelaySpec => ({
  p0Us: Math.round(p0Us / 2),
  p50Us: Math.round(p50Us / 2),
  p90Us: Math.round(p90Us / 2),
  p99Us: Math.round(p99Us / 2),
  p100Us: Math.round(p100Us / 2),
});
