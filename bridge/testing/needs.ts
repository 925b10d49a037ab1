/** Tests that need more than Node. What is missing is named in the skipped test; with CI=true it is a failure. */
import { describe, it } from 'vitest';
import { findJava } from '../door/machine.mjs';

/**
 * A suite on real brokers of Kafka; on Debian as root Java and Maven are installed for it. `alsoMissing`: what else it
 * needs and lacks.
 */
export async function describeWithKafka(name: string, body: () => void, alsoMissing?: string): Promise<void> {
  const missing = (await findJava()).missing ?? alsoMissing;
  if (missing === undefined) {
    describe(name, body);
  } else if (process.env['CI'] === 'true') {
    describe(name, () => {
      it('has a real Kafka', () => {
        throw new Error(missing);
      });
    });
  } else {
    describe.skip(`${name} (${missing})`, body);
  }
}
