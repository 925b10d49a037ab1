// What the two commands print: one line a step, with its time; a sentence when it cannot go on.

/** A trouble that a person can mend. Its message is the whole story: no stack trace is shown. */
export class Trouble extends Error {}

const seconds = (ms) => (ms < 100 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

export const say = (line) => process.stdout.write(`${line}\n`);

/** Runs one step and prints what it did and how long it took. `work` may return a word for the line. */
export async function step(label, work) {
  const start = performance.now();
  const note = await work();
  say(`- ${label}${typeof note === 'string' ? `: ${note}` : ''} (${seconds(performance.now() - start)})`);
}

/** Runs `main`; a Trouble ends the process with its sentence and code 1. */
export async function door(main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    process.stderr.write(`\n${error.message}\n`);
    process.exitCode = 1;
  }
}
