/** A selector that notes, for the trace, what one select hands over and in which order. */
import type { NodeId } from '#base/ids';
import type { Blocking } from '#engine/Blocking';
import type { NetworkSend, Selectable, Selected } from '#engine/Selectable';
import type { Notes } from './notes.ts';

export class TracingSelector implements Selectable {
  private readonly selector: Selectable;
  private readonly notes: Notes;
  /** Connections that stand or are on their way. The client may close one that it has not seen end. */
  private readonly open = new Set<NodeId>();

  constructor(selector: Selectable, notes: Notes) {
    this.selector = selector;
    this.notes = notes;
  }

  /** It stands from the beginning. */
  established(node: NodeId): void {
    this.open.add(node);
  }

  connect(node: NodeId): void {
    this.notes.add({ kind: 'connect', node });
    this.open.add(node);
    this.selector.connect(node);
  }

  send(send: NetworkSend): void {
    this.selector.send(send);
  }

  *poll(timeoutMs: number): Blocking<Selected> {
    const selected = yield* this.selector.poll(timeoutMs);
    for (const arrival of selected.arrivals) {
      const { node } = arrival;
      if (arrival.kind === 'received') {
        const { requestId, body } = arrival.receive;
        this.notes.add({ kind: 'received', request: requestId, body });
      } else if (arrival.kind === 'connected') {
        this.notes.add({ kind: 'connected', node });
      } else {
        this.notes.add({ kind: 'disconnect', node, reason: arrival.reason });
        this.open.delete(node);
      }
    }
    return selected;
  }

  wakeup(): void {
    this.selector.wakeup();
  }

  close(node: NodeId): void {
    if (this.open.delete(node)) this.notes.add({ kind: 'disconnect', node, reason: 'client' });
    this.selector.close(node);
  }

  closeAll(): readonly NodeId[] {
    const nodes = this.selector.closeAll();
    for (const node of nodes) this.notes.add({ kind: 'disconnect', node, reason: 'client' });
    return nodes;
  }

  isChannelReady(node: NodeId): boolean {
    return this.selector.isChannelReady(node);
  }
}
