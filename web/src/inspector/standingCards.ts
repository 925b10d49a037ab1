/** Cards of what stands: broker, connection, partition, producer. */
import type { ClientId, NodeId, TpId } from '#base/ids';
import { tpNameOf, type WhyContext } from '#explain/why/WhyContext';
import { INCIDENT_KINDS } from '#projections/outcomes/Incidents';
import type { ClientState, PartitionState, PipelineState } from '#projections/pipelineState';
import type { OutcomeKind } from '#projections/recordsByOutcome';
import type { Session } from '../session/session.ts';
import { bytesText, countText, momentText, msText } from '../ui/format.ts';
import { link, listLink, type Card, type Fact, type FactLink } from './Card.ts';
import { ledgerFacts } from './ledgerFacts.ts';
import { OUTCOME_WORDS } from './outcomeWords.ts';
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
  const coordinated = [...state.coordinators.values()].filter(({ node }) => node === id);
  for (const { transactionalId, state: is } of coordinated) {
    facts.push({ name: `coordinates ${transactionalId}`, value: is });
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
  const limit = client.config['max.in.flight.requests.per.connection'];
  const facts: Fact[] = [
    { name: 'connection', value: connection.state, tone: connection.state === 'ready' ? 'good' : 'warn' },
    { name: 'for', value: msText(cursor.at - connection.since) },
    {
      name: limit === undefined ? 'in flight' : `in flight, of ${limit}`,
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
  const brokers = (nodes: readonly number[]): FactLink[] =>
    nodes.map((node) => link(`broker ${node}`, 'broker', node));
  if (partition.isDeleted) facts.push({ name: 'topic', value: 'deleted', tone: 'bad' });
  facts.push({ name: 'in-sync replicas', value: brokers(isr) });
  if (partition.elr.length > 0)
    facts.push({ name: 'eligible leaders', value: brokers(partition.elr), tone: 'warn' });
  facts.push({ name: 'high watermark', value: countText(partition.highWatermark) });
  const leaderEnd = leader === null ? null : (logEnd.get(leader) ?? 0);
  for (const [node, end] of [...logEnd].toSorted(([a], [b]) => a - b)) {
    facts.push({ name: `log end, broker ${node}`, ...endFact(partition, node, end, leaderEnd) });
  }
  facts.push(
    ...readerFacts(session, partition),
    ...outcomeFacts(session, partition),
    ...ledgerFacts(session, id),
  );
  facts.push({
    name: 'waiting batches',
    value:
      partition.deque.length === 0
        ? 'none'
        : partition.deque.map((batch) => link(`#${countText(batch)}`, 'batch', batch)),
  });
  return { title, what, facts };
}

/** How far a replica is behind its leader, or what it has that the leader has not. */
function endFact(
  { divergedFrom }: PartitionState,
  node: NodeId,
  end: number,
  leaderEnd: number | null,
): Pick<Fact, 'value' | 'tone'> {
  const diverged = divergedFrom.get(node);
  if (diverged !== undefined) {
    return { value: `${countText(end)}, to be cut at ${countText(diverged)}`, tone: 'bad' };
  }
  const lag = leaderEnd === null ? 0 : leaderEnd - end;
  return lag > 0
    ? { value: `${countText(end)}, ${countText(lag)} behind`, tone: 'warn' }
    : { value: countText(end) };
}

/** What two consumers would have been given by now: only where a transaction makes a difference. */
function readerFacts(
  session: Session,
  { tp, highWatermark, lastStableOffset }: PartitionState,
): readonly Fact[] {
  const view = session.projections.readers.at(tp, session.playback.cursor.seq);
  if (view === null) return [];
  const { uncommitted, committed } = view;
  const held = highWatermark - lastStableOffset;
  return [
    {
      name: 'last stable offset',
      value: `${countText(lastStableOffset)}${held > 0 ? `, ${countText(held)} held back by an open transaction` : ''}`,
      ...(held > 0 ? { tone: 'warn' as const } : {}),
    },
    {
      name: 'a read_uncommitted reader',
      value: `at offset ${countText(uncommitted.position)}, got ${countText(uncommitted.delivered)} records${
        uncommitted.aborted > 0 ? `, ${countText(uncommitted.aborted)} of them aborted` : ''
      }`,
      ...(uncommitted.aborted > 0 ? { tone: 'warn' as const } : {}),
    },
    {
      name: 'a read_committed reader',
      value: `at offset ${countText(committed.position)}, got ${countText(committed.delivered)} records${
        committed.skipped > 0 ? `, passed over ${countText(committed.skipped)} aborted ones` : ''
      }`,
      tone: 'good',
    },
  ];
}

/** What became of the records that went to it, each counter with its list. */
function outcomeFacts(session: Session, partition: PartitionState): readonly Fact[] {
  const { tp, acked, failed } = partition;
  const { outcomes } = session.projections;
  const { seq } = session.playback.cursor;
  const facts: Fact[] = [{ name: 'acked', value: counter(acked, 'acked', tp) }];
  if (failed > 0) facts.push({ name: 'failed', value: counter(failed, 'failed', tp), tone: 'bad' });
  for (const kind of INCIDENT_KINDS) {
    let records = 0;
    for (const incident of outcomes.incidentsOf(kind, seq))
      if (incident.tp === tp) records += incident.records;
    if (records > 0)
      facts.push({ name: OUTCOME_WORDS[kind], value: counter(records, kind, tp), tone: 'bad' });
  }
  return facts;
}

const counter = (records: number, kind: OutcomeKind, tp: number): Fact['value'] =>
  records === 0 ? '0' : [listLink(countText(records), kind, tp)];

/** Its state machine, and what its coordinator has of it. */
function transactionFacts(state: PipelineState, client: ClientState, context: WhyContext): readonly Fact[] {
  const id = client.config['transactional.id'] ?? '';
  if (id === '') return [];
  const isError = client.transaction === 'FATAL_ERROR' || client.transaction === 'ABORTABLE_ERROR';
  const facts: Fact[] = [
    { name: 'transactional.id', value: id },
    {
      name: 'transaction',
      value: client.transaction ?? 'UNINITIALIZED',
      ...(isError ? { tone: 'bad' as const } : {}),
    },
  ];
  if (client.transactionError !== null) {
    facts.push({ name: 'because', value: client.transactionError, tone: 'bad' });
  }
  if (client.transactionPartitions.size > 0) {
    const tps = [...client.transactionPartitions];
    facts.push({
      name: client.transaction === 'IN_TRANSACTION' ? 'partitions in it' : 'partitions of the last one',
      value: tps.map((tp) => link(tpNameOf(context, tp), 'partition', tp)),
    });
  }
  facts.push({
    name: 'committed, aborted',
    value: `${countText(client.committed)}, ${countText(client.aborted)}`,
  });
  const coordinator = state.coordinators.get(id);
  if (coordinator === undefined) return facts;
  const { node, state: is, producerEpoch } = coordinator;
  facts.push(
    { name: 'coordinator', value: node === null ? 'none' : [link(`broker ${node}`, 'broker', node)] },
    { name: 'it has', value: `${is}, epoch ${countText(producerEpoch)}` },
  );
  return facts;
}

export function clientCard(session: Session, id: ClientId): Card {
  const context = whyContext(session);
  const { state } = context;
  const client = state.clients.get(id);
  const title = `Producer ${client?.name ?? id}`;
  const what = 'A producer: its settings are fixed when it is made.';
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
  ];
  if (client.bufferTotalBytes > 0)
    facts.push(
      {
        name: 'buffer.memory',
        value: `${bytesText(client.bufferAvailableBytes)} of ${bytesText(client.bufferTotalBytes)} free`,
      },
      { name: 'blocked callers', value: countText(client.bufferWaiters) },
      { name: 'metadata version', value: countText(client.metadataVersion) },
    );
  facts.push(...transactionFacts(state, client, context));
  for (const key of ['linger.ms', 'batch.size', 'acks', 'enable.idempotence', 'compression.type']) {
    const value = client.config[key];
    if (value !== undefined) facts.push({ name: key, value });
  }
  return { title, what, facts };
}
