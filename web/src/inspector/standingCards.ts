/** Cards of what stands: broker, connection, partition, producer. */
import type { ClientId, NodeId, TpId } from '#base/ids';
import { tpNameOf } from '#explain/why/WhyContext';
import type { Session } from '../session/session.ts';
import { bytesText, countText, momentText, msText } from '../ui/format.ts';
import { link, type Card, type Fact } from './Card.ts';
import { presentClient, whyContext } from './whyOf.ts';

export function brokerCard(session: Session, id: NodeId): Card {
  const context = whyContext(session);
  const { state } = context;
  const broker = state.brokers.get(id);
  const facts: Fact[] = [];
  if (broker !== undefined) {
    facts.push({ name: 'state', value: broker.state, tone: broker.state === 'up' ? 'good' : 'bad' });
    if (broker.since > 0) facts.push({ name: 'since', value: `t = ${momentText(broker.since)}` });
  }
  const partitions = [...state.partitions.values()];
  const leads = partitions.filter(({ leader }) => leader === id);
  const follows = partitions.filter(({ leader, logEnd }) => leader !== id && logEnd.has(id));
  facts.push({
    name: 'leads',
    value:
      leads.length === 0 ? 'nothing' : leads.map(({ tp }) => link(tpNameOf(context, tp), 'partition', tp)),
  });
  if (follows.length > 0) {
    facts.push({
      name: 'follows',
      value: follows.map(({ tp }) => link(tpNameOf(context, tp), 'partition', tp)),
    });
  }
  facts.push(...connectionFacts(session, id));
  return { title: `Broker ${id}`, what: 'Keeps logs of partitions; leads some, follows others.', facts };
}

export function linkCard(session: Session, id: NodeId): Card {
  return {
    title: `Connection to broker ${id}`,
    what: 'One TCP connection; requests on it are answered in their order.',
    facts: connectionFacts(session, id),
  };
}

function connectionFacts(session: Session, node: NodeId): readonly Fact[] {
  const { state, cursor } = whyContext(session);
  const client = presentClient(state);
  const connection = client?.connections.get(node);
  if (client === undefined || connection === undefined) return [{ name: 'connection', value: 'none' }];
  const limit = client.config['max.in.flight.requests.per.connection'] ?? '5';
  const facts: Fact[] = [
    { name: 'connection', value: connection.state, tone: connection.state === 'ready' ? 'good' : 'warn' },
    { name: 'for', value: msText(cursor.at - connection.since) },
    {
      name: `in flight, of ${limit}`,
      value:
        connection.inFlight.length === 0
          ? 'none'
          : connection.inFlight.map((request) => link(`request ${countText(request)}`, 'request', request)),
    },
  ];
  if (connection.addedUs > 0)
    facts.push({ name: 'slowed by', value: msText(connection.addedUs), tone: 'warn' });
  if (connection.cut) facts.push({ name: 'link', value: 'cut', tone: 'bad' });
  return facts;
}

export function partitionCard(session: Session, id: TpId): Card {
  const context = whyContext(session);
  const { state } = context;
  const partition = state.partitions.get(id);
  const title = `Partition ${tpNameOf(context, id)}`;
  const what = 'A log of records, in order, with one leader and its followers.';
  if (partition === undefined) return { title, what, facts: [] };
  const { leader, clientLeader, isr, logEnd } = partition;
  const facts: Fact[] = [
    {
      name: 'leader',
      value: leader === null ? 'none' : [link(`broker ${leader}`, 'broker', leader)],
      ...(leader === null ? { tone: 'bad' as const } : {}),
    },
    { name: 'leader epoch', value: countText(partition.leaderEpoch) },
  ];
  if (clientLeader !== null && clientLeader !== leader) {
    facts.push({
      name: 'the client believes',
      value: [link(`broker ${clientLeader}`, 'broker', clientLeader)],
      tone: 'warn',
    });
  }
  facts.push(
    { name: 'in-sync replicas', value: isr.map((node) => link(`broker ${node}`, 'broker', node)) },
    { name: 'high watermark', value: countText(partition.highWatermark) },
  );
  for (const [node, end] of [...logEnd].toSorted(([a], [b]) => a - b)) {
    facts.push({ name: `log end, broker ${node}`, value: countText(end) });
  }
  facts.push({
    name: 'waiting batches',
    value:
      partition.deque.length === 0
        ? 'none'
        : partition.deque.map((batch) => link(`#${countText(batch)}`, 'batch', batch)),
  });
  return { title, what, facts };
}

export function clientCard(session: Session, id: ClientId): Card {
  const { state } = whyContext(session);
  const client = state.clients.get(id);
  const title = `Producer ${client?.name ?? id}`;
  const what = 'A KafkaProducer: its settings are fixed when it is made.';
  if (client === undefined) return { title, what, facts: [] };
  const facts: Fact[] = [
    {
      name: 'state',
      value: client.closed === null ? 'open' : `closed (${client.closed})`,
      ...(client.closed === null ? { tone: 'good' as const } : {}),
    },
    { name: 'since', value: `t = ${momentText(client.startedAt)}` },
    {
      name: 'producer id',
      value: client.producerId < 0 ? 'none' : `${client.producerId}, epoch ${client.producerEpoch}`,
    },
    {
      name: 'buffer.memory',
      value: `${bytesText(client.bufferAvailableBytes)} of ${bytesText(client.bufferTotalBytes)} free`,
    },
    { name: 'blocked callers', value: countText(client.bufferWaiters) },
    { name: 'metadata version', value: countText(client.metadataVersion) },
  ];
  for (const key of ['linger.ms', 'batch.size', 'acks', 'enable.idempotence', 'compression.type']) {
    const value = client.config[key];
    if (value !== undefined) facts.push({ name: key, value });
  }
  return { title, what, facts };
}
