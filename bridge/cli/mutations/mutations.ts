/** Bugs of one line, as somebody could write them. Each must be caught by a conformance case or by a law. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Mutation {
  readonly name: string;
  /** From the root of the project. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly from: string;
  readonly to: string;
}

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'linger off by one',
    file: 'shared/engine/RecordAccumulator/ready.ts',
    from: 'if (waitedMs >= accumulator.lingerMs)',
    to: 'if (waitedMs > accumulator.lingerMs)',
  },
  {
    name: 'sequence not carried into a split',
    file: 'shared/engine/RecordAccumulator/split.ts',
    from: '    sequence += part.recordCount;\n',
    to: '',
  },
  {
    name: 'memory not released on expiry',
    file: 'shared/engine/Sender/failBatch.ts',
    from: 'if (deallocateBatch) accumulator.completeAndDeallocateBatch(batch);',
    to: 'if (deallocateBatch && !expired) accumulator.completeAndDeallocateBatch(batch);',
  },
  {
    name: 'retry at the wrong end of the deque',
    file: 'shared/engine/RecordAccumulator/reenqueue.ts',
    from: '  deque.addFirst(batch);\n  return false;',
    to: '  deque.addLast(batch);\n  return false;',
  },
  {
    name: 'high watermark before the followers',
    file: 'shared/cluster/Replica.ts',
    from: 'if (this.isr.includes(remote.node) || joins)',
    to: 'if (!this.isr.includes(remote.node) && joins)',
  },
  {
    name: 'in-flight limit off by one',
    file: 'shared/engine/NetworkClient/InFlightRequests.ts',
    from: 'queue.length < this.maxInFlightRequestsPerConnection',
    to: 'queue.length <= this.maxInFlightRequestsPerConnection',
  },
  {
    name: 'delivery timeout from the last attempt',
    file: 'shared/engine/ProducerBatch.ts',
    from: 'return deliveryTimeoutMs <= nowMs - this.createdMs;',
    to: 'return deliveryTimeoutMs <= this.waitedTimeMs(nowMs);',
  },
  {
    name: 'drain index not kept',
    file: 'shared/engine/RecordAccumulator/drain.ts',
    from: '(accumulator.nodesDrainIndex.get(node) ?? 0) % Math.max(1, parts.length)',
    to: '0',
  },
  {
    name: 'epoch bump keeps old sequences',
    file: 'shared/engine/TransactionManager/epochBump.ts',
    from: '    manager.txnPartitionMap.startSequencesAtBeginning(tp, manager.currentId);\n',
    to: '',
  },
  {
    name: 'last stable offset ignores open transactions',
    file: 'shared/cluster/PartitionLog.ts',
    from: 'return open !== null && open < this.highWatermark ? open : this.highWatermark;',
    to: 'return this.highWatermark;',
  },
  {
    name: 'a gap in the sequences is accepted',
    file: 'shared/cluster/ProducerState.ts',
    from: 'return follows(last, firstSequence) ? APPEND : OUT_OF_ORDER;',
    to: 'return APPEND;',
  },
  {
    name: 'an abort writes commit markers',
    file: 'shared/cluster/TransactionCoordinator.ts',
    from: "marker: isCommit ? ('commit' as const) : ('abort' as const)",
    to: "marker: isCommit ? ('abort' as const) : ('commit' as const)",
  },
];

/** The file's text with the bug in it. @throws Error when the text to replace does not stand there exactly once. */
export function mutated({ name, file, from, to }: Mutation, text: string): string {
  const parts = text.split(from);
  if (parts.length !== 2) {
    throw new Error(`"${name}": ${file} has ${parts.length - 1} times ${JSON.stringify(from)}, not once`);
  }
  return parts.join(to);
}

/** Puts the bug into the copy of the project at `root`; returns what takes it out again. */
export function apply(mutation: Mutation, root: string): () => void {
  const path = join(root, mutation.file);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, mutated(mutation, text));
  return () => writeFileSync(path, text);
}
