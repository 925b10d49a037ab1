/**
 * kafka.server.ClientQuotaManager for Produce: how long a client must be silent after it has sent more than
 * `producer_byte_rate` allows. The rate is Kafka's own (`Rate` over eleven samples of a second), so that a quiet client may
 * send ten seconds' worth at once before it is throttled.
 */
import { Rate, type MetricConfig } from '#engine/metrics';

/** `quota.window.num` and `quota.window.size.seconds`. */
const QUOTA_WINDOWS: MetricConfig = { samples: 11, timeWindowMs: 1000 };

export class ProducerQuota {
  /** Of each client.id at this broker. */
  private readonly rates = new Map<string, Rate>();

  /**
   * Adds what a request brought; returns the ms for which the client is to be silent. Producers with the same client.id
   * share what is allowed. `bytesPerS` 0: there is no quota, and nothing is remembered.
   */
  throttleMs(client: string, bytes: number, nowMs: number, bytesPerS: number): number {
    if (bytesPerS <= 0) {
      this.rates.clear();
      return 0;
    }
    let rate = this.rates.get(client);
    if (rate === undefined) {
      rate = new Rate(QUOTA_WINDOWS);
      this.rates.set(client, rate);
    }
    rate.record(bytes, nowMs);
    const measured = rate.measure(nowMs);
    if (measured <= bytesPerS) return 0;
    // QuotaUtils.throttleTime: the silence after which the rate over the same span would be met.
    return Math.round(((measured - bytesPerS) / bytesPerS) * rate.windowSizeMs(nowMs));
  }
}
