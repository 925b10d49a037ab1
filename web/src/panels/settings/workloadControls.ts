/** What the application sends and how: takes effect at once, but for the number of threads and the way of sending. */
import { DEFAULT_APPLICATION, DEFAULT_COSTS, DEFAULT_WORKLOAD } from '#model/defaultScenario';
import {
  COMPRESSIBILITIES,
  COST_RANGES,
  SHAPES,
  THREADS_RANGE,
  WORKLOAD_RANGES,
  type NumberRange,
} from '#model/ranges';
import type { CpuCosts } from '#engine/RunContext';
import type { Scenario, WorkloadSpec } from '#model/Scenario';
import { onlyFromStart, type Choice, type Control, type ControlGroup, type Shape } from './Control.ts';
import { withApplication } from './presentScenario.ts';
import type { Unit } from './quantity.ts';
import { stopsBetween } from './stops.ts';
import { patternControl } from './transactionControls.ts';

const UNITS: Readonly<Record<string, Unit>> = {
  ms: 'ms',
  µs: 'us',
  'µs/KiB': 'us',
  bytes: 'bytes',
  '%': '%',
  'bytes/s': 'bytes/s',
};

/** The slider of a range; `max`: where it ends when the range goes on for longer than people do. */
export function numberShape(range: NumberRange, max = range.max): Shape {
  const unit = UNITS[range.unit] ?? 'count';
  return { kind: 'number', unit, stops: stopsBetween(range.min, Math.min(max, range.max), unit) };
}

export const choiceShape = (
  words: readonly string[],
  labels: Readonly<Record<string, string>> = {},
): Shape => ({
  kind: 'choice',
  choices: words.map((value): Choice => ({ value, label: labels[value] ?? value })),
});

type NumberKey = {
  [K in keyof WorkloadSpec]: WorkloadSpec[K] extends number ? K : never;
}[keyof WorkloadSpec];

interface Common {
  readonly id: string;
  readonly label: string;
  readonly meaning: string;
}

/** A field of the workload: `workload.set` changes it at any moment. */
function workloadControl<K extends keyof WorkloadSpec>(
  application: number,
  field: K,
  shape: Shape,
  common: Common,
  parse: (text: string) => WorkloadSpec[K],
): Control {
  const of = (scenario: Scenario): WorkloadSpec =>
    scenario.applications[application]?.workload ?? DEFAULT_WORKLOAD;
  return {
    ...common,
    isKafkaName: false,
    shape,
    application,
    defaultValue: String(DEFAULT_WORKLOAD[field]),
    read: (scenario) => String(of(scenario)[field]),
    write: (scenario, value) =>
      withApplication(scenario, application, { workload: { ...of(scenario), [field]: parse(value) } }),
    command: (_, value) => ({ do: 'workload.set', application, workload: { [field]: parse(value) } }),
    inPast: (command) => {
      if (command.do !== 'workload.set' || command.application !== application) return command;
      const { [field]: _, ...workload } = command.workload;
      return Object.keys(workload).length === 0 ? null : { ...command, workload };
    },
  };
}

const workloadNumber = (application: number, field: NumberKey, label: string, max?: number): Control =>
  workloadControl(
    application,
    field,
    numberShape(WORKLOAD_RANGES[field], max),
    { id: `${application}/workload/${field}`, label, meaning: WORKLOAD_RANGES[field].meaning },
    Number,
  );

const threadsControl = (application: number): Control => ({
  id: `${application}/threads`,
  label: 'threads',
  meaning: THREADS_RANGE.meaning,
  isKafkaName: false,
  shape: numberShape(THREADS_RANGE, 16),
  application,
  defaultValue: String(DEFAULT_APPLICATION.threads),
  read: ({ applications }) => String(applications[application]?.threads ?? DEFAULT_APPLICATION.threads),
  write: (scenario, value) => withApplication(scenario, application, { threads: Number(value) }),
  ...onlyFromStart,
});

const oneOf =
  <W extends string>(words: readonly W[], otherwise: W) =>
  (text: string): W =>
    words.find((word) => word === text) ?? otherwise;

/** Rate, sizes, keys; then what is less often touched. */
export function workloadControls(application: number): {
  readonly main: ControlGroup;
  readonly more: ControlGroup;
} {
  const number = (field: NumberKey, label: string, max?: number): Control =>
    workloadNumber(application, field, label, max);
  const main: Control[] = [
    number('recordsPerS', 'records/s', 100_000),
    workloadControl(
      application,
      'shape',
      choiceShape(SHAPES),
      {
        id: `${application}/workload/shape`,
        label: 'shape',
        meaning:
          'steady: evenly spaced; poisson: by chance; burst: many at once, then a pause; ramp: from nothing to the rate.',
      },
      oneOf(SHAPES, 'steady'),
    ),
    number('valueBytes', 'value size', 1_048_576),
    number('keys', 'keys', 10_000),
    patternControl(application),
    threadsControl(application),
  ];
  const more: Control[] = [
    number('valueSpreadPercent', 'value size ±'),
    number('keySkewPercent', 'key skew'),
    number('headerBytes', 'header size', 16_384),
    number('burstRecords', 'burst', 10_000),
    number('rampMs', 'ramp', 120_000),
    number('records', 'ends after', 1_000_000),
    workloadControl(
      application,
      'compressibility',
      choiceShape(COMPRESSIBILITIES),
      {
        id: `${application}/workload/compressibility`,
        label: 'data',
        meaning: 'How well the values compress: JSON best, random bytes not at all.',
      },
      oneOf(COMPRESSIBILITIES, 'json'),
    ),
  ];
  return {
    main: { id: 'workload', title: 'Workload', controls: main },
    more: { id: 'workload-more', title: 'More of the workload', controls: more },
  };
}

const COST_LABELS: Readonly<Record<keyof CpuCosts, string>> = {
  sendUs: 'CPU of send()',
  serializeUsPerKiB: 'CPU per KiB serialized',
  partitionUs: 'CPU of the partitioner',
  appendUs: 'CPU of the append',
  callbackUs: 'CPU of a callback',
};

/** CPU time of the client: shapes the outcome, so it is shown. */
export function costControls(): ControlGroup {
  const controls = (Object.keys(COST_LABELS) as (keyof CpuCosts)[]).map((field): Control => ({
    id: `costs/${field}`,
    label: COST_LABELS[field],
    isKafkaName: false,
    meaning: COST_RANGES[field].meaning,
    shape: numberShape(COST_RANGES[field], 10_000),
    application: null,
    defaultValue: String(DEFAULT_COSTS[field]),
    read: (scenario) => String(scenario.costs[field]),
    write: (scenario, value) => ({ ...scenario, costs: { ...scenario.costs, [field]: Number(value) } }),
    ...onlyFromStart,
  }));
  return { id: 'costs', title: 'CPU costs of the client', controls };
}
