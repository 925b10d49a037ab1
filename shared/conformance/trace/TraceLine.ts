/** One line of a trace (FORMAT.md §9): case time in ms, what happened, and the fields of that kind of line. */
export interface TraceLine {
  readonly t: number;
  readonly ev: string;
  readonly [field: string]: unknown;
}
