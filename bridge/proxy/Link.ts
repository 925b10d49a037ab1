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
/** Far more than a producer has in flight on a connection. */
const MOST_UNANSWERED = 1000;

/** Whether there is a loss that has waited for this: it strikes now, and no other time. */
export type Strikes = (what: Lost, node: number) => boolean;

export class Link {
  readonly node: number;
  state: LinkState = { addedMs: 0, cut: false };
  private readonly spec: LinkSpec;
  private readonly strikes: Strikes;
  private readonly server: Server;

  constructor(spec: LinkSpec, strikes: Strikes) {
    this.spec = spec;
    this.node = spec.node;
    this.strikes = strikes;
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
    /** Correlation ids of the Produce requests that are not answered yet. */
    const produced = new Set<number>();
    const state = (): LinkState => this.state;
    const requests = new Lane(client, broker, state, this.requestScanner(produced));
    const answers = new Lane(broker, client, state, this.answerScanner(produced));
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

  private requestScanner(produced: Set<number>): FrameScanner {
    return new FrameScanner(REQUEST_HEAD_BYTES, (head) => {
      if (head.readInt16BE(4) !== PRODUCE) return false;
      if (this.strikes('request', this.node)) return true;
      produced.add(head.readInt32BE(8));
      const [oldest] = produced;
      // With acks=0 no answer comes.
      if (produced.size > MOST_UNANSWERED && oldest !== undefined) produced.delete(oldest);
      return false;
    });
  }

  private answerScanner(produced: Set<number>): FrameScanner {
    return new FrameScanner(
      ANSWER_HEAD_BYTES,
      (head) => produced.delete(head.readInt32BE(4)) && this.strikes('response', this.node),
    );
  }
}
