/** The place of the picture among the panels: theme, pointer, tooltip. Everything moving happens in stage.ts. */
import {
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type MouseEvent,
  type PointerEvent,
  type ReactNode,
} from 'react';
import { useApp, useAppStore, useSession, useStage } from '../store/useFrame.ts';
import { entityName } from './entityName.ts';
import type { EntityKind } from './scene.ts';

interface Tip {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** What flies or fills up is selected by a click; its menu comes with the other button. */
const OPENS_BY_CLICK: ReadonlySet<EntityKind> = new Set<EntityKind>(['broker', 'link', 'client']);

const tipPlace = (x: number, y: number): string => `translate(${Math.round(x)}px, ${Math.round(y)}px)`;

/** At the right and lower edges the tooltip stands on the other side of the pointer. */
function placeTip(element: HTMLElement, tip: Tip): void {
  const { clientWidth = 0, clientHeight = 0 } = element.parentElement ?? {};
  const { offsetWidth, offsetHeight } = element;
  const x = tip.x + 14 + offsetWidth > clientWidth ? Math.max(0, tip.x - 10 - offsetWidth) : tip.x + 14;
  const y = tip.y + 12 + offsetHeight > clientHeight ? tip.y - 8 - offsetHeight : tip.y + 12;
  element.style.transform = tipPlace(x, y);
}

export function Stage(): ReactNode {
  const session = useSession();
  const store = useAppStore();
  const stage = useStage();
  const frame = useRef<HTMLDivElement>(null);
  const tipElement = useRef<HTMLSpanElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [tip, setTip] = useState<Tip | null>(null);
  const theme = useApp((state) => state.theme);
  const selection = useApp((state) => state.selection);
  const hovered = useApp((state) => state.hovered);
  const look = useApp((state) => state.look);

  // The canvases moved before React was there; here they only find their place.
  useEffect(() => {
    frame.current?.prepend(stage.host);
    stage.host.classList.remove('booting');
    return stage.onProblem(setProblem);
  }, [stage]);

  useEffect(() => {
    const { instance } = stage;
    instance.setTheme(theme);
    instance.setSelected(selection);
    instance.setHovered(hovered);
    instance.setLook(look);
    session.wake();
  }, [session, stage, theme, selection, hovered, look]);

  useLayoutEffect(() => {
    if (tip !== null && tipElement.current !== null) placeTip(tipElement.current, tip);
  }, [tip]);

  const pointOf = (event: MouseEvent<HTMLElement>): readonly [number, number] => {
    const box = event.currentTarget.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const pointerMoved = (event: PointerEvent<HTMLElement>): void => {
    const [x, y] = pointOf(event);
    const entity = stage.instance.entityAt(x, y);
    store.getState().hover(entity);
    setTip(entity === null ? null : { x, y, text: entityName(session.view, entity) });
  };
  const pointerLeft = (): void => {
    store.getState().hover(null);
    setTip(null);
  };
  const clicked = (event: PointerEvent<HTMLElement>): void => {
    store.getState().select(stage.instance.entityAt(...pointOf(event)));
    // What was pointed at is to be seen now, and the inspector names it.
    setTip(null);
  };

  // Kept in the store: the menu itself may still be on its way when somebody clicks.
  const openMenu = (event: MouseEvent<HTMLElement>): void => {
    const entity = stage.instance.entityAt(...pointOf(event));
    if (entity === null) return;
    const byClick = event.type === 'click';
    if (byClick && !OPENS_BY_CLICK.has(entity.kind)) return;
    if (!byClick) event.preventDefault();
    store.getState().select(entity);
    store.getState().openMenu({ entity, x: event.clientX, y: event.clientY });
  };

  return (
    <div
      ref={frame}
      className={hovered === null ? 'stage' : 'stage pointing'}
      onPointerMove={pointerMoved}
      onPointerLeave={pointerLeft}
      onPointerDown={clicked}
      onClick={openMenu}
      onContextMenu={openMenu}
    >
      {tip === null ? null : (
        <span ref={tipElement} className="tip">
          {tip.text}
        </span>
      )}
      {problem === null ? null : <p className="problem">{problem}</p>}
    </div>
  );
}
