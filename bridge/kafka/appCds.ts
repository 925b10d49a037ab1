/**
 * Class data sharing for the brokers: an archive of the classes a broker has loaded after some work, which makes a
 * start of three 2 s and 5 CPU-seconds shorter. Made once for each JDK and list of jars.
 */
import { createHash } from 'node:crypto';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordBatchBytes } from '#record/recordBatchBytes';
import { run } from '../door/run.mjs';
import { KafkaConnection } from '../kafkaBytes/KafkaConnection.ts';
import { retried } from '../kafkaBytes/retried.ts';
import { FIND_COORDINATOR } from '../kafkaBytes/apis/cluster.ts';
import { PRODUCE } from '../kafkaBytes/apis/produce.ts';
import { FETCH } from '../kafkaBytes/apis/reading.ts';
import { CREATE_TOPICS } from '../kafkaBytes/apis/topics.ts';
import { ADD_PARTITIONS_TO_TXN, END_TXN, INIT_PRODUCER_ID } from '../kafkaBytes/apis/transactions.ts';
import type { KafkaInstallation, Progress } from './install.ts';
import { withLock } from './lock.ts';

const RETRY_LIMIT_MS = 10_000;

/** The archive, or null where this JDK makes none: then the brokers start without, and slower. */
export async function appCdsArchive(
  installation: KafkaInstallation,
  progress: Progress,
  work: (jvmOptions: readonly string[], warmUp: (port: number) => Promise<void>) => Promise<void>,
): Promise<string | null> {
  const { output } = await run('java', ['-version']);
  const hash = createHash('sha256').update(output).update(installation.classPath).digest('hex').slice(0, 16);
  const archive = join(installation.folder, `classes-${hash}.jsa`);
  // A JDK that cannot make one is asked once, not at every start.
  const none = `${archive}.none`;
  if (existsSync(none)) return null;
  if (!existsSync(archive)) {
    await withLock(`${archive}.lock`, async () => {
      if (existsSync(archive)) return;
      const start = performance.now();
      progress('make the archive of classes that lets brokers start faster (once)');
      const partial = `${archive}.partial`;
      await work([`-XX:ArchiveClassesAtExit=${partial}`], warmUp);
      if (existsSync(partial)) renameSync(partial, archive);
      else writeFileSync(none, '');
      progress(`the archive is made (${((performance.now() - start) / 1000).toFixed(1)} s)`);
    });
  }
  return existsSync(archive) ? archive : null;
}

/** A topic, a transaction and a reader, so that their classes are loaded. */
async function warmUp(port: number): Promise<void> {
  const connection = await KafkaConnection.open({ host: '127.0.0.1', port });
  const topic = { topic: 'warm-up', assignments: [[0]], partitions: 1, replicationFactor: 1, configs: {} };
  await connection.request(CREATE_TOPICS, 5, { topics: [topic], timeoutMs: 10_000 });
  await connection.request(FIND_COORDINATOR, 2, { keyType: 'group', key: 'warm-up' });
  // Asking makes the coordinator's own topic; the id is given when that is there.
  await connection.request(FIND_COORDINATOR, 2, { keyType: 'transaction', key: 'warm-up' });
  const init = {
    transactionalId: 'warm-up',
    transactionTimeoutMs: 10_000,
    producerId: -1,
    producerEpoch: -1,
  };
  const id = await retried(() => connection.request(INIT_PRODUCER_ID, 4, init), RETRY_LIMIT_MS);
  const producer = { transactionalId: 'warm-up', producerId: id.producerId, producerEpoch: id.producerEpoch };
  const partitions = [{ topic: 'warm-up', partitions: [0] }];
  await connection.request(ADD_PARTITIONS_TO_TXN, 3, { ...producer, topics: partitions });
  const records = recordBatchBytes(
    { ...producer, compression: 'none', baseSequence: 0, isTransactional: true },
    [{ timestampMs: Date.now(), key: null, value: new Uint8Array(10), headers: [] }],
  );
  await connection.request(PRODUCE, 9, {
    transactionalId: 'warm-up',
    acks: -1,
    timeoutMs: 1000,
    topics: [{ topic: 'warm-up', partitions: [{ partition: 0, records }] }],
  });
  await connection.request(END_TXN, 4, { ...producer, committed: true });
  await connection.request(FETCH, 11, {
    isolationLevel: 'read_committed',
    maxWaitMs: 100,
    minBytes: 1,
    maxBytes: 100_000,
    topics: [{ topic: 'warm-up', partitions: [{ partition: 0, offset: 0, maxBytes: 100_000 }] }],
  });
  connection.close();
}
