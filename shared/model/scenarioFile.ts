/**
 * A run as a file, for when a link is too short: the link without its commands, and the commands beside it in the same
 * text. Reading never fails; a file that is none gives a sentence.
 */
import { readLink, writeLink, type Playhead, type ReadLink } from './scenarioQuery.ts';
import { writeCommand } from './queryCommands.ts';
import { writeParameter } from './queryText.ts';
import type { Scenario } from './Scenario.ts';

const FORMAT = 'linger-run';
/** Rises when an older page could not read the file. */
export const FILE_VERSION = 1;
/** Larger files were not made here. */
export const LARGEST_FILE_CHARS = 10_000_000;

export type ReadFile = { readonly run: ReadLink } | { readonly sentence: string };

/** JSON text, one command a line. */
export function writeScenarioFile(scenario: Scenario, playhead: Playhead | null): string {
  const link = writeLink({ ...scenario, commands: [] }, playhead).query;
  const commands = scenario.commands.map(writeCommand);
  return `${JSON.stringify({ format: FORMAT, version: FILE_VERSION, link, commands }, null, 1)}\n`;
}

/** A run with notices about what was left out of it, or what is wrong with the file. */
export function readScenarioFile(text: string): ReadFile {
  if (text.length > LARGEST_FILE_CHARS) return { sentence: 'This file is too large to be a run.' };
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    return { sentence: 'This file is not a run: it is not JSON, or it is cut.' };
  }
  if (typeof file !== 'object' || file === null || !('format' in file) || file.format !== FORMAT) {
    return { sentence: 'This file is not a run of Linger.' };
  }
  const { version, link, commands } = file as { version?: unknown; link?: unknown; commands?: unknown };
  if (version !== FILE_VERSION) {
    return {
      sentence: `This file has version ${String(version)}; this page reads version ${FILE_VERSION}.`,
    };
  }
  if (typeof link !== 'string' || !Array.isArray(commands)) {
    return { sentence: 'This file is a run of Linger, but parts of it are missing.' };
  }
  const parts = commands.map((command: unknown) =>
    writeParameter({ key: 'do', value: typeof command === 'string' ? command : JSON.stringify(command) }),
  );
  return { run: readLink([link, ...parts].join('&')) };
}
