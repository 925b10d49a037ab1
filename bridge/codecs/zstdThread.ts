/**
 * The package only promises its results, and a producer wants the size of a batch at once: so the package works in a
 * thread of its own and this one waits for it.
 */
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';

interface Answer {
  readonly bytes?: Uint8Array;
  readonly error?: string;
}

/** Far more than the largest batch takes; a thread that died would never answer. */
const LIMIT_MS = 30_000;

interface Started {
  readonly port: MessagePort;
  /** The thread counts its answers in it. */
  readonly answered: Int32Array<SharedArrayBuffer>;
}

export class PackageThread {
  private readonly packageName: string;
  private started: Started | null = null;

  constructor(packageName: string) {
    this.packageName = packageName;
  }

  /** @throws Error what the package says, or that it does not answer. */
  call(
    method: 'compress' | 'decompress',
    bytes: Uint8Array,
    level?: number,
    limitMs: number = LIMIT_MS,
  ): Uint8Array {
    const { port, answered } = (this.started ??= this.start());
    const before = Atomics.load(answered, 0);
    port.postMessage({ method, bytes, level });
    Atomics.wait(answered, 0, before, limitMs);
    const received: { message: Answer } | undefined = receiveMessageOnPort(port);
    if (received === undefined) {
      // Its answer may still come, and would be taken for that of the next call.
      port.close();
      this.started = null;
    }
    if (received?.message.bytes !== undefined) return received.message.bytes;
    throw new Error(received?.message.error ?? `${this.packageName} does not answer`);
  }

  private start(): Started {
    const { port1, port2 } = new MessageChannel();
    const answered = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const worker = new Worker(new URL('zstdWorker.mjs', import.meta.url), {
      workerData: { packageName: this.packageName, port: port2, answered },
      transferList: [port2],
      // Loaders of this process are not for a plain script.
      execArgv: [],
    });
    worker.unref();
    port1.unref();
    return { port: port1, answered };
  }
}
