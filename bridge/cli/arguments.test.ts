/** A command that has nothing to look at must not say that all is well. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const LIMIT_MS = 60_000;

test.each([
  ['conformance', ['--random', 'abc'], '--random takes a whole number from 1 on, not “abc”.'],
  ['conformance', ['--only', 'no-such-case'], 'No case has “no-such-case” in its name.'],
  ['mutations', ['--only', 'no-such-bug'], 'No bug has “no-such-bug” in its name.'],
  ['simulate', ['--seeds', '0'], '--seeds takes a whole number from 1 on, not “0”.'],
])(
  '%s %j is refused',
  (command, given, sentence) => {
    const file = fileURLToPath(new URL(`./${command}.ts`, import.meta.url));
    const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', file, ...given], {
      encoding: 'utf8',
    });
    expect(stderr).toContain(sentence);
    expect(status).toBe(1);
  },
  LIMIT_MS,
);
