/** Starts a local cluster when a page asks for one: once, whoever asks, and everybody is told all of its steps. */
import type { ServerResponse } from 'node:http';
import { writeStartReport, type StartReport } from '#wire/startCluster';

export class ClusterStarter {
  private readonly start: (progress: (line: string) => void) => Promise<void>;
  private readonly listeners = new Set<(report: StartReport) => void>();
  /** Of the present try; empty: none goes on. */
  private reports: StartReport[] = [];
  private isStarted = false;

  /** `start` throws an Error with a sentence for a person. */
  constructor(start: (progress: (line: string) => void) => Promise<void>) {
    this.start = start;
  }

  /** Nothing runs yet, and it can be asked for. */
  get isOffered(): boolean {
    return !this.isStarted;
  }

  /** Starts unless that is under way or done. `tell` hears every step from the first on, and the end. */
  ask(tell: (report: StartReport) => void): void {
    if (this.isStarted) return tell({ kind: 'started' });
    const isUnderWay = this.reports.length > 0;
    for (const report of this.reports) tell(report);
    this.listeners.add(tell);
    if (isUnderWay) return;
    this.say({ kind: 'step', line: 'start three brokers of Kafka on this machine' });
    this.start((line) => this.say({ kind: 'step', line })).then(
      () => {
        this.isStarted = true;
        this.end({ kind: 'started' });
      },
      (error: unknown) => this.end({ kind: 'failed', sentence: sentenceOf(error) }),
    );
  }

  /** Answers a request whose sender has been checked. */
  answer(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
    const tell = (report: StartReport): void => {
      response.write(writeStartReport(report));
      if (report.kind !== 'step') response.end();
    };
    // The start goes on without those who asked for it.
    response.on('close', () => this.listeners.delete(tell));
    this.ask(tell);
  }

  private say(report: StartReport): void {
    this.reports.push(report);
    for (const tell of this.listeners) tell(report);
  }

  private end(report: StartReport): void {
    this.say(report);
    this.reports = [];
    this.listeners.clear();
  }
}

/** The first line: what follows it is the output of some program. */
const sentenceOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
