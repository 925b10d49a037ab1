package linger.oracle;

import org.apache.kafka.common.utils.ExponentialBackoff;

/**
 * ExponentialBackoff whose jitter comes from a pinned source instead of ThreadLocalRandom; everything else is read
 * from the back-off it stands in for.
 */
public final class PinnedBackoff extends ExponentialBackoff {
    private final long initial;
    private final int multiplier;
    private final long max;
    private final double jitter;
    private final double expMax;
    private final Source random;

    private PinnedBackoff(long initial, int multiplier, long max, double jitter, double expMax, Source random) {
        super(initial, multiplier, max, jitter);
        this.initial = initial;
        this.multiplier = multiplier;
        this.max = max;
        this.jitter = jitter;
        this.expMax = expMax;
        this.random = random;
    }

    /** @param random asked once for each back-off that has jitter */
    public static PinnedBackoff of(Object original, Source random) {
        return new PinnedBackoff((long) read(original, "initialInterval"), (int) read(original, "multiplier"),
            (long) read(original, "maxInterval"), (double) read(original, "jitter"), (double) read(original, "expMax"), random);
    }

    private static Object read(Object original, String field) {
        return Reflect.get(original, ExponentialBackoff.class, field);
    }

    @Override
    public long backoff(long attempts) {
        if (expMax == 0) {
            return initial;
        }
        double term = initial * Math.pow(multiplier, Math.min(attempts, expMax));
        return Math.min((long) (random.factor(jitter) * term), max);
    }

    /** The generator of FORMAT.md, section 7. Until it is started, during the warm-up, every factor is 1. */
    public static final class Source {
        private int state;
        private boolean started;

        Source(int seed) {
            state = seed;
        }

        void start() {
            started = true;
        }

        private double factor(double jitter) {
            if (!started) {
                return 1;
            }
            state = state * 1664525 + 1013904223;
            return 1 - jitter + (state >>> 1) / 2147483648.0 * (1 + jitter - (1 - jitter));
        }
    }
}
