/** The three runs of the soak: what may happen to a record in each, and how long its faults last. */

export interface SoakRunSpec {
  readonly name: string;
  readonly title: string;
  readonly producer: Readonly<Record<string, string>>;
  readonly mayLose: boolean;
  readonly isIdempotent: boolean;
  /** How long a broker is away or a link is cut, at least and at most. */
  readonly holdMs: readonly [number, number];
}

const COMMON = { 'linger.ms': '20', 'max.block.ms': '180000' };

export const SOAK_RUNS: readonly SoakRunSpec[] = [
  {
    name: 'safe',
    title: 'idempotent, acks=all, delivery.timeout.ms far above the faults',
    producer: { ...COMMON, 'request.timeout.ms': '3000', 'delivery.timeout.ms': '180000' },
    mayLose: false,
    isIdempotent: true,
    holdMs: [500, 6000],
  },
  {
    name: 'impatient',
    title: 'idempotent, acks=all, delivery.timeout.ms shorter than the faults',
    producer: { ...COMMON, 'request.timeout.ms': '1500', 'delivery.timeout.ms': '2500' },
    mayLose: false,
    isIdempotent: true,
    holdMs: [4000, 7000],
  },
  {
    name: 'careless',
    title: 'not idempotent, acks=1',
    producer: {
      ...COMMON,
      acks: '1',
      'enable.idempotence': 'false',
      'request.timeout.ms': '1500',
      'delivery.timeout.ms': '180000',
    },
    mayLose: true,
    isIdempotent: false,
    holdMs: [500, 6000],
  },
];
