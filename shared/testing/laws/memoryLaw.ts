/** Buffer memory is conserved: what is free and what batches hold is never more than there is, and all comes back. */
import type { ClientId } from '#base/ids';
import type { PipelineEvent } from '#events/catalogue';
import type { Law, LawContext } from './Law.ts';

const LAW = 'memory';

interface Pool {
  readonly totalBytes: number;
  availableBytes: number;
  waiters: number;
  /** Held by batches that have not been freed. */
  heldBytes: number;
  /** The process died, or was closed by force: then answers that would free memory are not waited for (KAFKA-19012). */
  isCutShort: boolean;
}

export class MemoryLaw implements Law {
  private readonly context: LawContext;
  private readonly pools = new Map<ClientId, Pool>();

  constructor(context: LawContext) {
    this.context = context;
  }

  add(event: PipelineEvent): void {
    switch (event.type) {
      case 'client.started': {
        const totalBytes = Number(event.config['buffer.memory']);
        this.pools.set(event.client, {
          totalBytes,
          availableBytes: totalBytes,
          waiters: 0,
          heldBytes: 0,
          isCutShort: false,
        });
        break;
      }
      case 'buffer.changed': {
        const pool = this.pools.get(event.client);
        if (pool === undefined) break;
        pool.availableBytes = event.availableBytes;
        pool.waiters = event.waiters;
        if (event.availableBytes < 0 || event.availableBytes > pool.totalBytes) {
          this.context.broken(LAW, `${event.availableBytes} of ${pool.totalBytes} bytes are free`);
        }
        break;
      }
      case 'batch.created':
        if (event.parentBatch === null) this.hold(event.client, event.capacityBytes);
        break;
      case 'batch.freed':
        this.hold(this.context.batches.get(event.batch).client, -event.pooledBytes);
        break;
      case 'client.closed': {
        const pool = this.pools.get(event.client);
        if (pool !== undefined && event.how !== 'graceful') pool.isCutShort = true;
        break;
      }
      default:
    }
  }

  /** The pool has told its change before the batch is made or freed. */
  private hold(client: ClientId, bytes: number): void {
    const pool = this.pools.get(client);
    if (pool === undefined) return;
    pool.heldBytes += bytes;
    const { availableBytes, heldBytes, totalBytes } = pool;
    if (availableBytes + heldBytes > totalBytes) {
      this.context.broken(LAW, `${availableBytes} bytes are free and ${heldBytes} held, of ${totalBytes}`);
    }
  }

  /**
   * Not promised: a batch of a transaction that expired in flight. When its answer comes after the end of the
   * transaction, handleCompletedBatch finds the partition's sequences gone and throws, and Java frees nothing.
   */
  private leakedBytes(client: ClientId): number {
    let bytes = 0;
    for (const batch of this.context.batches.all()) {
      const isLeak = batch.hasExpired && batch.transaction > 0 && batch.parent === null;
      if (isLeak && batch.client === client && !batch.isFreed) bytes += batch.capacityBytes;
    }
    return bytes;
  }

  end(): void {
    for (const [client, { totalBytes, availableBytes, waiters, heldBytes, isCutShort }] of this.pools) {
      const leakedBytes = heldBytes > 0 ? this.leakedBytes(client) : 0;
      const isWhole = availableBytes + leakedBytes === totalBytes && heldBytes === leakedBytes;
      if (isCutShort || (isWhole && waiters === 0)) continue;
      this.context.broken(
        LAW,
        `producer ${client} rests with ${availableBytes} of ${totalBytes} bytes free, ${heldBytes} held and ${waiters} waiting`,
      );
    }
  }
}
