/** Types of say.mjs. */
/** A trouble that a person can mend: its message is the whole story. */
export class Trouble extends Error {}
/** Prints a line. */
export function say(line: string): void;
