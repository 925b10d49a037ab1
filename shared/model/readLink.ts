/** A link as a run. Reading never fails: what is unknown, out of range or cut becomes a sentence, and the rest is kept. */
import { micros } from '#base/time';
import { conflictOf } from '#engine/ProducerConfig';
import { DEFAULT_APPLICATION, DEFAULT_SCENARIO, DEFAULT_TOPIC } from './defaultScenario.ts';
import {
  APPLICATION_FIELDS,
  CLUSTER_FIELDS,
  COST_FIELDS,
  END,
  SCENARIO_FIELDS,
  SETTING_KEYS,
  type Playhead,
} from './linkFields.ts';
import { presetOf, presetProperties } from './presets.ts';
import { readCommand } from './queryCommands.ts';
import { NETWORK_FIELDS, readField, TOPIC_FIELDS, TOPIC_NAME_FIELD, WORKLOAD_FIELDS } from './queryFields.ts';
import { readInteger, readParameters, type Parameter } from './queryText.ts';
import { repair } from './repairScenario.ts';
import {
  ENGINE_VERSION,
  type ApplicationSpec,
  type ClusterSpec,
  type Command,
  type Scenario,
} from './Scenario.ts';
import { MOST_APPLICATIONS } from './validateScenario.ts';

/** So much of a bad part is quoted in its sentence. */
const LONGEST_QUOTE = 60;
const MOST_TOPICS = 20;

export interface ReadLink {
  readonly scenario: Scenario;
  /** null: the link does not say; the run begins to play at its start. */
  readonly playhead: Playhead | null;
  readonly notices: readonly string[];
}
const quoted = (text: string): string =>
  `“${text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text}”`;

/** What has been read so far. */
class Draft {
  scenario: Scenario = { ...DEFAULT_SCENARIO, commands: [] };
  readonly notices: string[] = [];
  readonly commands: Command[] = [];
  /** Settings in the order of the link, per application: they are checked together at the end. */
  readonly settings = new Map<number, Parameter[]>();
  /** The first topic is called what the first application sends to, unless the link says otherwise. */
  hasTopicName = false;
  at: number | null = null;
  seq: number | null = null;
  isPaused = false;
  version: number | null = null;
  isWhole = false;

  application(index: number): ApplicationSpec {
    const { applications } = this.scenario;
    return (
      applications[index] ?? { ...DEFAULT_APPLICATION, name: `${DEFAULT_APPLICATION.name}-${index + 1}` }
    );
  }

  setApplication(index: number, application: ApplicationSpec): void {
    const applications = [...this.scenario.applications];
    while (applications.length <= index) applications.push(this.application(applications.length));
    applications[index] = application;
    this.scenario = { ...this.scenario, applications };
  }

  setCluster(changed: Partial<ClusterSpec>): void {
    this.scenario = { ...this.scenario, cluster: { ...this.scenario.cluster, ...changed } };
  }
}

/** What `read` made of a parameter: taken, not its own, or wrong. */
function take<T>(
  result: T | string | null,
  parameter: Parameter,
  draft: Draft,
  set: (value: T) => void,
): boolean {
  if (result === null) return false;
  if (typeof result === 'string') {
    draft.notices.push(`${quoted(parameter.key)} is left out: ${result}.`);
  } else set(result);
  return true;
}

function readApplicationPart(index: number, parameter: Parameter, draft: Draft): boolean {
  const application = draft.application(index);
  const { key, value } = parameter;
  if (SETTING_KEYS.has(key)) {
    draft.setApplication(index, application);
    draft.settings.set(index, [...(draft.settings.get(index) ?? []), parameter]);
    return true;
  }
  if (key === 'preset') {
    const preset = presetOf(value);
    if (preset === null) draft.notices.push(`There is no preset ${quoted(value)}; the defaults are used.`);
    else draft.setApplication(index, { ...application, producer: presetProperties(preset) });
    return true;
  }
  return (
    take(readField(APPLICATION_FIELDS, parameter, application), parameter, draft, (read) =>
      draft.setApplication(index, read),
    ) ||
    take(readField(WORKLOAD_FIELDS, parameter, application.workload), parameter, draft, (workload) =>
      draft.setApplication(index, { ...application, workload }),
    )
  );
}

function readTopicPart(index: number, parameter: Parameter, draft: Draft): boolean {
  const topics = [...draft.scenario.cluster.topics];
  const topic = topics[index] ?? { ...DEFAULT_TOPIC, topic: `${DEFAULT_TOPIC.topic}-${index + 1}` };
  while (topics.length <= index)
    topics.push({ ...DEFAULT_TOPIC, topic: `${DEFAULT_TOPIC.topic}-${topics.length + 1}` });
  return take(readField([...TOPIC_FIELDS, TOPIC_NAME_FIELD], parameter, topic), parameter, draft, (read) => {
    if (index === 0 && parameter.key === 'name') draft.hasTopicName = true;
    topics[index] = read;
    draft.setCluster({ topics });
  });
}

