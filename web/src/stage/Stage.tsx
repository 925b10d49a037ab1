/** Mounts the picture: gives it its size, its theme and the pointer. Everything moving happens in stage.ts. */
import { useEffect, useRef, useState, type PointerEvent, type ReactNode } from 'react';
import { useApp, useAppStore, useSession } from '../store/useFrame.ts';
import { entityName } from './entityName.ts';
import { createStage, type StageInstance } from './stage.ts';

interface Tip {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

export function Stage(): ReactNode {
  const session = useSession();
  const store = useAppStore();
  const frame = useRef<HTMLDivElement>(null);
  const still = useRef<HTMLCanvasElement>(null);
  const moving = useRef<HTMLCanvasElement>(null);
  const stage = useRef<StageInstance | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [tip, setTip] = useState<Tip | null>(null);
  const theme = useApp((state) => state.theme);
  const selection = useApp((state) => state.selection);
  const hovered = useApp((state) => state.hovered);
  const look = useApp((state) => state.look);

  useEffect(() => {
    if (frame.current === null || still.current === null || moving.current === null) return undefined;
    const instance = createStage(still.current, moving.current);
    stage.current = instance;
    const measure = (entry: { readonly width: number; readonly height: number }): void => {
      instance.resize(Math.floor(entry.width), Math.floor(entry.height), globalThis.devicePixelRatio);
      setProblem(instance.problem);
      session.wake();
    };
    measure(frame.current.getBoundingClientRect());
    const observer = new ResizeObserver((entries) => {
      for (const entry of entries) measure(entry.contentRect);
    });
    observer.observe(frame.current);
    const stopDrawing = session.onDraw((view) => instance.draw(view));
    return () => {
      observer.disconnect();
      stopDrawing();
      stage.current = null;
    };
  }, [session]);

  useEffect(() => {
    stage.current?.setTheme(theme);
    stage.current?.setSelected(selection);
    stage.current?.setHovered(hovered);
    stage.current?.setLook(look);
    session.wake();
  }, [session, theme, selection, hovered, look]);

  const pointerMoved = (event: PointerEvent<HTMLElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    const entity = stage.current?.entityAt(x, y) ?? null;
    store.getState().hover(entity);
    setTip(entity === null ? null : { x, y, text: entityName(session.view, entity) });
  };
  const pointerLeft = (): void => {
    store.getState().hover(null);
    setTip(null);
  };
  const clicked = (event: PointerEvent<HTMLElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    store.getState().select(stage.current?.entityAt(event.clientX - box.left, event.clientY - box.top) ?? null);
  };

  return (
    <div
      ref={frame}
      className={hovered === null ? 'stage' : 'stage pointing'}
      onPointerMove={pointerMoved}
      onPointerLeave={pointerLeft}
      onPointerDown={clicked}
    >
      <canvas ref={still} aria-hidden="true" />
      <canvas ref={moving} role="img" aria-label="The producer at work; the same as lists is in the text view" />
      {tip === null ? null : (
        <span className="tip" style={{ transform: `translate(${tip.x + 14}px, ${tip.y + 12}px)` }}>
          {tip.text}
        </span>
      )}
      {problem === null ? null : <p className="problem">{problem}</p>}
    </div>
  );
}
