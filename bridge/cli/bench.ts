/**
 * What the project promises in numbers, measured on this machine.
 *
 *   npm run bench                              every part, as a table
 *   npm run bench -- PART                      engine, seek, memory, frame, start, size, live, hostile or stalled
 *   npm run --silent bench -- PART --json      only an array of measures (bench/Measure.ts)
 *   npm run bench -- live --records 300000 --rounds 1     fewer records and rounds, for a quick look
 *   npm run bench -- hostile --inputs 50000               the same for hostile input
 *
 * Never part of a test: times belong to machines.
 */
import { parseArgs } from 'node:util';
import { wholeNumber } from './arguments.ts';
import { engine } from './bench/engine.ts';
import { frame } from './bench/frame.ts';
import { hostile, HOSTILE_INPUTS } from './bench/hostile.ts';
import { live, LIVE_OPTIONS } from './bench/live.ts';
import type { Measure } from './bench/Measure.ts';
import { memory } from './bench/memory.ts';
import { size, start } from './bench/page.ts';
import { seek } from './bench/seek.ts';
import { stalled } from './bench/stalled.ts';

const PARTS = {
  engine,
  seek,
  memory,
  frame,
  start,
  size,
  live: () =>
    live({ records: count('records', LIVE_OPTIONS.records), rounds: count('rounds', LIVE_OPTIONS.rounds) }),
  hostile: () => hostile(count('inputs', HOSTILE_INPUTS)),
  stalled,
} as const;
type Part = keyof typeof PARTS;

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean' },
    records: { type: 'string' },
    rounds: { type: 'string' },
    inputs: { type: 'string' },
  },
});

const isPart = (name: string): name is Part => Object.hasOwn(PARTS, name);

const cells = ({ measure, value, unit, rival, rivalValue, ratio, goal }: Measure): readonly string[] => [
  measure,
  `${value} ${unit}`,
  goal === null ? '' : String(goal),
  rival === null ? '' : `${rivalValue ?? ''} (${rival})`,
  ratio === null ? '' : String(ratio),
];

const HEAD = ['measure', 'value', 'goal', 'rival', 'value / rival'];

/** Columns as wide as their widest cell. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = HEAD.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows
    .map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  '))
    .join('\n')
    .trimEnd();
}

function count(name: 'inputs' | 'records' | 'rounds', otherwise: number): number {
  const text = options[name];
  return text === undefined ? otherwise : wholeNumber(`--${name}`, text, 1);
}

const unknown = names.find((name) => !isPart(name));
if (unknown === undefined) {
  const measures: Measure[] = [];
  for (const name of names.length > 0 ? names : Object.keys(PARTS)) {
    if (!isPart(name)) continue;
    console.error(`measuring ${name}`);
    measures.push(...(await PARTS[name]()));
  }
  if (options.json === true) console.log(JSON.stringify(measures));
  else console.log(table([HEAD, ...measures.map(cells)]));
} else {
  console.error(`There is no part ${unknown}. Parts: ${Object.keys(PARTS).join(', ')}.`);
  process.exitCode = 1;
}
