/** The card of whatever is selected. */
import type { BatchId, ClientId, NodeId, RecordId, RequestId, TpId } from '#base/ids';
import type { Session } from '../session/session.ts';
import type { Entity } from '../stage/scene.ts';
import type { Card } from './Card.ts';
import { batchCard, recordCard, requestCard } from './flowCards.ts';
import { brokerCard, clientCard, linkCard, partitionCard } from './standingCards.ts';

export function cardOf(session: Session, entity: Entity): Card {
  switch (entity.kind) {
    case 'record':
      return recordCard(session, entity.id as RecordId);
    case 'batch':
      return batchCard(session, entity.id as BatchId);
    case 'request':
      return requestCard(session, entity.id as RequestId);
    case 'broker':
      return brokerCard(session, entity.id as NodeId);
    case 'link':
      return linkCard(session, entity.id as NodeId);
    case 'partition':
      return partitionCard(session, entity.id as TpId);
    case 'client':
      return clientCard(session, entity.id as ClientId);
  }
}
