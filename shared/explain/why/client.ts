/** How a producer stands. */
import type { ClientId } from '#base/ids';
import { bytes, count, plural } from '../words.ts';
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
  const memory = `${count(client.bufferAvailableBytes)} of ${bytes(client.bufferTotalBytes)} of buffer.memory free`;
  const blocked =
    client.bufferWaiters > 0
      ? ` ${plural(client.bufferWaiters, 'caller')} blocked in send() for memory.`
      : '';
  if (client.closed !== null) return `Closed (${client.closed}); ${work}.`;
  return `Running; ${work}, ${memory}.${blocked}`;
}
