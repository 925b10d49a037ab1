/**
 * A log of a producer at work as its events come, from a seed: partitions, batches, requests, retries, expiries,
 * splits, elections. It obeys the order of events, not Kafka's timing: for laws about what reads logs.
 */
import { createRandom, type Random } from '#base/random';
import { HandMadeLog } from './HandMadeLog.ts';

const PARTITIONS = 6;
const BROKERS = 3;
const CAPACITY = 16_384;

interface OpenBatch {
  readonly id: number;
  readonly tp: number;
  readonly records: number[];
  attempts: number;
  copies: number;
}

class BusyRun {
  readonly log = new HandMadeLog();
  private readonly random: Random;
  private readonly perBatch: number;
  private readonly trouble: number;
  private batches = 0;
  private requests = 0;
  private sent = 0;
  private readonly open = new Map<number, OpenBatch>();
  private readonly queued: OpenBatch[] = [];
  private readonly flying: {
    readonly request: number;
    readonly node: number;
    readonly batches: OpenBatch[];
    readonly arrivesAt: number;
  }[] = [];
  private readonly ends = Array.from({ length: PARTITIONS }, () => 0);

  constructor(seed: number, perBatch: number, troublePermille: number) {
    this.random = createRandom(seed);
    this.perBatch = perBatch;
    this.trouble = troublePermille;
  }

  run(records: number): HandMadeLog {
    this.begin();
    while (this.sent < records) {
      this.send();
      if (this.queued.length >= 3 || (this.queued.length > 0 && this.random.below(20) === 0)) this.drain();
      if (this.flying.length > 4 || (this.flying.length > 0 && this.random.below(15) === 0)) this.answer();
    }
    return this.log;
  }

  private begin(): void {
    const config = { acks: '-1', 'linger.ms': '5', 'buffer.memory': '33554432' };
    this.log.write('run.began', { run: {} });
    for (let node = 0; node < BROKERS; node++) this.log.write('broker.moved', { node, to: 'up' });
    for (let tp = 0; tp < PARTITIONS; tp++) {
      this.log.write('partition.named', { tp, topic: 'orders', partition: tp });
      this.log.write('isr.changed', { tp, isr: [0, 1, 2], elr: [] });
      this.log.write('leader.elected', { tp, leader: tp % BROKERS, leaderEpoch: 0 });
    }
    this.log.write('client.started', { client: 0, name: 'producer-1', config });
    this.log.write('thread.started', { thread: 0, client: 0, name: 'main' });
    for (let node = 0; node < BROKERS; node++) {
      this.log.write('connection.moved', { client: 0, node, to: 'ready', because: 'warm' });
    }
  }

  private send(): void {
    const record = this.sent++;
    const { log, random } = this;
    const tp = random.below(PARTITIONS);
    const valueBytes = 80 + random.below(40);
    log
      .after(random.below(6))
      .write('record.sent', { record, thread: 0, keyId: random.below(8), valueBytes });
    log.write('record.serialized', { record, keyBytes: 6, valueBytes, headerBytes: 0 });
    if (random.below(1000) < this.trouble) {
      log.write('record.refused', {
        record,
        stage: 'size',
        exception: 'RecordTooLargeException',
        message: 'too large',
      });
      return;
    }
    log.after(1).write('record.partitioned', { record, tp, by: 'key-hash' });
    let batch = this.open.get(tp);
    const isNew = batch === undefined;
    if (batch === undefined) {
      batch = { id: this.batches++, tp, records: [], attempts: 0, copies: 0 };
      this.open.set(tp, batch);
      log.write('batch.created', { batch: batch.id, client: 0, tp, capacityBytes: CAPACITY });
    }
    batch.records.push(record);
    const sizeBytes = valueBytes + (isNew ? 75 : 14);
    log.write('record.appended', { record, batch: batch.id, sizeBytes, fullOrNew: isNew ? 2 : 0 });
    if (batch.records.length < this.perBatch) return;
    this.open.delete(tp);
    log.write('batch.closed', {
      batch: batch.id,
      records: batch.records.length,
      estimatedBytes: 61 + 100 * batch.records.length,
    });
    this.queued.push(batch);
  }

