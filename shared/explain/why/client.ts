/** How a producer stands. */
import type { ClientId } from '#base/ids';
import type { ClientState, PipelineState } from '#projections/pipelineState';
import { bytes, count, nodeName, plural } from '../words.ts';
import type { WhyContext } from './WhyContext.ts';

export function whyClient({ state }: WhyContext, id: ClientId): string {
  const client = state.clients.get(id);
  if (client === undefined) return 'It is not there yet at this moment.';
  const batches = [...state.batches.values()].filter((batch) => batch.client === id);
  const records = batches.reduce((sum, batch) => sum + batch.records, 0);
  const work =
    batches.length === 0
      ? 'nothing waits'
      : `${plural(records, 'record')} in ${plural(batches.length, 'batch', 'batches')} not done yet`;
  const memory =
    client.bufferTotalBytes === 0
      ? 'memory without a limit'
      : `${count(client.bufferAvailableBytes)} of ${bytes(client.bufferTotalBytes)} of buffer.memory free`;
  const blocked =
    client.bufferWaiters > 0
      ? ` ${plural(client.bufferWaiters, 'caller')} blocked in send() for memory.`
      : '';
  if (client.closed !== null) return `Closed (${client.closed}); ${work}.${transaction(state, client)}`;
  return `Running; ${work}, ${memory}.${blocked}${transaction(state, client)}`;
}

/** What its transaction manager does, and what the coordinator of its id has in its log beside it. */
function transaction(state: PipelineState, client: ClientState): string {
  const id = client.config['transactional.id'] ?? '';
  if (id === '' || client.transaction === null) return '';
  const coordinator = state.coordinators.get(id);
  const where =
    coordinator === undefined || coordinator.node === null
      ? ''
      : `; ${nodeName(coordinator.node)} holds ${id} as ${coordinator.state}`;
  const error = client.transactionError === null ? '' : ` (${client.transactionError})`;
  const fenced =
    coordinator !== undefined &&
    client.transactionError !== null &&
    coordinator.producerEpoch > client.producerEpoch
      ? ` Another producer has taken over ${id}: epoch ${coordinator.producerEpoch} fences its epoch ${client.producerEpoch}.`
      : '';
  return ` Its transaction is ${client.transaction}${error}${where}.${fenced}`;
}
