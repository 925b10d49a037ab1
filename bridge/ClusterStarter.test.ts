import { expect, test } from 'vitest';
import type { StartReport } from '#wire/startCluster';
import { ClusterStarter } from './ClusterStarter.ts';

/** A start that a test carries through. */
class HandMadeStart {
  starts = 0;
  progress: (line: string) => void = () => {};
  succeed: () => void = () => {};
  fail: (error: Error) => void = () => {};
  readonly starter = new ClusterStarter((progress) => {
    this.starts++;
    this.progress = progress;
    return new Promise((resolve, reject) => {
      this.succeed = resolve;
      this.fail = reject;
    });
  });

  /** What one who asks is told. */
  ask(): string[] {
    const told: string[] = [];
    this.starter.ask((report: StartReport) =>
      told.push(
        report.kind === 'step' ? report.line : report.kind === 'failed' ? report.sentence : 'started',
      ),
    );
    return told;
  }
}

const BEGIN = 'start three brokers of Kafka on this machine';
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('two who ask get one start, with all its steps', async () => {
  const start = new HandMadeStart();
  const first = start.ask();
  start.progress('fetch');
  const second = start.ask();
  start.succeed();
  await settled();
  expect(first).toEqual([BEGIN, 'fetch', 'started']);
  expect(second).toEqual(first);
  expect(start.starter.isOffered).toBe(false);
  expect(start.ask()).toEqual(['started']);
  expect(start.starts).toBe(1);
});

test('a failed start says its sentence only, and can be tried again', async () => {
  const start = new HandMadeStart();
  const first = start.ask();
  start.fail(new Error('There is no Java: install one.\n[ERROR] a page of output'));
  await settled();
  expect(first).toEqual([BEGIN, 'There is no Java: install one.']);
  expect(start.starter.isOffered).toBe(true);
  const again = start.ask();
  start.succeed();
  await settled();
  expect(again).toEqual([BEGIN, 'started']);
  expect(start.starts).toBe(2);
});
