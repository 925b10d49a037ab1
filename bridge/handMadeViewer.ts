/** The page's end of a viewer in a test: keeps what it is sent, appends frames as the page does, and draws when told. */
import { EventTape } from '#events/EventTape';
import { decodeWireFrame } from '#wire/frame';
import {
  parseBridgeMessage,
  writeMessage,
  type BridgeMessage,
  type PageMessage,
  type Role,
} from '#wire/messages';
import { PROTOCOL_VERSION } from '#wire/protocol';
import type { LiveRun } from './LiveRun.ts';
import { Viewer, type ViewerSocket } from './Viewer.ts';
import type { Wall } from './WallClock.ts';

export class HandMadeViewer implements ViewerSocket {
  readonly viewer: Viewer;
  readonly messages: BridgeMessage[] = [];
  tape = new EventTape();
  lastAt = -1;
  /** Bytes that were sent in frames and not drawn. */
  undrawnBytes = 0;
  frames = 0;
  closedWith: string | null = null;
  /** Draws at once whatever comes. */
  isDrawing = true;
  bufferedAmount = 0;
  pings = 0;

  constructor(run: LiveRun, wall: Wall, role: Role = 'presenter') {
    this.viewer = new Viewer(this, run, () => wall.nowUs(), role);
  }

  say(message: PageMessage): void {
    this.viewer.receive(writeMessage(message));
  }

  hello(resume: { readonly runId: string; readonly seq: number } | null = null): void {
    this.say({ kind: 'hello', protocolVersion: PROTOCOL_VERSION, resume });
  }

  draw(): void {
    this.undrawnBytes = 0;
    this.say({ kind: 'drawn', seq: this.tape.endSeq });
  }

  last<K extends BridgeMessage['kind']>(kind: K): Extract<BridgeMessage, { readonly kind: K }> | undefined {
    return this.messages.findLast(
      (message): message is Extract<BridgeMessage, { readonly kind: K }> => message.kind === kind,
    );
  }

  send(data: string | Uint8Array): void {
    if (typeof data === 'string') {
      const read = parseBridgeMessage(data);
      if (!read.ok) throw new Error(`the bridge said what a page cannot read: ${read.sentence}`);
      this.messages.push(read.value);
      if (read.value.kind === 'state' && read.value.snapshot !== null) this.tape = new EventTape();
      return;
    }
    const frame = decodeWireFrame(data);
    if (!frame.ok) throw new Error(frame.sentence);
    this.tape.append(frame.value.slice);
    this.lastAt = frame.value.lastAt;
    this.frames++;
    this.undrawnBytes += data.length;
    if (this.isDrawing) this.draw();
  }

  ping(): void {
    this.pings++;
    if (this.isDrawing) this.viewer.alive();
  }

  close(_code: number, reason: string): void {
    this.closedWith = reason;
  }

  terminate(): void {
    this.closedWith = 'terminated';
  }
}
