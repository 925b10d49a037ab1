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

export class PackageThread {
  private readonly packageName: string;
  private port: MessagePort | null = null;
  /** The thread counts its answers in it. */
  private readonly answered = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

  constructor(packageName: string) {
    this.packageName = packageName;
  }

  /** @throws Error what the package says, or that it does not answer. */
  call(method: 'compress' | 'decompress', bytes: Uint8Array, level?: number): Uint8Array {
    this.port ??= this.start();
    const before = Atomics.load(this.answered, 0);
    this.port.postMessage({ method, bytes, level });
    Atomics.wait(this.answered, 0, before, LIMIT_MS);
    const received: { message: Answer } | undefined = receiveMessageOnPort(this.port);
    if (received?.message.bytes !== undefined) return received.message.bytes;
    throw new Error(received?.message.error ?? `${this.packageName} does not answer`);
  }

  private start(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    const worker = new Worker(new URL('zstdWorker.mjs', import.meta.url), {
      workerData: { packageName: this.packageName, port: port2, answered: this.answered },
      transferList: [port2],
      // Loaders of this process are not for a plain script.
      execArgv: [],
    });
    worker.unref();
    port1.unref();
    return port1;
  }
}
