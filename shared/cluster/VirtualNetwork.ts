/**
 * The seam between `VirtualSelector` (the client's end of every connection) and whoever plays the brokers: the
 * scripted broker of the conformance cases, the simulated cluster of the model. All times are run time in µs.
 *
 * Who does what. The selector: identity and life of connections, order of answers on one connection, loss of
 * answers when either side has closed, one arrival per connection and select, `request.written`. The brokers: how
 * long things take, who refuses, what is answered, one request at a time per connection, and the events
 * request.departed, request.arrived, request.begun, response.left and response.departed. Arrivals at the client
 * need no event of the cluster: NetworkClient writes response.received and connection.moved.
 */
import type { ClientId, NodeId } from '#base/ids';
import type { NetworkSend } from '#engine/Selectable';
import type { ResponseBody } from '#engine/requests';

/**
 * One TCP connection. A client has at most one to each node at a time; a bootstrap node and the broker behind it
 * are two. A new attempt makes a new object, so late events of an old connection find nobody.
 */
export interface VirtualConnection {
  readonly client: ClientId;
  /** As the client calls it: a broker, or −1, −2, … for a bootstrap address. */
  readonly node: NodeId;
  /** The broker at the other end (`Brokers.brokerOf`). */
  readonly broker: NodeId;
  /** The client has been told that it is connected. */
  readonly isEstablished: boolean;
  /** The client has not closed it and does not know that the broker has. */
  readonly isOpen: boolean;
  /** The broker has closed or refused it. What is written from then on is lost and has no answer. */
  readonly isClosedByBroker: boolean;
  /** When the last answer scheduled so far reaches the client; a serial broker counts its work from here. */
  readonly lastAnswerAtUs: number;

  /**
   * The answer reaches the client at `atUs`, but not before an earlier answer on this connection, and not at all if
   * the client closes meanwhile or has learned by then that the broker closed. Returns when that will be.
   */
  answer(send: NetworkSend, body: ResponseBody, atUs: number): number;
  /**
   * Instead of an answer, and in the order of answers: at `atUs` the broker closes the connection and the client
   * learns it. Until then the connection works. Returns when that will be.
   */
  closeAt(atUs: number): number;
  /**
   * The broker closes now. The client learns it at `learnedAtUs` (now if absent); answers due before that still
   * arrive, later ones do not. `Infinity`: the client never learns it by itself (power cut).
   */
  close(learnedAtUs?: number): void;
}

/** Everything behind the network. Called by the selectors of all clients of a run. */
export interface Brokers {
  /** The broker behind a node of this client. Broker ids are their own; a bootstrap id is an address. */
  brokerOf(client: ClientId, node: NodeId): NodeId;
  /**
   * From connect until the client learns the outcome; Infinity: it never does (a cut link). Every connection comes
   * by here and by `accepts` once, also one that stands from a warm start, where the answers are ignored.
   */
  connectDelayUs(connection: VirtualConnection): number;
  /** Asked at that later moment: false refuses the connection. */
  accepts(connection: VirtualConnection): boolean;
  /**
   * The client has written a request; its bytes begin their way now. Conformance: they are there at this instant,
   * so decide, append and schedule the answer now. Model: schedule the arrival. Not called for a connection that
   * the broker has closed.
   */
  handle(send: NetworkSend, connection: VirtualConnection): void;
  /** The client has closed its end: nothing more can be answered on it. Requests on their way may still arrive. */
  clientClosed?(connection: VirtualConnection): void;
}

/** What brokers, worlds and selectors schedule with; `VirtualClock` is one. */
export interface EventQueue {
  readonly nowUs: number;
  /**
   * Runs `run(argument)` at `atUs` (not before now). Same time: in the order of scheduling, after the application
   * threads of that instant. Infinity: never.
   */
  schedule<A>(atUs: number, run: (argument: A) => void, argument: A): void;
}
