/** One plain sentence for whatever is selected: why it is where it is, from facts up to the cursor only. */
import { whyBatch } from './batch.ts';
import { whyBroker } from './broker.ts';
import { whyClient } from './client.ts';
import { whyPartition } from './partition.ts';
import { whyRecord } from './record.ts';
import { whyRequest } from './request.ts';
import type { Entity, WhyContext } from './WhyContext.ts';

export type { Entity, WhyContext } from './WhyContext.ts';

export function why(entity: Entity, context: WhyContext): string {
  switch (entity.kind) {
    case 'record':
      return whyRecord(context, entity.id);
    case 'batch':
      return whyBatch(context, entity.id).trim();
    case 'request':
      return whyRequest(context, entity.id);
    case 'broker':
      return whyBroker(context, entity.id);
    case 'partition':
      return whyPartition(context, entity.id);
    case 'client':
      return whyClient(context, entity.id);
  }
}
