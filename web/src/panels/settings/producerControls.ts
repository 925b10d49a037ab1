/** The producer's settings, from the table of ProducerConfig: the common ones first, the others by what they are about. */
import { known } from '#base/assert';
import { ROUND_ROBIN_PARTITIONER, SETTINGS, type Setting, type SettingGroup } from '#engine/ProducerConfig';
import type { CommandBody, Scenario } from '#model/Scenario';
import type { Choice, Control, ControlGroup, Shape } from './Control.ts';
import { withApplication } from './presentScenario.ts';
import type { Unit } from './quantity.ts';
import { stopsBetween } from './stops.ts';

const MINUTE_MS = 60_000;
const KIB = 1024;
const MIB = 1_048_576;

/** Where sliders end: what people set, not what Java would take. Typed values go as far as Java does. */
const SLIDERS: Readonly<Record<string, readonly [min: number, max: number]>> = {
  'linger.ms': [0, 1000],
  'batch.size': [0, MIB],
  'buffer.memory': [16 * KIB, 256 * MIB],
  'max.request.size': [KIB, 16 * MIB],
  'max.in.flight.requests.per.connection': [1, 20],
  retries: [0, 2147483647],
  'delivery.timeout.ms': [1, 10 * MINUTE_MS],
  'request.timeout.ms': [1, 2 * MINUTE_MS],
  'max.block.ms': [0, 5 * MINUTE_MS],
  'retry.backoff.ms': [0, 10_000],
  'retry.backoff.max.ms': [0, 30_000],
  'metrics.num.samples': [1, 10],
};
const OTHER_MS = [0, 10 * MINUTE_MS] as const;

const COMMON = [
  'linger.ms',
  'batch.size',
  'buffer.memory',
  'acks',
  'compression.type',
  'enable.idempotence',
  'max.in.flight.requests.per.connection',
  'retries',
  'delivery.timeout.ms',
  'request.timeout.ms',
] as const;

/** Transactions and the serializers have panels of their own; a name changes nothing that is seen. */
const ELSEWHERE: ReadonlySet<string> = new Set(['key.serializer', 'value.serializer', 'client.id']);

const GROUP_TITLES: Readonly<Partial<Record<SettingGroup, string>>> = {
  batching: 'Batches and requests',
  memory: 'Memory and blocking',
  delivery: 'Delivery',
  partitioning: 'Partitioning',
  connection: 'Connections',
  metadata: 'Metadata',
  monitoring: 'Metrics windows',
};

function shapeOf(setting: Setting): Shape {
  if (setting.type === 'boolean') return { kind: 'flag' };
  if (setting.key === 'partitioner.class') {
    const choices: Choice[] = [
      { value: 'null', label: 'built-in' },
      { value: ROUND_ROBIN_PARTITIONER, label: 'RoundRobinPartitioner' },
    ];
    return { kind: 'choice', choices };
  }
  if (setting.valid?.kind === 'one-of') {
    const words = setting.key === 'acks' ? ['0', '1', 'all'] : setting.valid.values;
    const isLoose = setting.valid.ignoreCase === true;
    return {
      kind: 'choice',
      choices: words.map((word) => ({
        value: isLoose ? word.toLowerCase() : word,
        label: isLoose ? word.toLowerCase() : word,
      })),
    };
  }
  const unit: Unit = setting.unit ?? 'count';
  const [min, max] = SLIDERS[setting.key] ?? OTHER_MS;
  return { kind: 'number', unit, stops: stopsBetween(min, max, unit) };
}

function producerOf(scenario: Scenario, application: number): Readonly<Record<string, string>> {
  return scenario.applications[application]?.producer ?? {};
}

/** With the setting; Kafka's default is said by leaving it out, so that what Java derives stays derived. */
function withSetting(
  producer: Readonly<Record<string, string>>,
  key: string,
  value: string,
  defaultValue: string,
): Readonly<Record<string, string>> {
  const { [key]: _, ...rest } = producer;
  return value === defaultValue ? rest : { ...rest, [key]: value };
}

function controlOf(setting: Setting, application: number): Control {
  const { key } = setting;
  const defaultValue = String(setting.default ?? null);
  const replaced = (producer: Readonly<Record<string, string>>, value: string) =>
    withSetting(producer, key, value, defaultValue);
  return {
    id: `${application}/${key}`,
    label: key,
    isKafkaName: true,
    meaning: setting.meaning,
    shape: shapeOf(setting),
    defaultValue,
    application,
    read: (scenario) => producerOf(scenario, application)[key] ?? defaultValue,
    write: (scenario, value) =>
      withApplication(scenario, application, {
        producer: replaced(producerOf(scenario, application), value),
      }),
    command: (present, value): CommandBody => ({
      do: 'producer.replace',
      application,
      producer: replaced(producerOf(present, application), value),
    }),
    inPast: (command, value) =>
      command.do === 'producer.replace' && command.application === application
        ? { ...command, producer: replaced(command.producer, value) }
        : command,
  };
}

const SHOWN = SETTINGS.filter(
  ({ key, group, shapesModel }) => shapesModel && group !== 'transactions' && !ELSEWHERE.has(key),
);

/** First the common ones, then one group for each subject. */
export function producerControls(application: number): readonly ControlGroup[] {
  const common = COMMON.map((key) => {
    const setting = known(
      SHOWN.find((each) => each.key === key),
      key,
    );
    return controlOf(setting, application);
  });
  const rest = SHOWN.filter(({ key }) => !COMMON.some((each) => each === key));
  const groups = Object.entries(GROUP_TITLES).map(([group, title]) => ({
    id: `producer-${group}`,
    title,
    controls: rest
      .filter((setting) => setting.group === group)
      .map((setting) => controlOf(setting, application)),
  }));
  const others = rest.filter(({ group }) => GROUP_TITLES[group] === undefined);
  return [
    { id: 'producer', title: 'Producer', controls: common },
    ...groups,
    {
      id: 'producer-other',
      title: 'Other',
      controls: others.map((setting) => controlOf(setting, application)),
    },
  ].filter(({ controls }) => controls.length > 0);
}
