/**
 * One thread of an application around a producer: when its next record is due and what is in it. The patterns beside it
 * decide how it is sent. An operator may change the workload, stop it for a while or hand over another producer.
 */
import type { Random } from '#base/random';
import { micros } from '#base/time';
import type { Wait } from '#engine/Blocking';
import type { Clock } from '#engine/Clock';
import type { Producer } from '#engine/KafkaProducer/KafkaProducer';
import { NO_HEADERS, type ProducerRecord } from '#engine/ProducerRecord';
import { headerKey } from './content.ts';
import {
  createKeyBytes,
  createKeyChoice,
  createPace,
  createSizeChoice,
  type Pace,
  type Workload,
} from './workload.ts';

/** What the threads of one application share, and what an operator changes. */
export interface ApplicationControl {
  /** null: closed or dead; its threads wait for another one. */
  producer: Producer | null;
  workload: Workload;
  isPaused: boolean;
  /** Rises with every change, so that threads look again. */
  version: number;
  /** Records begun by all threads since the run began; `workload.records` ends them. */
  begun: number;
  /** What the operator asks of a transaction-loop; the loop takes it. */
  wish: 'begin' | 'commit' | 'abort' | null;
}

export class ApplicationThread {
  readonly control: ApplicationControl;
  private readonly clock: Clock;
  private readonly thread: number;
  private readonly threads: number;
  private readonly random: Random;
  private seenVersion = -1;
  private workload: Workload;
  private pace: Pace;
  private nextKey: () => number;
  private nextSize: () => number;
  private readonly keyBytes = createKeyBytes();
  private headers: ProducerRecord['headers'] = NO_HEADERS;

  /** `random`: of this thread alone, so that threads do not disturb each other's records. */
  constructor(control: ApplicationControl, clock: Clock, thread: number, threads: number, random: Random) {
    this.control = control;
    this.clock = clock;
    this.thread = thread;
    this.threads = threads;
    this.random = random;
    this.workload = control.workload;
    this.pace = createPace(this.workload, clock.nowUs(), thread, threads, random.fork('pace'));
    this.nextKey = createKeyChoice(this.workload, random.fork('keys'));
    this.nextSize = createSizeChoice(this.workload, random.fork('sizes'));
    this.look();
  }

  /** Takes a changed workload over: its stream begins now, without what the old one still owed. */
  private look(): void {
    const { control, clock } = this;
    if (this.seenVersion === control.version) return;
    this.seenVersion = control.version;
    this.workload = control.workload;
    const random = this.random.fork(`version/${control.version}`);
    this.pace = createPace(this.workload, clock.nowUs(), this.thread, this.threads, random.fork('pace'));
    this.nextKey = createKeyChoice(this.workload, random.fork('keys'));
    this.nextSize = createSizeChoice(this.workload, random.fork('sizes'));
    const { headerBytes } = this.workload;
    const key = headerKey(headerBytes);
    this.headers = headerBytes > 0 ? [{ key, valueBytes: headerBytes - key.length }] : NO_HEADERS;
  }

  /**
   * The rest before the next record; null when one is due now. A change wakes it early, which a sleep would not allow;
   * nothing of this is in the log, because the thread does not block: it has nothing to do.
   */
  rest(): Wait | null {
    this.look();
    const { control } = this;
    const isIdle = control.producer === null || control.isPaused || this.isOver;
    const dueUs = isIdle ? Infinity : this.pace.dueUs;
    if (dueUs <= this.clock.nowUs()) return null;
    const { seenVersion } = this;
    return { on: 'record', untilUs: micros(dueUs), isOver: () => control.version !== seenVersion };
  }

  /** The stream of records begins now, without what has been due meanwhile. */
  beginAnew(): void {
    this.seenVersion = -1;
    this.look();
  }

  /** The workload has sent all that it was to send. */
  get isOver(): boolean {
    return this.workload.records > 0 && this.control.begun >= this.workload.records;
  }

  /** The record that is due. Call once after `rest()` said null. */
  next(): ProducerRecord {
    this.pace.advance();
    this.control.begun++;
    const keyId = this.nextKey();
    return {
      topic: this.workload.topic,
      partition: null,
      timestampMs: null,
      keyBytes: this.keyBytes(keyId),
      keyId,
      valueBytes: this.nextSize(),
      headers: this.headers,
    };
  }
}
