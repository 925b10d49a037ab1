import { describe, expect, it } from 'vitest';
import { EventTape } from '#events/EventTape';
import { BLOCK_EVENTS } from '#events/tape/layout';
import { logOf } from '#testing/logOf';
import { randomScenario } from '#testing/randomScenario';
import { applyEvent, pipelineProjection } from '#projections/pipelineProjection';
import type { PipelineState } from '#projections/pipelineState';
import { RunProjections } from '#projections/RunProjections';
import { decodeWireFrame, encodeWireFrame } from './frame.ts';
import { MAX_FRAME_EVENTS } from './protocol.ts';
import { decodeState, encodeState } from './snapshot.ts';

const RUN_US = 150_000;

function stateBefore(log: EventTape, seq: number): PipelineState {
  const state = pipelineProjection.initial();
  const reader = log.read(0);
  while (reader.seq < seq) applyEvent(state, reader.next());
  return state;
}

/** What a viewer holds that joined at `seq` and got everything over the wire, in frames cut anywhere. */
function joiner(log: EventTape, seq: number, frameEvents: number): EventTape {
  const tape = new EventTape();
  for (let at = seq; at < log.endSeq;) {
    const to = Math.min(log.endSeq, at + frameEvents, at + MAX_FRAME_EVENTS);
    const wire = encodeWireFrame(log.timeOf(to - 1), log.frame(at, to, at === seq ? 0 : undefined));
    const read = decodeWireFrame(wire);
    if (!read.ok) throw new Error(read.sentence);
    expect(read.value.lastAt).toBe(log.timeOf(to - 1));
    tape.append(read.value.slice);
    at = to;
  }
  return tape;
}

/** As JSON, so that one call compares everything. */
const textOf = (state: PipelineState): string => JSON.stringify(encodeState(state));

describe('a viewer that joins late', () => {
  it('holds the same log as one that was there from the beginning, byte for byte', () => {
    for (let seed = 1; seed <= 6; seed++) {
      const log = logOf(randomScenario(seed), RUN_US);
      const seq = Math.floor(log.endSeq / 2 / BLOCK_EVENTS) * BLOCK_EVENTS;
      const late = joiner(log, seq, 1 + ((seed * 97) % 500));
      expect([late.startSeq, late.endSeq]).toEqual([seq, log.endSeq]);
      const digest = late.digest();
      log.trim(seq);
      expect(digest).toBe(log.digest());
    }
  });

  it('sees the same state at every later moment, beginning with the snapshot', () => {
    for (let seed = 1; seed <= 6; seed++) {
      const log = logOf(randomScenario(seed), RUN_US);
      const seq = Math.floor(log.endSeq / 2 / BLOCK_EVENTS) * BLOCK_EVENTS;
      const sent = JSON.stringify(encodeState(stateBefore(log, seq)));
      const base = decodeState(JSON.parse(sent));
      if (!base.ok) throw new Error(base.sentence);
      expect(textOf(base.value) === sent).toBe(true);
      const late = joiner(log, seq, 300);
      const projections = new RunProjections(late, base.value);
      while (!projections.extend(1000));
      for (const at of [seq, seq + 1, Math.floor((seq + log.endSeq) / 2), log.endSeq]) {
        const state = projections.moveTo(at);
        const { counters } = stateBefore(log, at);
        // What only the outcomes know begins with what was received.
        const known = [
          'recordsDuplicated',
          'recordsLostAfterAck',
          'recordsFailedYetStored',
          'recordsReordered',
        ];
        const plain = (all: object) => Object.entries(all).filter(([name]) => !known.includes(name));
        expect(plain(state.counters)).toEqual(plain(counters));
        expect(textOf({ ...state, counters }) === textOf({ ...stateBefore(log, at), counters })).toBe(true);
      }
    }
  });
});
