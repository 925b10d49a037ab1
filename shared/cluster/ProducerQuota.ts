/**
 * kafka.server.ClientQuotaManager for Produce: how long a client must be silent after it has sent more than
 * `producer_byte_rate` allows. The rate is Kafka's own (`Rate` over eleven samples of a second), so that a quiet client may
 * send ten seconds' worth at once before it is throttled.
 */

/** `quota.window.num` and `quota.window.size.seconds`. */
const SAMPLES = 11;
const WINDOW_MS = 1000;
const MS_PER_S = 1000;

interface Sample {
  startMs: number;
  bytes: number;
}

/** One client.id at one broker. */
class ByteRate {
  private samples: Sample[] = [];

  /** Adds what a request brought; returns the ms for which the client is to be silent. */
  record(bytes: number, nowMs: number, bytesPerS: number): number {
    const last = this.samples[this.samples.length - 1];
    if (last === undefined || nowMs - last.startMs >= WINDOW_MS) {
      this.samples.push({ startMs: nowMs, bytes });
      if (this.samples.length > SAMPLES) this.samples.shift();
    } else last.bytes += bytes;
    this.samples = this.samples.filter(({ startMs }) => nowMs - startMs < SAMPLES * WINDOW_MS);
    const spanMs = this.spanMs(nowMs);
    const total = this.samples.reduce((sum, sample) => sum + sample.bytes, 0);
    const rate = (total * MS_PER_S) / spanMs;
    // QuotaUtils.throttleTime: the silence after which the rate over the same span would be met.
    return rate <= bytesPerS ? 0 : Math.floor(((rate - bytesPerS) / bytesPerS) * spanMs + 0.5);
  }

  /** Rate.windowSize: never less than ten full windows, or the first second of a client would count as its rate. */
  private spanMs(nowMs: number): number {
    const elapsedMs = nowMs - (this.samples[0]?.startMs ?? nowMs);
    const fullWindows = Math.floor(elapsedMs / WINDOW_MS);
    const missing = Math.max(0, SAMPLES - 1 - fullWindows);
    return Math.max(elapsedMs + missing * WINDOW_MS, WINDOW_MS);
  }
}

export class ProducerQuota {
  private readonly rates = new Map<string, ByteRate>();

  /**
   * Producers with the same client.id share what is allowed. `bytesPerS` 0: there is no quota, and nothing is remembered.
   */
  throttleMs(client: string, bytes: number, nowMs: number, bytesPerS: number): number {
    if (bytesPerS <= 0) {
      this.rates.clear();
      return 0;
    }
    let rate = this.rates.get(client);
    if (rate === undefined) {
      rate = new ByteRate();
      this.rates.set(client, rate);
    }
    return rate.record(bytes, nowMs, bytesPerS);
  }
}
