/** What was done to the links of our own brokers, as the run's events: the state that all its clients share. */
import { nodeId, type ClientId } from '#base/ids';
import type { EventSink, WriterOf } from '#events/catalogue';
import type { CommandBody } from '#model/Scenario';
import type { OwnLinks } from './ownBrokers.ts';

const US_PER_MS = 1000;

interface Link {
  readonly addedUs: number;
  readonly cut: boolean;
}

export class LinkFaults {
  private readonly nodes: readonly number[];
  private readonly later: (work: Promise<void>) => void;
  private readonly clients: ClientId[] = [];
  /** Those that are not as they were. */
  private readonly changed = new Map<number, Link>();
  private faults = 0;
  private readonly linkChanged: WriterOf<'link.changed'>;
  private readonly faultArmed: WriterOf<'fault.armed'>;
  private readonly faultStruck: WriterOf<'fault.struck'>;

  /** `later`: takes care of work whose end nobody waits for. */
  constructor(events: EventSink, nodes: readonly number[], later: (work: Promise<void>) => void) {
    this.nodes = nodes;
    this.later = later;
    this.linkChanged = events.writer('link.changed');
    this.faultArmed = events.writer('fault.armed');
    this.faultStruck = events.writer('fault.struck');
  }

  addClient(client: ClientId): void {
    this.clients.push(client);
    for (const [node, { addedUs, cut }] of this.changed) this.linkChanged(client, nodeId(node), addedUs, cut);
  }

  /** Commands that are for something else change nothing. */
  apply(command: CommandBody, links: OwnLinks): void {
    if (command.do === 'link.set') {
      const { addedUs, cut } = command;
      for (const node of command.node === null ? this.nodes : [command.node]) {
        this.note(node, { addedUs, cut });
        this.later(links.set(node, { addedMs: addedUs / US_PER_MS, cut }));
      }
    } else if (command.do === 'next.lose') {
      const { what, node } = command;
      const fault = this.faults++;
      this.faultArmed(fault, { do: 'next.lose', what, node });
      this.later(links.loseNext(what, node, fault));
    }
  }

  struck(fault: number): void {
    // Which request it was only the proxy knows, by the broker's side of its connection.
    this.faultStruck(fault, null, null, 'PRODUCE');
  }

  private note(node: number, link: Link): void {
    if (link.cut || link.addedUs > 0) this.changed.set(node, link);
    else this.changed.delete(node);
    for (const client of this.clients) this.linkChanged(client, nodeId(node), link.addedUs, link.cut);
  }
}
