/** The real client, where Java is there to run it. */
import { buildOracle, ORACLE_JAR } from '../oracle.ts';

/** Path of the jar with linger.oracle.Throughput; null, with a line on stderr, when it can neither be found nor built. */
export function oracleForRivals(): string | null {
  try {
    buildOracle((line) => console.error(line));
    return ORACLE_JAR;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    console.error(`No rival: the real client needs Java 17 and Maven (${why}).`);
    return null;
  }
}
