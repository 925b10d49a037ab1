/** Topics read by Java's own consumer: what is written here is Kafka's only if it can. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../door/run.mjs';
import { installKafka, KAFKA_VERSION } from '../kafka/install.ts';
import { propertiesText } from '../kafka/nodeFiles.ts';

const PROGRAM = fileURLToPath(new URL('ReadTopics.java', import.meta.url));
const LIMIT_MS = 120_000;

export interface ReadTopic {
  readonly records: number;
  readonly valueBytes: number;
}

/** From the beginning to the present end of each. @throws Error with what Java says. */
export async function readWithJava(
  settings: Readonly<Record<string, string>>,
  topics: readonly string[],
): Promise<ReadonlyMap<string, ReadTopic>> {
  const { classPath } = await installKafka(KAFKA_VERSION, () => {});
  const folder = mkdtempSync(join(tmpdir(), 'linger-java-'));
  try {
    const file = join(folder, 'client.properties');
    writeFileSync(file, propertiesText(settings));
    // A program of one file is compiled as it is started.
    const options = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', classPath, PROGRAM];
    const { code, output } = await run('java', [...options, file, ...topics], { timeoutMs: LIMIT_MS });
    if (code !== 0) throw new Error(`Java's consumer ended with ${code}:\n${output.slice(-3000)}`);
    const lines = [...output.matchAll(/^read (\S+) (\d+) (\d+)$/gm)];
    return new Map(
      lines.map(([, topic = '', records, bytes]) => [
        topic,
        { records: Number(records), valueBytes: Number(bytes) },
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
