/** What readers of the log see. The owner writes through `EventTape`. */
import type { Micros } from '#base/time';
import type { PipelineEvent } from './catalogue.ts';

export interface EventReader {
  /** Of the event that `next()` returns. */
  readonly seq: number;
  /** @throws BugError at the end of the log. */
  next(): PipelineEvent;
}

/** A slice of the tape with its marks: the wire, a saved run and the digest use the same bytes. */
export interface LogFrame {
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly bytes: Uint8Array;
}

/** Half-open [startSeq, endSeq). startSeq rises when retention drops old blocks. */
export interface EventLogView {
  readonly startSeq: number;
  readonly endSeq: number;
  /** Of the last event; 0 in an empty log. */
  readonly endAt: Micros;
  read(fromSeq: number): EventReader;
  at(seq: number): PipelineEvent;
  /** Number of the first event strictly later than `time`. */
  seqAfter(time: number): number;
  /** Time of the event, without decoding its fields. */
  timeOf(seq: number): Micros;
  /** `firstText`: the first text that goes along; 0 for a receiver that has none. Without it: those new since `fromSeq`. */
  frame(fromSeq: number, toSeq: number, firstText?: number): LogFrame;
}
