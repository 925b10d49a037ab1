/** Viewers that stall for a minute: one that reads nothing, one that reads and draws nothing. They cost next to nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { parseBridgeMessage, writeMessage, type PageMessage } from '#wire/messages';
import { decodeWireFrame } from '#wire/frame';
import { PROTOCOL_VERSION, SUBPROTOCOL, TOKEN_PREFIX } from '#wire/protocol';
import { startBenchedBridge, type BenchedBridge } from './bridgeInBench.ts';
import { measureOf, type Measure } from './Measure.ts';

const STALL_MS = 60_000;
const LOOK_MS = 500;
const WARM_MS = 5000;
const RECORDS_PER_S = 2000;
const US_PER_MS = 1000;

/** `draws`: tells the bridge that what it got is on the screen. */
function join(
  bridge: BenchedBridge,
  draws: boolean,
): { readonly socket: WebSocket; readonly at: () => number } {
  const { host, origin } = new URL(bridge.address);
  const socket = new WebSocket(`ws://${host}/`, [SUBPROTOCOL, `${TOKEN_PREFIX}${bridge.token}`], {
    headers: { origin },
  });
  let at = 0;
  const say = (message: PageMessage): void => socket.send(writeMessage(message));
  socket.on('open', () => say({ kind: 'hello', protocolVersion: PROTOCOL_VERSION, resume: null }));
  socket.on('message', (data: Buffer, isBinary) => {
    if (!isBinary) {
      const read = parseBridgeMessage(data.toString());
      if (!read.ok) throw new Error(read.sentence);
      return;
    }
    const frame = decodeWireFrame(data);
    if (!frame.ok) throw new Error(frame.sentence);
    at = frame.value.lastAt;
    if (draws) say({ kind: 'drawn', seq: frame.value.slice.toSeq });
  });
  socket.on('error', () => {});
  return { socket, at: () => at };
}

interface Minute {
  /** The most that the bridge had in memory above what it had when nobody was there, MB. */
  readonly grownMb: number;
  /** Run time that has gone by for the presenter, of wall time. */
  readonly kept: number;
}

/** A presenter looks on for a minute, and so do the viewers that `bring` brings and looks after. */
async function minute(bring: (bridge: BenchedBridge) => () => void): Promise<Minute> {
  const bridge = await startBenchedBridge();
  try {
    await sleep(WARM_MS);
    const idleMb = bridge.memoryMb();
    const presenter = join(bridge, true);
    await new Promise((resolve) => presenter.socket.once('message', resolve));
    const workload = { recordsPerS: RECORDS_PER_S };
    const command = { do: 'workload.set', application: 0, workload } as const;
    presenter.socket.send(writeMessage({ kind: 'command', commandId: 1, command }));
    await sleep(WARM_MS);
    const lookAfter = bring(bridge);
    const from = { us: presenter.at(), ms: performance.now() };
    let mostMb = 0;
    while (performance.now() - from.ms < STALL_MS) {
      lookAfter();
      mostMb = Math.max(mostMb, bridge.memoryMb());
      await sleep(LOOK_MS);
    }
    const kept = (presenter.at() - from.us) / ((performance.now() - from.ms) * US_PER_MS);
    presenter.socket.terminate();
    return { grownMb: mostMb - idleMb, kept };
  } finally {
    await bridge.end();
  }
}

/** Two that stall: one that draws nothing, and always another one that reads nothing, which the bridge lets go. */
function stallers(bridge: BenchedBridge): () => void {
  join(bridge, false);
  const deaf = (): WebSocket => deafen(join(bridge, false).socket);
  let reader = deaf();
  return () => {
    if (reader.readyState === WebSocket.CLOSED) reader = deaf();
  };
}

export async function stalled(): Promise<readonly Measure[]> {
  const without = await minute(() => () => {});
  const stalling = await minute(stallers);
  const rival = 'without stalled viewers';
  return [
    measureOf({
      measure: 'stalled viewers, memory above idle',
      unit: 'MB',
      goal: 100,
      values: [stalling.grownMb],
      rival,
      rivalValues: [without.grownMb],
    }),
    measureOf({
      measure: 'stalled viewers, run time of wall time',
      unit: 'share',
      goal: 1,
      values: [stalling.kept],
      rival,
      rivalValues: [without.kept],
    }),
  ];
}

/** Says hello, and from then on reads nothing. */
function deafen(socket: WebSocket): WebSocket {
  socket.once('message', () => socket.pause());
  return socket;
}
