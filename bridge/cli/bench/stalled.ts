/** Viewers that stall for a minute: one that reads nothing, one that reads and draws nothing. They cost next to nothing. */
import { WebSocket } from 'ws';
import { parseBridgeMessage, writeMessage, type PageMessage } from '#wire/messages';
import { decodeWireFrame } from '#wire/frame';
import { PROTOCOL_VERSION, SUBPROTOCOL, TOKEN_PREFIX } from '#wire/protocol';
import { pause, startBenchedBridge, type BenchedBridge } from './bridgeInBench.ts';
import { measureOf, type Measure } from './Measure.ts';

const STALL_MS = 60_000;
const LOOK_MS = 500;
const WARM_MS = 5000;
const RECORDS_PER_S = 5000;
const US_PER_S = 1_000_000;

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

export async function stalled(): Promise<readonly Measure[]> {
  const bridge = await startBenchedBridge();
  try {
    await pause(WARM_MS);
    const idleMb = bridge.memoryMb();
    const presenter = join(bridge, true);
    await new Promise((resolve) => presenter.socket.once('message', resolve));
    const workload = { recordsPerS: RECORDS_PER_S };
    const command = { do: 'workload.set', application: 0, workload } as const;
    presenter.socket.send(writeMessage({ kind: 'command', commandId: 1, command }));
    await pause(WARM_MS);
    const blind = join(bridge, false);
    const deaf = (): WebSocket => deafen(join(bridge, false).socket);
    let reader = deaf();
    const from = { us: presenter.at(), ms: performance.now() };
    let mostMb = 0;
    while (performance.now() - from.ms < STALL_MS) {
      // The bridge lets go of who answers nothing: the next one stalls in its place.
      if (reader.readyState !== WebSocket.OPEN && reader.readyState !== WebSocket.CONNECTING) reader = deaf();
      mostMb = Math.max(mostMb, bridge.memoryMb());
      await pause(LOOK_MS);
    }
    const kept = (presenter.at() - from.us) / ((performance.now() - from.ms) * (US_PER_S / 1000));
    for (const socket of [reader, blind.socket, presenter.socket]) socket.terminate();
    return [
      measureOf({
        measure: 'stalled viewers, memory above idle',
        unit: 'MB',
        goal: 100,
        values: [mostMb - idleMb],
      }),
      measureOf({
        measure: 'stalled viewers, run time of wall time',
        unit: 'share',
        goal: 1,
        values: [kept],
      }),
    ];
  } finally {
    await bridge.end();
  }
}

/** Says hello, and from then on reads nothing. */
function deafen(socket: WebSocket): WebSocket {
  socket.once('message', () => socket.pause());
  return socket;
}
