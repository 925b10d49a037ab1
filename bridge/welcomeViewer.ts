/** Between a socket of the server and a viewer: nothing that happens on one may take the bridge down. */
import type { WebSocket } from 'ws';
import { writeMessage, type Role } from '#wire/messages';
import type { LiveRun } from './LiveRun.ts';
import { Viewer } from './Viewer.ts';
import type { Wall } from './WallClock.ts';

/** 1013: try again later. */
const CLOSE_NO_RUN = 1013;

/** `run`: null when this bridge offers none. */
export function welcomeViewer(socket: WebSocket, run: LiveRun | null, wall: Wall, role: Role): void {
  // A socket that breaks also closes; unheard, its error would end the process.
  socket.on('error', () => {});
  if (run === null) {
    const sentence =
      'This bridge has no live run: start it with npm start -- --kafka, or --simulated without one.';
    socket.send(writeMessage({ kind: 'refused', reason: 'no-live-run', sentence }));
    socket.close(CLOSE_NO_RUN, 'no live run');
    return;
  }
  const viewer = new Viewer(socket, run, () => wall.nowUs(), role);
  socket.on('message', (data, isBinary) => viewer.receive(isBinary ? null : textOf(data)));
  socket.on('ping', () => viewer.pinged());
  socket.on('pong', () => viewer.alive());
  socket.on('close', () => viewer.closed());
}

const textOf = (data: Buffer | ArrayBuffer | Buffer[]): string =>
  Buffer.isBuffer(data)
    ? data.toString('utf8')
    : Buffer.concat(Array.isArray(data) ? data : [Buffer.from(data)]).toString('utf8');
