/**
 * org.apache.kafka.common.utils.ExponentialBackoff (KIP-580): how long to wait before the next try of a batch, a
 * metadata request or a connection.
 */
import { log, pow } from '#base/strictMath';
import { JavaException } from '#record/exceptions';

/** Where the jitter comes from: a factor in [1 − jitter, 1 + jitter). */
export interface BackoffRandom {
  backoffFactor(jitter: number): number;
}

export class ExponentialBackoff {
  private readonly initialIntervalMs: number;
  private readonly multiplier: number;
  private readonly maxIntervalMs: number;
  private readonly jitter: number;
  private readonly random: BackoffRandom;
  /** The number of attempts, not whole, at which the maximum is reached; 0: the wait is constant. */
  private readonly expMax: number;
  /** What the initial interval has grown by then. Kept: `ready` and `drain` ask for every batch that backs off. */
  private readonly growthMax: number;

  /**
   * Intervals in ms; without room between them there is neither growth nor jitter.
   * @throws JavaException IllegalArgumentException when `jitter` is not within 0 … 1.
   */
  constructor(
    initialIntervalMs: number,
    multiplier: number,
    maxIntervalMs: number,
    jitter: number,
    random: BackoffRandom,
  ) {
    if (jitter < 0 || jitter > 1) {
      throw new JavaException(
        'IllegalArgumentException',
        `jitter must be between 0 and 1, but got ${jitter}`,
      );
    }
    this.initialIntervalMs = Math.min(maxIntervalMs, initialIntervalMs);
    this.multiplier = multiplier;
    this.maxIntervalMs = maxIntervalMs;
    this.jitter = jitter;
    this.random = random;
    this.expMax =
      maxIntervalMs > initialIntervalMs
        ? log(maxIntervalMs / Math.max(initialIntervalMs, 1)) / log(multiplier)
        : 0;
    this.growthMax = pow(multiplier, this.expMax);
  }

  initialInterval(): number {
    return this.initialIntervalMs;
  }

  /** The wait in whole ms after `attempts` earlier ones. With jitter every call draws anew. */
  backoff(attempts: number): number {
    if (this.expMax === 0) return this.initialIntervalMs;
    const growth = attempts < this.expMax ? pow(this.multiplier, attempts) : this.growthMax;
    const termMs = this.initialIntervalMs * growth;
    const factor = this.jitter === 0 ? 1 : this.random.backoffFactor(this.jitter);
    return Math.min(Math.trunc(factor * termMs), this.maxIntervalMs);
  }
}
