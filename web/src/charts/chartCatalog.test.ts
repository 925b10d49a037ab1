import { describe, expect, it } from 'vitest';
import type { EventType } from '#events/catalogue';
import type { Provenance } from '../sources/Source.ts';
import { chartProvenance, CHARTS } from './chartCatalog.ts';

const source = (events: readonly (readonly [EventType, Provenance])[]) => ({
  events: new Map(events),
  commands: new Set<never>(),
  commandsInThePast: false,
});
const chart = (id: string) => CHARTS.find((each) => each.id === id) ?? { from: [] };

describe('how a chart is known', () => {
  const measured = source([
    ['record.sent', 'measured'],
    ['batch.completed', 'measured'],
    ['request.sent', 'measured'],
  ]);

  it('is computed from what was measured, and cannot be where an event of it cannot', () => {
    expect(chartProvenance(measured, chart('request-rate'), 1)).toBe('derived');
    expect(chartProvenance(measured, chart('buffer-available-bytes'), 1)).toBeNull();
  });

  it('is an estimate where only a part of the records is told, and what counts batches is not', () => {
    expect(chartProvenance(measured, chart('latency'), 1)).toBe('derived');
    expect(chartProvenance(measured, chart('latency'), 4)).toBe('estimated');
    expect(chartProvenance(measured, chart('request-rate'), 4)).toBe('derived');
  });

  it('is modelled in a model', () => {
    const model = source([
      ['record.sent', 'simulated'],
      ['batch.completed', 'simulated'],
    ]);
    expect(chartProvenance(model, chart('latency'), 4)).toBe('simulated');
  });
});
