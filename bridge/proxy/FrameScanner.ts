/**
 * Follows Kafka's frames (a length of four bytes, then so many) through a stream that comes in pieces of any size, and
 * ends the stream before a frame that is to be lost.
 */

const LENGTH_BYTES = 4;

export class FrameScanner {
  private readonly headBytes: number;
  private readonly isLost: (head: Buffer) => boolean;
  /** The begin of a frame whose head is not complete. */
  private held: Buffer = Buffer.alloc(0);
  /** Bytes of the present frame that are still to come. */
  private left = 0;

  /** `isLost`: told the first `headBytes` of each frame, its length included; no frame is shorter. */
  constructor(headBytes: number, isLost: (head: Buffer) => boolean) {
    this.headBytes = headBytes;
    this.isLost = isLost;
  }

  /** What of the stream may go on now; `isEnded`: nothing after that. */
  take(chunk: Buffer): { readonly bytes: Buffer; readonly isEnded: boolean } {
    const data = this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk]);
    this.held = Buffer.alloc(0);
    let at = 0;
    while (at < data.length) {
      if (this.left === 0) {
        if (data.length - at < this.headBytes) {
          this.held = data.subarray(at);
          break;
        }
        const head = data.subarray(at, at + this.headBytes);
        if (this.isLost(head)) return { bytes: data.subarray(0, at), isEnded: true };
        this.left = LENGTH_BYTES + head.readUInt32BE(0);
      }
      const taken = Math.min(this.left, data.length - at);
      this.left -= taken;
      at += taken;
    }
    return { bytes: data.subarray(0, at), isEnded: false };
  }
}
