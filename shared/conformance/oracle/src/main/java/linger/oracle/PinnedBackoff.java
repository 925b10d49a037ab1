package linger.oracle;

import org.apache.kafka.common.utils.ExponentialBackoff;

import java.util.function.DoubleSupplier;

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
    private final DoubleSupplier random;

    private PinnedBackoff(long initial, int multiplier, long max, double jitter, double expMax, DoubleSupplier random) {
        super(initial, multiplier, max, jitter);
        this.initial = initial;
        this.multiplier = multiplier;
        this.max = max;
        this.jitter = jitter;
        this.expMax = expMax;
        this.random = random;
    }

    /** @param random values in [0, 1), one for each back-off that has jitter */
    public static PinnedBackoff of(Object original, DoubleSupplier random) {
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
        double factor = 1 - jitter + random.getAsDouble() * (1 + jitter - (1 - jitter));
        return Math.min((long) (factor * term), max);
    }

    /** The generator of FORMAT.md, section 7, as a fraction. */
    public static DoubleSupplier source(int seed) {
        return new DoubleSupplier() {
            private int state = seed;

            @Override
            public double getAsDouble() {
                state = state * 1664525 + 1013904223;
                return (state >>> 1) / 2147483648.0;
            }
        };
    }
}
