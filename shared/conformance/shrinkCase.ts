/** Makes a failing case small: leaves out whatever it can while it still fails. */
import type { CaseJson } from './randomCase.ts';

/** Every case that is one step simpler, the boldest steps first. */
export function simplerCases(from: CaseJson): readonly CaseJson[] {
  const simpler: CaseJson[] = [];
  const { commands, faults = [] } = from;
  for (let size = Math.ceil(commands.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let start = 0; start < commands.length; start += size)
      simpler.push({ ...from, commands: commands.filter((_, i) => i < start || i >= start + size) });
  for (let i = 0; i < faults.length; i++)
    simpler.push({ ...from, faults: faults.filter((_, other) => other !== i) });
  for (const key of Object.keys(from.producer))
    simpler.push({ ...from, producer: without(from.producer, key) });
  for (const part of ['network', 'cluster', 'random'] as const)
    for (const key of Object.keys(from[part] ?? {}))
      if (key !== 'topics') simpler.push({ ...from, [part]: without(from[part] ?? {}, key) });
  if (from.codec !== undefined) simpler.push(without(from, 'codec') as unknown as CaseJson);
  commands.forEach((command, i) => {
    for (const smaller of simplerCommands(command))
      simpler.push({ ...from, commands: commands.with(i, smaller) });
  });
  faults.forEach((fault, i) => {
    for (const part of ['match', 'answer'])
      for (const key of Object.keys(fault[part] ?? {}))
        simpler.push({
          ...from,
          faults: faults.with(i, { ...fault, [part]: without(fault[part] ?? {}, key) }),
        });
  });
  if (from.until > 100) simpler.push({ ...from, until: Math.floor(from.until / 2) });
  return simpler;
}

function simplerCommands(command: Readonly<Record<string, unknown>>): readonly Record<string, unknown>[] {
  const optional = [
    'count',
    'everyMs',
    'key',
    'headers',
    'timestamp',
    'sync',
    'thread',
    'partition',
    'value',
  ];
  const simpler = optional.filter((key) => key in command).map((key) => without(command, key));
  const { count } = command;
  if (typeof count === 'number' && count > 2) simpler.push({ ...command, count: Math.ceil(count / 2) });
  return simpler;
}

function without(object: object, key: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}
