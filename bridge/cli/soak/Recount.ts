/** A second account of a topic, apart from the ledger: read once from its beginning to its end, and only counted. */
import type { ReadRecord } from '../../kafkaBytes/recordBatches.ts';
import { ledgerNumber } from '../../RecordContents.ts';

export class Recount {
  /** How often each record stands in the log. */
  readonly copies = new Map<number, number>();
  /** First copies that stand behind one that was appended later. */
  readonly overtaken: number[] = [];
  private readonly run: number;
  private readonly order: (record: number) => number;
  private readonly newest = new Map<number, number>();

  /** `run`: the number that its records carry. `order`: in which they were appended to the accumulator. */
  constructor(run: number, order: (record: number) => number) {
    this.run = run;
    this.order = order;
  }

  /** Records of one partition in the order of their offsets. */
  read(partition: number, records: readonly ReadRecord[]): void {
    for (const read of records) {
      const record = ledgerNumber(read, this.run);
      if (record === null) continue;
      const copies = (this.copies.get(record) ?? 0) + 1;
      this.copies.set(record, copies);
      if (copies > 1) continue;
      const order = this.order(record);
      if (order < (this.newest.get(partition) ?? -1)) this.overtaken.push(record);
      else this.newest.set(partition, order);
    }
  }
}
