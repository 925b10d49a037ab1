/**
 * The log of one partition as a conformance case needs it: where it ends and, per producer id, the last five
 * batches (FORMAT.md §5, Produce, step 6).
 */
import type { ErrorName } from '#record/Errors';

export interface AppendResult {
  readonly error: ErrorName;
  /** −1 with an error. */
  readonly baseOffset: number;
  /** One of the five remembered batches: nothing was appended. */
  readonly recognised: boolean;
}

interface RememberedBatch {
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly baseOffset: number;
}
interface ProducerState {
  epoch: number;
  batches: RememberedBatch[];
}

const REMEMBERED_BATCHES = 5;
const SEQUENCE_LIMIT = 0x80000000;

const refused = (error: ErrorName): AppendResult => ({ error, baseOffset: -1, recognised: false });

/** After 2147483647 comes 0. */
function expectedSequence(state: ProducerState): number {
  const last = state.batches.at(-1);
  return last === undefined ? 0 : (last.lastSequence + 1) % SEQUENCE_LIMIT;
}

export class PartitionLog {
  /** Log end offset. */
  endOffset = 0;
  private readonly producers = new Map<number, ProducerState>();

  /** A batch without producer id. */
  appendPlain(records: number): AppendResult {
    const baseOffset = this.endOffset;
    this.endOffset += records;
    return { error: 'NONE', baseOffset, recognised: false };
  }

  /** `strictStart`: a producer id that is not known here must begin with sequence 0. */
  append(
    producerId: number,
    epoch: number,
    firstSequence: number,
    records: number,
    strictStart: boolean,
  ): AppendResult {
    const lastSequence = (firstSequence + records - 1) % SEQUENCE_LIMIT;
    let state = this.producers.get(producerId);
    if (state === undefined) {
      if (strictStart && firstSequence !== 0) return refused('OUT_OF_ORDER_SEQUENCE_NUMBER');
      state = { epoch, batches: [] };
      this.producers.set(producerId, state);
    } else if (epoch < state.epoch) {
      return refused('INVALID_PRODUCER_EPOCH');
    } else if (epoch > state.epoch) {
      if (firstSequence !== 0) return refused('OUT_OF_ORDER_SEQUENCE_NUMBER');
      state.epoch = epoch;
      state.batches = [];
    } else {
      const known = state.batches.find(
        (batch) => batch.firstSequence === firstSequence && batch.lastSequence === lastSequence,
      );
      if (known !== undefined) return { error: 'NONE', baseOffset: known.baseOffset, recognised: true };
      if (firstSequence !== expectedSequence(state)) return refused('OUT_OF_ORDER_SEQUENCE_NUMBER');
    }
    state.batches.push({ firstSequence, lastSequence, baseOffset: this.endOffset });
    if (state.batches.length > REMEMBERED_BATCHES) state.batches.shift();
    return this.appendPlain(records);
  }

  /** A commit or abort marker: it takes one offset, and a newer epoch forgets the batches of the older one. */
  appendMarker(producerId: number, epoch: number): void {
    this.endOffset++;
    const state = this.producers.get(producerId) ?? { epoch: 0, batches: [] };
    this.producers.set(producerId, state);
    if (epoch <= state.epoch) return;
    state.epoch = epoch;
    state.batches = [];
  }
}
