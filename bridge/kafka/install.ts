/**
 * The broker's jars, brought by Maven once and kept below node_modules; later starts need no network. Also what the
 * brokers' data folders begin with, which Kafka's own StorageTool makes once for all clusters.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findJava, javaVersion } from '../door/machine.mjs';
import { lastLines, run } from '../door/run.mjs';
import { Trouble } from '../door/say.mjs';
import { bootstrapProperties } from './nodeFiles.ts';
import { withLock } from './lock.ts';

/** The version that the page's model follows. */
export const KAFKA_VERSION = '4.3.1';
/** The last with the old protocol versions; the bridge promises to work with it. */
export const OLDER_KAFKA_VERSION = '3.9.1';

export interface KafkaInstallation {
  readonly version: string;
  /** Where jars, archives and the first checkpoint are kept. */
  readonly folder: string;
  /** Java's `-cp`: always the same string, which class data sharing insists on. */
  readonly classPath: string;
  /** The records every new node's metadata begins with. */
  readonly bootstrapCheckpoint: string;
}

export type Progress = (line: string) => void;

const OLDEST_JAVA = 17;
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/linger/', import.meta.url));
const POM = fileURLToPath(new URL('pom.xml', import.meta.url));
const CHECKPOINT = 'bootstrap.checkpoint';

export const usesLog4j2 = (version: string): boolean => Number.parseInt(version, 10) >= 4;

/** @throws Trouble with a sentence for the person, when Java or Maven is missing or Maven reaches nothing. */
export async function installKafka(version: string, progress: Progress): Promise<KafkaInstallation> {
  const folder = join(CACHE, `kafka-${version}`);
  if (!isComplete(folder)) await withLock(`${folder}.lock`, () => fetchOnce(version, folder, progress));
  else if ((await javaVersion()) < OLDEST_JAVA) await needJava();
  return installation(version, folder);
}

function installation(version: string, folder: string): KafkaInstallation {
  return {
    version,
    folder,
    classPath: classPathOf(join(folder, 'jars')),
    bootstrapCheckpoint: join(folder, CHECKPOINT),
  };
}

/** An explicit list: a wildcard is expanded in an order that may change. */
export const classPathOf = (jars: string): string =>
  readdirSync(jars)
    .toSorted()
    .map((jar) => join(jars, jar))
    .join(':');

const isComplete = (folder: string): boolean => existsSync(join(folder, CHECKPOINT));

async function needJava(): Promise<void> {
  const java = await findJava();
  if (java.missing === undefined) return;
  throw new Trouble(
    `A local Kafka cannot start: ${java.missing}. Without it "npm start -- --simulated" runs the producer live against a simulated cluster.`,
  );
}

async function fetchOnce(version: string, folder: string, progress: Progress): Promise<void> {
  // Somebody else may have done it while this one waited.
  if (isComplete(folder)) return;
  const start = performance.now();
  await needJava();
  progress(`fetch Kafka ${version} (Maven, about 45 MB, once)`);
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  await copyJars(version, join(partial, 'jars'));
  progress(`make the first checkpoint of Kafka's metadata (${seconds(start)} so far)`);
  await formatOnce(partial);
  rmSync(folder, { recursive: true, force: true });
  renameSync(partial, folder);
  progress(`Kafka ${version} is installed (${seconds(start)})`);
}

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

async function copyJars(version: string, jars: string): Promise<void> {
  const result = await run('mvn', [
    '-q',
    '-B',
    '-f',
    POM,
    `-P${usesLog4j2(version) ? 'log4j2' : 'reload4j'}`,
    `-Dkafka.version=${version}`,
    `-DoutputDirectory=${jars}`,
    'dependency:copy-dependencies',
  ]);
  if (result.code === 0 && existsSync(jars)) return;
  throw new Trouble(
    `Maven could not fetch Kafka ${version}. The first start of a local Kafka needs a network; later ones do not.\n${lastLines(result.output, 8)}`,
  );
}

/** StorageTool takes 2 s a node; its checkpoint is the same for every node and cluster of a version. */
async function formatOnce(folder: string): Promise<void> {
  const work = join(folder, 'format');
  const data = join(work, 'data');
  mkdirSync(data, { recursive: true });
  const properties = join(work, 'server.properties');
  writeFileSync(properties, bootstrapProperties(data));
  const classPath = classPathOf(join(folder, 'jars'));
  const format = ['kafka.tools.StorageTool', 'format', '-t', 'A'.repeat(22), '-c', properties];
  const result = await run('java', ['-cp', classPath, ...format]);
  const made = join(data, CHECKPOINT);
  if (result.code !== 0 || !existsSync(made) || statSync(made).size === 0) {
    throw new Trouble(`Kafka's StorageTool failed:\n${lastLines(result.output, 8)}`);
  }
  renameSync(made, join(folder, CHECKPOINT));
  rmSync(work, { recursive: true, force: true });
}
