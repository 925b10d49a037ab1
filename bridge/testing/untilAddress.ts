/** A server that a test has started as a process of its own says on its standard output where it is. */
import type { ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** Only its output is of interest here. */
export type TalkingProcess = ChildProcessByStdio<null, Readable, null>;

/** `lines`: takes what it prints. @throws Error with what it has printed when it ends instead of starting. */
export function untilAddress(child: TalkingProcess, lines: string[] = []): Promise<string> {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      const [, found] = /^Linger is at (\S+)$/.exec(line) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new Error(`the server has ended:\n${lines.join('\n')}`)));
  });
}
