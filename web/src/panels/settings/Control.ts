/** One setting as the panel sees it: where it stands in a scenario, what may be put there, how a run takes a change. */
import type { CommandBody, Scenario } from '#model/Scenario';
import type { Unit } from './quantity.ts';

export type Shape =
  /** `stops`: where its slider stops; typed values may lie anywhere that is not refused. */
  | { readonly kind: 'number'; readonly unit: Unit; readonly stops: readonly number[] }
  | { readonly kind: 'choice'; readonly choices: readonly Choice[] }
  | { readonly kind: 'flag' };

export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** Values are texts throughout, as in a properties file: a number is its digits in base units. */
export interface Control {
  /** Unique; under it the typed text is kept while it is refused. */
  readonly id: string;
  /** Kafka's name where it has one. */
  readonly label: string;
  readonly isKafkaName: boolean;
  readonly meaning: string;
  readonly shape: Shape;
  readonly defaultValue: string;
  /** The application's, counted from 0; null: the cluster's. */
  readonly application: number | null;
  read(scenario: Scenario): string;
  write(scenario: Scenario, value: string): Scenario;
  /** How a run takes the change from a moment on; null: only from the start. */
  command(present: Scenario, value: string): CommandBody | null;
  /** A command of the past as it is when the value holds from the start; null: then it does nothing any more. */
  inPast(command: CommandBody, value: string): CommandBody | null;
}

/** What no run can take in its middle: a change makes the whole run anew. */
export const onlyFromStart: Pick<Control, 'command' | 'inPast'> = {
  command: () => null,
  inPast: (command) => command,
};

export interface ControlGroup {
  readonly id: string;
  readonly title: string;
  readonly controls: readonly Control[];
}

export const isChanged = (control: Control, scenario: Scenario): boolean =>
  control.read(scenario) !== control.defaultValue;
