/**
 * org.apache.kafka.common.record.internal.MemoryRecordsBuilder for magic 2: how large a batch is, whether one more
 * record fits, what stands in its header. It counts bytes and keeps none: they are made when somebody needs them.
 */
import type { BatchId } from '#base/ids';
import { JavaException } from '#record/exceptions';
import { RECORD_BATCH_OVERHEAD_BYTES, estimatedCompressedBytes, sizeInBytes } from '#record/recordSizes';
import type { BatchRecords, CompressionModel } from './RunContext.ts';

export class MemoryRecordsBuilder {
  /** Size of the buffer: the batch is full when its estimate reaches it. */
  readonly writeLimit: number;
  readonly isCompressed: boolean;
  /** Record bytes before compression, without the header. */
  uncompressedRecordsSizeInBytes = 0;
  numRecords = 0;
  /** Timestamp of the first record: deltas count from it and may be negative. */
  baseTimestamp = -1;
  maxTimestamp = -1;
  producerId = -1;
  producerEpoch = -1;
  baseSequence = -1;
  isTransactional = false;
  /** Bytes after the header over record bytes, binary32; 1 until closed. */
  compressionRatio = 1;
  /** Read once from the estimator, when the batch is created. */
  estimatedCompressionRatio = 1;
  private readonly model: CompressionModel;
  private readonly topic: string;
  private readonly batch: BatchId;
  private readonly records: BatchRecords | null;
  private isAppendStreamClosed = false;
  private aborted = false;
  /** Size of the built records; −1 while none are built. */
  private builtSizeInBytes = -1;

  constructor(
    topic: string,
    batch: BatchId,
    writeLimit: number,
    isCompressed: boolean,
    model: CompressionModel,
    records: BatchRecords | null = null,
  ) {
    this.records = records;
    this.topic = topic;
    this.batch = batch;
    this.writeLimit = writeLimit;
    this.isCompressed = isCompressed;
    this.model = model;
  }

  /**
   * `hasRoomFor` and `append` in one: adds a record if it fits; the first one always does. Sizes are those of the
   * serialized parts, −1 for null; `headersSize` counts the number of headers and the headers.
   */
  tryAppend(timestampMs: number, keySize: number, valueSize: number, headersSize: number): boolean {
    if (this.isFull()) return false;
    if (this.numRecords === 0) this.baseTimestamp = timestampMs;
    const delta = timestampMs - this.baseTimestamp;
    const recordSize = sizeInBytes(this.numRecords, delta, keySize, valueSize, headersSize);
    // Conservative: the new record counts uncompressed.
    if (this.numRecords > 0 && this.writeLimit < this.estimatedBytesWritten() + recordSize) return false;
    this.uncompressedRecordsSizeInBytes += recordSize;
    this.numRecords += 1;
    if (timestampMs > this.maxTimestamp) this.maxTimestamp = timestampMs;
    return true;
  }

  /** True once closed for appends, and once the estimate has reached the write limit. */
  isFull(): boolean {
    return (
      this.isAppendStreamClosed || (this.numRecords > 0 && this.writeLimit <= this.estimatedBytesWritten())
    );
  }

  /** The real size once built; before that exact when not compressed, else the estimate (§4.4). */
  estimatedSizeInBytes(): number {
    return this.builtSizeInBytes >= 0 ? this.builtSizeInBytes : this.estimatedBytesWritten();
  }

  private estimatedBytesWritten(): number {
    const bytes = this.uncompressedRecordsSizeInBytes;
    if (!this.isCompressed) return RECORD_BATCH_OVERHEAD_BYTES + bytes;
    return estimatedCompressedBytes(bytes, this.estimatedCompressionRatio);
  }

  isAppendable(): boolean {
    return !this.isAppendStreamClosed;
  }

  closeForRecordAppends(): void {
    this.isAppendStreamClosed = true;
  }

  abort(): void {
    this.isAppendStreamClosed = true;
    this.aborted = true;
  }

  /** @throws IllegalStateException once built: another sequence could make a duplicate. */
  setProducerState(producerId: number, epoch: number, baseSequence: number, isTransactional: boolean): void {
    if (this.isClosed())
      throw new JavaException(
        'IllegalStateException',
        'Trying to set producer state of an already closed batch. This indicates a bug on the client.',
      );
    this.stamp(producerId, epoch, baseSequence, isTransactional);
  }

  /** An epoch bump: the header is written anew at the next drain. */
  reopenAndRewriteProducerState(
    producerId: number,
    epoch: number,
    baseSequence: number,
    isTransactional: boolean,
  ): void {
    if (this.aborted)
      throw new JavaException('IllegalStateException', 'Should not reopen a batch which is already aborted.');
    this.builtSizeInBytes = -1;
    this.stamp(producerId, epoch, baseSequence, isTransactional);
  }

  private stamp(producerId: number, epoch: number, baseSequence: number, isTransactional: boolean): void {
    this.producerId = producerId;
    this.producerEpoch = epoch;
    this.baseSequence = baseSequence;
    this.isTransactional = isTransactional;
  }

  /** Compresses and writes the header; nothing when that is done already. @throws IllegalStateException if aborted. */
  close(): void {
    if (this.aborted)
      throw new JavaException(
        'IllegalStateException',
        'Cannot close MemoryRecordsBuilder as it has already been aborted',
      );
    if (this.builtSizeInBytes >= 0) return;
    this.validateProducerState();
    this.isAppendStreamClosed = true;
    const raw = this.uncompressedRecordsSizeInBytes;
    if (this.numRecords === 0) {
      this.builtSizeInBytes = 0;
      return;
    }
    const { model, topic, batch, records } = this;
    const written = this.isCompressed ? model.compressedBytes(topic, raw, batch, records) : raw;
    this.compressionRatio = Math.fround(Math.fround(written) / Math.fround(raw));
    this.builtSizeInBytes = RECORD_BATCH_OVERHEAD_BYTES + written;
  }

  private validateProducerState(): void {
    if (this.isTransactional && this.producerId === -1)
      throw new JavaException(
        'IllegalArgumentException',
        'Cannot write transactional messages without a valid producer ID',
      );
    if (this.producerId === -1) return;
    if (this.producerEpoch === -1)
      throw new JavaException('IllegalArgumentException', 'Invalid negative producer epoch');
    if (this.baseSequence < 0)
      throw new JavaException('IllegalArgumentException', 'Invalid negative sequence number used');
  }

  /** Built: header and sequence are fixed. */
  isClosed(): boolean {
    return this.builtSizeInBytes >= 0;
  }
}
