/** What can be done to the thing under the pointer, where it stands: opens by clicking a broker or its link. */
import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react';
import type { TpId } from '#base/ids';
import { entityName } from '../stage/entityName.ts';
import type { Entity } from '../stage/scene.ts';
import type { MenuPlace } from '../store/appStore.ts';
import { useApp, useAppStore, useFrame } from '../store/useFrame.ts';
import { AnswerForm } from './faults/AnswerForm.tsx';
import { FaultButton } from './faults/FaultButton.tsx';
import { applicationFacts, applicationOf } from './faults/applicationFacts.ts';
import { applicationFaults } from './faults/applicationFaults.ts';
import {
  brokerFaults,
  leaderFaults,
  linkFaults,
  possibleFaults,
  topicFaults,
  type Fault,
} from './faults/faults.ts';
import { brokerFacts } from './faults/brokerFacts.ts';
import type { Session } from '../session/session.ts';

const WIDTH_PX = 304;
const MARGIN_PX = 8;

/** Everything that can be done to it; empty: nothing, so no menu. */
export const faultsOf = (session: Session, entity: Entity): readonly Fault[] =>
  session.source.lookOnly === null
    ? possibleFaults(allFaultsOf(session, entity), session.source.capabilities.commands)
    : [];

function allFaultsOf(session: Session, entity: Entity): readonly Fault[] {
  switch (entity.kind) {
    case 'broker': {
      const facts = brokerFacts(session, entity.id);
      return [...brokerFaults(facts), ...linkFaults(facts)];
    }
    case 'link':
      return linkFaults(brokerFacts(session, entity.id));
    case 'partition': {
      const partition = session.view.state.partitions.get(entity.id as TpId);
      if (partition === undefined) return [];
      const { topic, leader, isr, isDeleted } = partition;
      const partitions = [...session.view.state.partitions.values()].filter(
        (each) => each.topic === topic,
      ).length;
      return [
        ...leaderFaults(topic, partition.partition, leader, isr),
        ...topicFaults(topic, partitions, isDeleted),
      ];
    }
    case 'client': {
      const application = applicationOf(session, entity.id);
      const facts = application === null ? null : applicationFacts(session, application);
      return facts === null ? [] : applicationFaults(facts);
    }
    case 'record':
    case 'batch':
    case 'request':
      return [];
  }
}

export function ThingMenu(): ReactNode {
  const store = useAppStore();
  const place = useApp((state) => state.menu);
  const close = useCallback(() => store.getState().openMenu(null), [store]);
  return place === null ? null : (
    <Menu
      key={`${place.entity.kind}-${place.entity.id}-${place.x}-${place.y}`}
      place={place}
      onClose={close}
    />
  );
}

function Menu(props: { readonly place: MenuPlace; readonly onClose: () => void }): ReactNode {
  const { place, onClose } = props;
  const menu = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(0);
  const { faults, name, canAnswer } = useFrame((s) => ({
    faults: faultsOf(s, place.entity),
    canAnswer: s.source.capabilities.commands.has('answer.set'),
    name: entityName(s.view, place.entity),
  }));
  useEffect(() => {
    setHeight(menu.current?.offsetHeight ?? 0);
    menu.current?.querySelector('button')?.focus();
    const outside = (event: Event): void => {
      if (event.target instanceof Node && menu.current?.contains(event.target) !== true) onClose();
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [onClose]);
  if (faults.length === 0) return null;
  const { kind, id } = place.entity;
  const node = kind === 'broker' || kind === 'link' ? id : null;
  const left = Math.max(MARGIN_PX, Math.min(place.x, globalThis.innerWidth - WIDTH_PX - MARGIN_PX));
  const top = Math.max(MARGIN_PX, Math.min(place.y, globalThis.innerHeight - height - MARGIN_PX));
  return (
    <div
      ref={menu}
      className="thing-menu"
      role="dialog"
      aria-label={`What can be done to ${name}`}
      style={{ left, top, width: WIDTH_PX }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onClose();
      }}
    >
      <h2>{name}</h2>
      {faults.map((fault) => (
        <FaultButton key={fault.id} fault={fault} isWordy onDone={onClose} />
      ))}
      {node === null || !canAnswer ? null : (
        <details className="more">
          <summary>Answer with an error</summary>
          <AnswerForm node={node} onDone={onClose} />
        </details>
      )}
    </div>
  );
}
