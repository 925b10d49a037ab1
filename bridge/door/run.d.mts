/** Types of run.mjs. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly live?: boolean;
  /** 0: as long as it takes. */
  readonly timeoutMs?: number;
}
/** Never rejects; 127: there is no such command. */
export function run(
  command: string,
  args: readonly string[],
  options?: RunOptions,
): Promise<{ readonly code: number; readonly output: string }>;
export function lastLines(output: string, count?: number): string;
