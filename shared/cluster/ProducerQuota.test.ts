import { describe, expect, it } from 'vitest';
import { ProducerQuota } from './ProducerQuota.ts';

const KIB = 1024;

describe('producer_byte_rate', () => {
  it('lets a quiet client send ten seconds of it at once, and asks for silence for what is more', () => {
    const quota = new ProducerQuota();
    expect(quota.throttleMs('producer-0', 10 * KIB, 0, KIB)).toBe(0);
    // 12 KiB over a span of ten seconds: 1.2 KiB/s, so two seconds too early.
    expect(quota.throttleMs('producer-0', 2 * KIB, 0, KIB)).toBe(2000);
  });

  it('still counts a sample that began before the window and reaches into it', () => {
    const quota = new ProducerQuota();
    expect(quota.throttleMs('producer-0', 10 * KIB, 0, KIB)).toBe(0);
    expect(quota.throttleMs('producer-0', KIB, 999, KIB)).toBe(1);
    // 16 KiB over 11.5 seconds: the first sample's last event is not eleven seconds old.
    expect(quota.throttleMs('producer-0', 5 * KIB, 11_500, KIB)).toBe(4500);
  });

  it('is met by whoever keeps the silence', () => {
    const quota = new ProducerQuota();
    let nowMs = 0;
    let sent = 0;
    for (let i = 0; i < 400; i++) {
      const throttleMs = quota.throttleMs('producer-7', 3 * KIB, nowMs, KIB);
      sent += 3 * KIB;
      nowMs += throttleMs + 1;
    }
    const rate = (sent * 1000) / nowMs;
    expect(rate).toBeGreaterThan(0.9 * KIB);
    expect(rate).toBeLessThan(1.1 * KIB);
  });

  it('counts each client.id for itself, and nothing where there is no quota', () => {
    const quota = new ProducerQuota();
    expect(quota.throttleMs('producer-1', 100 * KIB, 0, KIB)).toBeGreaterThan(0);
    expect(quota.throttleMs('producer-2', KIB, 0, KIB)).toBe(0);
    expect(quota.throttleMs('producer-1', 100 * KIB, 0, 0)).toBe(0);
    expect(quota.throttleMs('producer-1', KIB, 0, KIB)).toBe(0);
  });
});
