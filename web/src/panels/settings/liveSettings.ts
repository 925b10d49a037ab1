/** What of the settings a live run cannot change, and why. In the model everything can be. */
import type { Scenario } from '#model/Scenario';
import type { Capabilities } from '../../sources/Source.ts';
import { FROM_START } from './change.ts';
import type { Control } from './Control.ts';

const NOT_HERE = 'This live run cannot change it.';
/** Where a real cluster tells the value; all others of cluster and network are the model's. */
const KNOWN = /^(topic\/(partitions|replicationFactor|minInsyncReplicas)|cluster\/brokers)$/;

export interface Refused {
  readonly sentence: string;
  /** Whether the value that the scenario has is that of the run. */
  readonly isKnown: boolean;
}

/** Names under which a refusal of the setting may stand: its own, then that of its family. */
function namesOf({ id, label, isKafkaName, application }: Control): readonly string[] {
  const path = id.split('/').slice(application === null ? 0 : 1);
  const [first = ''] = path;
  const family = first === 'delay' ? 'network' : first === 'seed' || first === 'topic' ? 'cluster' : first;
  return [isKafkaName ? label : (path.at(-1) ?? label), family];
}

/** null: it can be changed. `lookOnly`: why nothing can. */
export function refusedOf(
  control: Control,
  present: Scenario,
  capabilities: Capabilities,
  lookOnly: string | null = null,
): Refused | null {
  if (capabilities.commandsInThePast) return null;
  const isKnown = control.application !== null || KNOWN.test(control.id);
  const value = control.read(present);
  const command = control.command(present, value) ?? control.command(present, String(Number(value) + 1));
  if (command !== null && (lookOnly !== null || capabilities.commands.has(command.do))) {
    const [own = ''] = namesOf(control);
    const sentence = capabilities.refusals?.get(own);
    if (sentence !== undefined) return { sentence, isKnown: false };
    if (lookOnly === null) return null;
  }
  for (const name of namesOf(control)) {
    const sentence = capabilities.refusals?.get(name);
    if (sentence !== undefined) return { sentence, isKnown };
  }
  // Another run with the new value takes the place of this one.
  if (lookOnly === null && command === null && control.application !== null && capabilities.canBegin === true)
    return null;
  return { sentence: lookOnly ?? (command === null ? FROM_START : NOT_HERE), isKnown: true };
}

/** Why this one value of a choice cannot be; null: it can. */
export const choiceRefusal = (control: Control, value: string, { refusals }: Capabilities): string | null =>
  refusals?.get(`${control.label}=${value}`) ?? null;
