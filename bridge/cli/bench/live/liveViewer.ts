/**
 * Its own process: a viewer, who has to keep up. It appends what it gets, as the page does, counts the events, and says so
 * when every record is acknowledged in what it got.
 */
import { setInterval } from 'node:timers';
import { WebSocket } from 'ws';
import { EventTape } from '#events/EventTape';
import { decodeWireFrame } from '#wire/frame';
import { parseBridgeMessage, writeMessage } from '#wire/messages';
import { KEPT_TEXTS_EVENTS, PROTOCOL_VERSION, SUBPROTOCOL, TOKEN_PREFIX } from '#wire/protocol';
import type { Door, ViewerReport } from './plan.ts';

/** A page draws so often. */
const DRAW_MS = 16;
const KEPT_EVENTS = 100_000;

const [, , doorText = '{}', recordsText = '0'] = process.argv;
const { port, token } = JSON.parse(doorText) as Door;
const expected = Number(recordsText);

const tape = new EventTape();
let hasBegun = false;
let bytes = 0;
let acked = 0;
let drawnSeq = 0;
const events: Record<string, number> = {};
/** Records of batches that have been closed and not ended. */
const closed = new Map<number, number>();

const socket = new WebSocket(`ws://127.0.0.1:${port}/`, [SUBPROTOCOL, TOKEN_PREFIX + token], {
  headers: { Origin: `http://127.0.0.1:${port}` },
});
socket.on('open', () =>
  socket.send(writeMessage({ kind: 'hello', protocolVersion: PROTOCOL_VERSION, resume: null })),
);
socket.on('message', (data: Buffer, isBinary: boolean) => {
  if (isBinary) takeFrame(data);
  else takeMessage(data.toString('utf8'));
});

function takeMessage(text: string): void {
  const message = parseBridgeMessage(text);
  if (!message.ok) throw new Error(message.sentence);
  if (message.value.kind !== 'state') return;
  // Then events are missing in what it has.
  if (hasBegun) throw new Error('the viewer fell behind and had to begin anew');
  hasBegun = true;
}

function takeFrame(data: Buffer): void {
  bytes += data.length;
  const frame = decodeWireFrame(data);
  if (!frame.ok) throw new Error(frame.sentence);
  tape.append(frame.value.slice);
  const reader = tape.read(frame.value.slice.fromSeq);
  while (reader.seq < tape.endSeq) {
    const event = reader.next();
    events[event.type] = (events[event.type] ?? 0) + 1;
    if (event.type === 'batch.closed') closed.set(event.batch, event.records);
    else if (event.type === 'batch.completed') {
      acked += closed.get(event.batch) ?? 0;
      closed.delete(event.batch);
    }
  }
  if (tape.endSeq - tape.startSeq > 2 * KEPT_EVENTS)
    tape.trim(tape.endSeq - KEPT_EVENTS, tape.endSeq - KEPT_TEXTS_EVENTS);
}

const drawing = setInterval(() => {
  if (tape.endSeq === drawnSeq || socket.readyState !== WebSocket.OPEN) return;
  drawnSeq = tape.endSeq;
  socket.send(writeMessage({ kind: 'drawn', seq: drawnSeq }));
  if (acked < expected) return;
  console.log(JSON.stringify({ events, bytes } satisfies ViewerReport));
  clearInterval(drawing);
  socket.close();
}, DRAW_MS);
