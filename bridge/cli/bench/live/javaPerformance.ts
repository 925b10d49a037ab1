/**
 * The rival: the Java client's own `ProducerPerformance`. Its CPU time is the system's account of the whole process, so
 * what the JVM takes to start and to warm up is measured by a run of its own and taken off.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { findJava } from '../../../door/machine.mjs';
import { lastLines, run } from '../../../door/run.mjs';
import { classPathOf, KAFKA_VERSION } from '../../../kafka/install.ts';
import { CACHE } from '../bundle.ts';
import type { Effort, StreamPlan } from './plan.ts';

const POM = fileURLToPath(new URL('../../../kafka/pom.xml', import.meta.url));
const MAIN = 'org.apache.kafka.tools.ProducerPerformance';
/** POSIX: the second line of `times` is that of the children, user and system. */
const TIMED = '"$@"; code=$?; times; exit $code';
const TIMES = /(\d+)m([\d.]+)s (\d+)m([\d.]+)s\s*$/;
/** As the bridge has them. */
const COMPARED = ['acks=1', 'linger.ms=5', 'batch.size=16384'];
const MS_PER_S = 1000;

/** Class path with ProducerPerformance; null, with a line on stderr, when it cannot be had. */
export async function kafkaTools(): Promise<string | null> {
  const { missing } = await findJava();
  const jars = join(CACHE, `kafka-tools-${KAFKA_VERSION}`);
  if (missing === undefined && !existsSync(join(jars, `kafka-tools-${KAFKA_VERSION}.jar`))) {
    console.error(`fetching kafka-tools ${KAFKA_VERSION}`);
    const goal = ['-Plog4j2,tools', `-Dkafka.version=${KAFKA_VERSION}`, `-DoutputDirectory=${jars}`];
    const { code, output } = await run('mvn', [
      '-q',
      '-B',
      '-f',
      POM,
      ...goal,
      'dependency:copy-dependencies',
    ]);
    if (code !== 0) {
      console.error(`No ProducerPerformance: Maven could not fetch it.\n${lastLines(output, 4)}`);
      return null;
    }
  }
  if (missing !== undefined) return null;
  return classPathOf(jars);
}

async function performanceOf(classPath: string, plan: StreamPlan, records: number): Promise<Effort> {
  const { endpoints, topic, valueBytes } = plan;
  const servers = endpoints.map(({ host, port }) => `${host}:${port}`).join(',');
  const startMs = performance.now();
  const { code, output } = await run('sh', [
    '-c',
    TIMED,
    'sh',
    'java',
    '-cp',
    classPath,
    MAIN,
    '--topic',
    topic,
    '--num-records',
    String(records),
    '--record-size',
    String(valueBytes),
    '--throughput',
    '-1',
    '--command-property',
    `bootstrap.servers=${servers}`,
    ...COMPARED,
  ]);
  const wallS = (performance.now() - startMs) / MS_PER_S;
  const times = TIMES.exec(output);
  if (code !== 0 || times === null)
    throw new Error(`ProducerPerformance ended with ${code}:\n${lastLines(output, 8)}`);
  const [userMin = 0, userS = 0, systemMin = 0, systemS = 0] = times.slice(1).map(Number);
  return { records, wallS, cpuS: (userMin + systemMin) * 60 + userS + systemS };
}

export interface JavaEffort extends Effort {
  /** Of a run with a single record. */
  readonly startCpuS: number;
}

/** The records after the warm-up: what a run takes beyond one that ends with the warm-up. */
export async function javaEffort(classPath: string, plan: StreamPlan): Promise<JavaEffort> {
  const { warmUpRecords, records } = plan;
  const start = await performanceOf(classPath, plan, 1);
  const warm = await performanceOf(classPath, plan, warmUpRecords);
  const all = await performanceOf(classPath, plan, warmUpRecords + records);
  return {
    records,
    wallS: all.wallS - warm.wallS,
    cpuS: all.cpuS - warm.cpuS,
    startCpuS: start.cpuS,
  };
}
