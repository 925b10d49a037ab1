/**
 * The way between clients and one broker: a listener whose connections are handed on to the broker's own. On it bytes
 * can be late, or lost as on a cut wire, or one request or answer of the producer's is lost.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { FrameScanner } from './FrameScanner.ts';
import { Lane } from './Lane.ts';
import type { LinkSpec, LinkState, Lost } from './messages.ts';

const HOST = '127.0.0.1';
const PRODUCE = 0;
/** Length, API key, version, correlation id. */
const REQUEST_HEAD_BYTES = 12;
/** Length, correlation id. */
const ANSWER_HEAD_BYTES = 8;

/** Whether there is a loss that waits for this broker; it is taken, and what it returns is called when it strikes. */
export type TakeLoss = (what: Lost, node: number) => (() => void) | null;

export class Link {
  readonly node: number;
  state: LinkState = { addedMs: 0, cut: false };
  private readonly spec: LinkSpec;
  private readonly takeLoss: TakeLoss;
  private readonly server: Server;

  constructor(spec: LinkSpec, takeLoss: TakeLoss) {
    this.spec = spec;
    this.node = spec.node;
    this.takeLoss = takeLoss;
    this.server = createServer({ noDelay: true }, (client) => this.accept(client));
  }

  /** @throws Error when the port is taken. */
  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.spec.listenPort, HOST, () => resolve());
    });
  }

  private accept(client: Socket): void {
    // The system has shaken hands already; over a cut link nothing follows, and the client's timeout ends it.
    client.on('error', () => {});
    if (this.state.cut) {
      client.resume();
      return;
    }
    const broker = connect({ host: HOST, port: this.spec.targetPort, noDelay: true });
    broker.on('error', () => {});
    /** Answers that are to be lost: what strikes, by the correlation id of their request. */
    const lostAnswers = new Map<number, () => void>();
    const state = (): LinkState => this.state;
    const requests = new Lane(client, broker, state, this.requestScanner(lostAnswers));
    const answers = new Lane(broker, client, state, this.answerScanner(lostAnswers));
    client.on('close', () => {
      // Else the broker is told, after what was sent before.
      if (requests.isStuck) broker.destroy();
    });
    broker.on('close', () => {
      if (!answers.isStuck) return;
      // Nobody tells the client; what it still sends goes nowhere.
      requests.isStuck = true;
      client.resume();
    });
  }

  private requestScanner(lostAnswers: Map<number, () => void>): FrameScanner {
    return new FrameScanner(REQUEST_HEAD_BYTES, (head) => {
      if (head.readInt16BE(4) !== PRODUCE) return false;
      const strike = this.takeLoss('request', this.node);
      strike?.();
      if (strike !== null) return true;
      const strikeAnswer = this.takeLoss('response', this.node);
      if (strikeAnswer !== null) lostAnswers.set(head.readInt32BE(8), strikeAnswer);
      return false;
    });
  }

  private answerScanner(lostAnswers: Map<number, () => void>): FrameScanner {
    return new FrameScanner(ANSWER_HEAD_BYTES, (head) => {
      const strike = lostAnswers.get(head.readInt32BE(4));
      strike?.();
      return strike !== undefined;
    });
  }
}
