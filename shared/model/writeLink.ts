/** A run as a link: only what differs from the default scenario and the nearest preset. */
import { DEFAULT_APPLICATION, DEFAULT_CLUSTER, DEFAULT_SCENARIO, DEFAULT_TOPIC } from './defaultScenario.ts';
import {
  APPLICATION_FIELDS,
  CLUSTER_FIELDS,
  COST_FIELDS,
  END,
  SCENARIO_FIELDS,
  type Playhead,
} from './linkFields.ts';
import { DEFAULT_PRESET, presetOf, presetProperties, PRESETS, type Preset } from './presets.ts';
import { writeCommand } from './queryCommands.ts';
import { NETWORK_FIELDS, TOPIC_FIELDS, WORKLOAD_FIELDS, writeFields } from './queryFields.ts';
import { writeParameter, type Parameter } from './queryText.ts';
import type { ApplicationSpec, Scenario } from './Scenario.ts';

/** Longer links are cut by chat programs and proxies. */
export const LONGEST_QUERY = 8000;

export interface WrittenLink {
  /** Without `?`. When it does not fit: without the commands. */
  readonly query: string;
  /** false: the commands are too many for a link; offer a file instead. */
  readonly fits: boolean;
}

const prefixed = (prefix: string, parameters: readonly Parameter[]): readonly Parameter[] =>
  parameters.map(({ key, value }) => ({ key: prefix + key, value }));

/** `""` is the empty text; an empty value takes the preset's setting away again. */
function writeProducer(
  producer: Readonly<Record<string, string>>,
  base: Readonly<Record<string, string>>,
): readonly Parameter[] {
  const parameters: Parameter[] = [];
  for (const [key, value] of Object.entries(producer)) {
    if (base[key] !== value) parameters.push({ key, value: value === '' ? '""' : value });
  }
  for (const key of Object.keys(base)) if (!(key in producer)) parameters.push({ key, value: '' });
  return parameters;
}

/** The preset that leaves the least to say. */
export function nearestPreset(producer: Readonly<Record<string, string>>): Preset | null {
  let best: Preset | null = presetOf(DEFAULT_PRESET);
  let least = Object.keys(producer).length;
  for (const preset of PRESETS) {
    const count = writeProducer(producer, presetProperties(preset)).length;
    if (count < least) {
      best = preset;
      least = count;
    }
  }
  return best;
}

function writeApplication(application: ApplicationSpec): readonly Parameter[] {
  const preset = nearestPreset(application.producer);
  const base = preset === null ? {} : presetProperties(preset);
  return [
    ...(preset === null || preset.id === DEFAULT_PRESET ? [] : [{ key: 'preset', value: preset.id }]),
    ...writeProducer(application.producer, base),
    ...writeFields(APPLICATION_FIELDS, application, DEFAULT_APPLICATION),
    ...writeFields(WORKLOAD_FIELDS, application.workload, DEFAULT_APPLICATION.workload),
  ];
}

/** The scenario and the playhead as a query. */
export function writeLink(scenario: Scenario, playhead: Playhead | null): WrittenLink {
  const { cluster, applications } = scenario;
  const parameters: Parameter[] = [{ key: 'v', value: String(scenario.engineVersion) }];
  parameters.push(...writeFields(SCENARIO_FIELDS, scenario, DEFAULT_SCENARIO));
  applications.forEach((application, i) => {
    const prefix = i === 0 ? '' : `app${i + 1}.`;
    const written = writeApplication(application);
    // Also an application that is like the first one by default must be said to be there.
    if (i > 0 && written.length === 0) parameters.push({ key: `${prefix}app`, value: application.name });
    parameters.push(...prefixed(prefix, written));
  });
  parameters.push(...writeFields(CLUSTER_FIELDS, cluster, DEFAULT_CLUSTER));
  parameters.push(...writeFields(NETWORK_FIELDS, cluster.network, DEFAULT_CLUSTER.network));
  cluster.topics.forEach((topic, i) => {
    const isMain = i === 0 && topic.topic === applications[0]?.workload.topic;
    const prefix = i === 0 ? '' : `topic${i + 1}.`;
    if (!isMain) parameters.push({ key: `topic${i + 1}.name`, value: topic.topic });
    parameters.push(...prefixed(prefix, writeFields(TOPIC_FIELDS, topic, DEFAULT_TOPIC)));
  });
  parameters.push(...writeFields(COST_FIELDS, scenario.costs, DEFAULT_SCENARIO.costs));
  const end: Parameter[] = [];
  if (playhead !== null) {
    end.push({ key: 'at', value: String(playhead.at) });
    if (playhead.seq !== null) end.push({ key: 'seq', value: String(playhead.seq) });
    if (playhead.paused) end.push({ key: 'paused', value: '' });
  }
  end.push({ key: END, value: '' });
  const commands = scenario.commands.map((command) => ({ key: 'do', value: writeCommand(command) }));
  const join = (parts: readonly Parameter[]): string => parts.map(writeParameter).join('&');
  const whole = join([...parameters, ...commands, ...end]);
  if (whole.length <= LONGEST_QUERY) return { query: whole, fits: true };
  return { query: join([...parameters, ...end]), fits: false };
}
