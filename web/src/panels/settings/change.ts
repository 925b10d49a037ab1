/** Puts a new value into a run, or says in one sentence why not. Nothing is changed when it is refused. */
import { conflictOf } from '#engine/ProducerConfig';
import type { ApplicationSpec, Command, CommandBody, Scenario } from '#model/Scenario';
import { TRANSACTIONAL_ID, validateScenario } from '#model/validateScenario';
import type { Control } from './Control.ts';
import { presentScenario } from './presentScenario.ts';
import { parseQuantity, quantityText } from './quantity.ts';

/** What of a session is needed here. */
export interface ChangeableRun {
  readonly source: {
    readonly scenario: Scenario;
    readonly capabilities?: { readonly commandsInThePast: boolean; readonly canBegin?: boolean };
  };
  readonly playback: { readonly cursor: { readonly at: number } };
  command(body: CommandBody): string | null;
  restart(scenario: Scenario): string | null;
}

/** The typed text as a value; what is no quantity stays as it is, so that Java's parser can say its sentence. */
export function valueOfText(control: Control, text: string): string {
  if (control.shape.kind !== 'number') return text;
  const value = parseQuantity(text, control.shape.unit);
  return value === null ? text.trim() : String(value);
}

/** The value as it is shown. */
export function textOfValue(control: Control, value: string): string {
  const { shape } = control;
  if (shape.kind === 'choice') return shape.choices.find((choice) => choice.value === value)?.label ?? value;
  if (shape.kind === 'flag') return value;
  return /^-?\d+$/.test(value) ? quantityText(Number(value), shape.unit) : value;
}

/** Why the value cannot be: Java's own sentence for a producer setting, ours for the rest. null: it can. */
export function refusalOf(control: Control, scenario: Scenario, value: string): string | null {
  const { shape } = control;
  if (control.isKafkaName && control.application !== null) {
    const changed = control.write(scenario, value);
    return conflictOf(changed.applications[control.application]?.producer ?? {});
  }
  if (shape.kind === 'number' && !/^-?\d+$/.test(value)) {
    return `“${value}” is not a whole number${shape.unit === 'count' ? '' : ' with a known unit'}.`;
  }
  const before = new Set(validateScenario({ ...scenario, commands: [] }));
  const after = validateScenario({ ...control.write(scenario, value), commands: [] });
  return after.find((sentence) => !before.has(sentence)) ?? null;
}

/** The whole run as if the value had held from the start. */
function fromTheStart(scenario: Scenario, control: Control, value: string): Scenario {
  const changed = control.write(scenario, value);
  const commands: Command[] = [];
  let present = { ...changed, commands: [] };
  for (const command of scenario.commands) {
    const body = control.inPast(command, value);
    if (body === null) continue;
    const kept: Command = { ...body, at: command.at };
    const next = presentScenario({ ...present, commands: [kept] }, kept.at);
    // A replacement by the same producer would only have been there for this setting.
    if (kept.do === 'producer.replace' && JSON.stringify(next) === JSON.stringify(present)) continue;
    commands.push(kept);
    present = { ...next, commands: [] };
  }
  return { ...changed, commands };
}

/** Gives a command at the playhead. A second change of the same producer at that instant takes the first one's place. */
function give(run: ChangeableRun, body: CommandBody, at: number): string | null {
  const { scenario } = run.source;
  const past = scenario.commands.filter((command) => command.at <= at);
  const last = past.at(-1);
  const isSecond =
    body.do === 'producer.replace' &&
    last?.do === 'producer.replace' &&
    last.at === at &&
    last.application === body.application;
  if (!isSecond) return run.command(body);
  return run.restart({ ...scenario, commands: [...past.slice(0, -1), { ...body, at: last.at }] });
}

/**
 * `fromStart`: the whole run is made again with the value. Otherwise it holds from the playhead on, if a run can take
 * it there. null: done; else the sentence of the refusal.
 */
export function applyChange(
  run: ChangeableRun,
  control: Control,
  value: string,
  fromStart: boolean,
): string | null {
  const { scenario } = run.source;
  const at = Math.floor(run.playback.cursor.at);
  if (isLive(run)) return applyNow(run, control, value);
  const present = presentScenario(scenario, at);
  const refusal = refusalOf(control, present, value);
  if (refusal !== null) return refusal;
  const body = at === 0 || fromStart ? null : control.command(present, value);
  if (body !== null) return control.read(present) === value ? null : give(run, body, at);
  const restarted = fromTheStart(scenario, control, value);
  return JSON.stringify(restarted) === JSON.stringify(scenario) ? null : run.restart(restarted);
}

export const FROM_START = 'Only from the start of a run, and a live run has begun.';

/** Live, a command happens now, whatever moment is looked at: so it starts from what holds now. */
const isLive = ({ source }: ChangeableRun): boolean => source.capabilities?.commandsInThePast === false;

function applyNow(run: ChangeableRun, control: Control, value: string): string | null {
  const now = presentScenario(run.source.scenario, Infinity);
  const refusal = refusalOf(control, now, value);
  if (refusal !== null || control.read(now) === value) return refusal;
  const body = control.command(now, value);
  if (body !== null) return run.command(body);
  if (run.source.capabilities?.canBegin !== true) return FROM_START;
  return run.restart({ ...control.write(now, value), commands: [] });
}

/** No preset names a transactional.id, and an application in transactions cannot be without one. */
function keepingId(
  preset: Readonly<Record<string, string>>,
  application: ApplicationSpec | undefined,
): Readonly<Record<string, string>> {
  const id = application?.producer[TRANSACTIONAL_ID];
  return application?.pattern !== 'transaction-loop' || id === undefined
    ? preset
    : { ...preset, [TRANSACTIONAL_ID]: id };
}

/** All of a producer's settings at once: a preset. */
export function applyProducer(
  run: ChangeableRun,
  application: number,
  preset: Readonly<Record<string, string>>,
  fromStart: boolean,
): string | null {
  const { scenario } = run.source;
  const at = isLive(run) ? Infinity : Math.floor(run.playback.cursor.at);
  const producer = keepingId(preset, presentScenario(scenario, at).applications[application]);
  const refusal = conflictOf(producer);
  if (refusal !== null) return refusal;
  if (isLive(run)) return run.command({ do: 'producer.replace', application, producer });
  if (at > 0 && !fromStart) return give(run, { do: 'producer.replace', application, producer }, at);
  const applications = scenario.applications.map((spec, i) =>
    i === application ? { ...spec, producer } : spec,
  );
  const commands = scenario.commands.filter(
    (command) => command.do !== 'producer.replace' || command.application !== application,
  );
  return run.restart({ ...scenario, applications, commands });
}