  private drain(): void {
    const { log } = this;
    const node = (this.queued[0]?.tp ?? 0) % BROKERS;
    const taken: OpenBatch[] = [];
    for (const batch of this.queued.slice()) {
      if (batch.tp % BROKERS !== node || taken.some((each) => each.tp === batch.tp)) continue;
      taken.push(batch);
      this.queued.splice(this.queued.indexOf(batch), 1);
    }
    for (const [i, { id }] of taken.entries())
      log.write('batch.ready', { batch: id, reason: i === 0 ? 'full' : 'node-ready' });
    for (const { id, records } of taken) {
      log.write('batch.stamped', {
        batch: id,
        producerId: 1000,
        producerEpoch: 0,
        baseSequence: id,
        reason: 'drained',
      });
      log.write('batch.drained', {
        batch: id,
        node,
        sizeBytes: 61 + 100 * records.length,
        rawBytes: 61 + 100 * records.length,
      });
    }
    const request = this.requests++;
    log.write('node.drained', { client: 0, node, batches: taken.length, records: 0 });
    log.write('request.sent', {
      request,
      client: 0,
      node,
      api: 'PRODUCE',
      version: 13,
      sizeBytes: 500,
      correlationId: request,
    });
    for (const { id } of taken) log.write('request.carried', { request, batch: id });
    log.write('request.departed', { request, arrivesAtUs: log.now + 2000 });
    log.after(1).write('request.written', { request });
    this.flying.push({ request, node, batches: taken, arrivesAt: log.now + 1999 });
  }

  private answer(): void {
    const flight = this.flying.shift();
    if (flight === undefined) return;
    const { log, random } = this;
    const { request, node, batches } = flight;
    const isLost = random.below(1000) < this.trouble;
    log.at(Math.max(log.now, flight.arrivesAt) + random.below(200)).write('request.begun', { request });
    for (const batch of batches) {
      const baseOffset = this.ends[batch.tp] ?? 0;
      this.ends[batch.tp] = baseOffset + batch.records.length;
      const logEndOffset = this.ends[batch.tp];
      log.write('log.appended', { tp: batch.tp, node, batch: batch.id, baseOffset, logEndOffset });
      log.write('highWatermark.advanced', {
        tp: batch.tp,
        highWatermark: logEndOffset,
        lastStableOffset: logEndOffset,
      });
      batch.copies++;
    }
    if (isLost) {
      log.write('response.left', { request }).write('response.departed', { request });
      log.after(30_000).write('request.lost', { request, by: 'timed-out' });
      for (const batch of batches) this.retry(batch);
      return;
    }
    log
      .after(200)
      .write('response.left', { request })
      .write('response.departed', { request, arrivesAtUs: log.now + 900 });
    log.after(900).write('response.received', { request, sizeBytes: 60, throttleMs: 0 });
    for (const batch of batches) {
      const baseOffset = (this.ends[batch.tp] ?? 0) - batch.records.length;
      log.write('response.answered', { request, batch: batch.id, error: 'NONE', baseOffset });
      log.write('batch.completed', { batch: batch.id, baseOffset, logAppendTimeMs: -1 });
      log.write('callbacks.ran', { batch: batch.id, records: batch.records.length, tookUs: 0 });
      log.write('batch.freed', { batch: batch.id, pooledBytes: CAPACITY });
    }
  }

  private retry(batch: OpenBatch): void {
    batch.attempts++;
    if (batch.attempts > 2) {
      this.log.write('batch.failed', {
        batch: batch.id,
        exception: 'TimeoutException',
        message: 'Expiring',
        expired: true,
      });
      this.log.write('batch.freed', { batch: batch.id, pooledBytes: CAPACITY });
      return;
    }
    this.log.write('batch.requeued', {
      batch: batch.id,
      error: 'NETWORK_EXCEPTION',
      attempts: batch.attempts,
      position: 'front',
      backoffUntilMs: 1_000_100,
    });
    this.queued.unshift(batch);
  }
}

/** `records` sends in batches of `perBatch`; so many of a thousand requests and records meet trouble. */
export const busyLog = (seed: number, records: number, perBatch = 20, troublePermille = 30): HandMadeLog =>
  new BusyRun(seed, perBatch, troublePermille).run(records);