function readClusterPart(parameter: Parameter, draft: Draft): boolean {
  const { cluster, costs } = draft.scenario;
  return (
    take(readField(CLUSTER_FIELDS, parameter, cluster), parameter, draft, (read) => draft.setCluster(read)) ||
    take(readField(NETWORK_FIELDS, parameter, cluster.network), parameter, draft, (network) =>
      draft.setCluster({ network }),
    ) ||
    take(readField(COST_FIELDS, parameter, costs), parameter, draft, (read) => {
      draft.scenario = { ...draft.scenario, costs: read };
    }) ||
    take(readField(SCENARIO_FIELDS, parameter, draft.scenario), parameter, draft, (read) => {
      draft.scenario = read;
    })
  );
}

function readWhole(parameter: Parameter, draft: Draft): boolean {
  const { key, value } = parameter;
  const number = (set: (read: number) => void): true => {
    const read = readInteger(value);
    if (read === null || read < 0)
      draft.notices.push(`${quoted(key)} is left out: ${quoted(value)} is no time or number.`);
    else set(read);
    return true;
  };
  switch (key) {
    case 'v':
      return number((read) => (draft.version = read));
    case 'at':
      return number((read) => (draft.at = read));
    case 'seq':
      return number((read) => (draft.seq = read));
    case 'paused':
      draft.isPaused = true;
      return true;
    case END:
      draft.isWhole = true;
      return true;
    case 'do': {
      const command = readCommand(value);
      if (command === null)
        draft.notices.push(`The command ${quoted(value)} is left out: it cannot be read.`);
      else draft.commands.push(command);
      return true;
    }
    default:
      return false;
  }
}

/** `app2.rate` is the rate of the second application, `topic2.rf` of the second topic. */
function readPart(parameter: Parameter, draft: Draft): boolean {
  const prefix = /^(app|topic)([1-9]\d?)\.(.+)$/.exec(parameter.key);
  if (prefix !== null) {
    const [, kind, number, key] = prefix;
    const index = Number(number) - 1;
    const inner = { key: key ?? '', value: parameter.value };
    if (kind === 'app') return index < MOST_APPLICATIONS && readApplicationPart(index, inner, draft);
    return index < MOST_TOPICS && readTopicPart(index, inner, draft);
  }
  return (
    readWhole(parameter, draft) ||
    readApplicationPart(0, parameter, draft) ||
    (parameter.key !== 'name' && readTopicPart(0, parameter, draft)) ||
    readClusterPart(parameter, draft)
  );
}

/** Lays the settings over the preset. Those that Java refuses, alone or together, are left out with its sentence. */
function readSettings(index: number, settings: readonly Parameter[], draft: Draft): void {
  const application = draft.application(index);
  const lay = (parameters: readonly Parameter[]): Record<string, string> => {
    const producer: Record<string, string> = { ...application.producer };
    for (const { key, value } of parameters) {
      if (value === '') delete producer[key];
      else producer[key] = value === '""' ? '' : value;
    }
    return producer;
  };
  let kept = [...settings];
  if (conflictOf(lay(kept)) !== null) {
    const lonely = kept.filter((one) => conflictOf(lay(kept.filter((other) => other !== one))) === null);
    // One that is wrong by itself, else the last one that was asked for.
    const culprit = lonely.find((one) => conflictOf({ [one.key]: one.value }) !== null) ?? lonely.at(-1);
    const rest = culprit === undefined ? [] : kept.filter((one) => one !== culprit);
    for (const one of culprit === undefined ? kept : [culprit]) {
      const sentence = conflictOf(lay([...rest, one]));
      if (sentence === null) rest.push(one);
      else draft.notices.push(`${quoted(`${one.key}=${one.value}`)} is left out: ${sentence}`);
    }
    kept = rest;
  }
  draft.setApplication(index, { ...application, producer: lay(kept) });
}

/** Never throws. What could not be used stands in `notices`, and the scenario can always be run. */
export function readLink(query: string): ReadLink {
  const draft = new Draft();
  const { parameters, unreadable } = readParameters(query);
  for (const part of unreadable) draft.notices.push(`${quoted(part)} is left out: it cannot be read.`);
  for (const parameter of parameters) {
    if (!readPart(parameter, draft))
      draft.notices.push(`${quoted(parameter.key)} is left out: it is not known here.`);
  }
  for (const [index, settings] of draft.settings) readSettings(index, settings, draft);
  if (draft.version !== null && draft.version !== ENGINE_VERSION) {
    draft.notices.push(
      `This link was made with version ${draft.version} of the model; this is version ${ENGINE_VERSION}, so the run may differ.`,
    );
  }
  if (draft.version !== null && !draft.isWhole) {
    draft.notices.push('This link seems to be cut: its end is missing.');
  }
  const [first, ...otherTopics] = draft.scenario.cluster.topics;
  const mainTopic = draft.application(0).workload.topic;
  if (first !== undefined && !draft.hasTopicName) {
    draft.setCluster({ topics: [{ ...first, topic: mainTopic }, ...otherTopics] });
  }
  const commands = draft.commands.toSorted((a, b) => a.at - b.at);
  const { scenario, notices } = repair({ ...draft.scenario, commands });
  const playhead =
    draft.at === null && !draft.isPaused
      ? null
      : { at: micros(draft.at ?? 0), seq: draft.seq, paused: draft.isPaused };
  return { scenario, playhead, notices: [...draft.notices, ...notices] };
}
