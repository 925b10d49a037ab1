/**
 * The picture as an instance: two canvases (what stands, what moves), device pixels, selection. It draws when it is
 * told to and remembers nothing of the run. React only mounts it.
 */
import type { StageView } from '../session/view.ts';
import { paletteOf, type Palette, type Theme } from '../ui/palette.ts';
import { drawOutline, drawScene, drawStatic, type Draw2d } from './draw.ts';
import { hitTest, placeNamed, placesOf } from './hitTest.ts';
import { createLayout, type Layout } from './layout.ts';
import { createTopologyMemo } from './topology.ts';
import { createScene, createSceneFiller, type Entity, type Scene } from './scene.ts';

/** Sharper than this nobody sees, and each step costs pixels. */
const MAX_PIXEL_RATIO = 2;

export interface StageInstance {
  /** CSS pixels and device pixels per CSS pixel. */
  resize(width: number, height: number, pixelRatio: number): void;
  setTheme(theme: Theme): void;
  setSelected(entity: Entity | null): void;
  setHovered(entity: Entity | null): void;
  /** What a lesson points at: stations, or entities by their Kafka names. */
  setLook(names: readonly string[]): void;
  draw(view: StageView): void;
  /** What was drawn at a point, in CSS pixels from the top left. */
  entityAt(x: number, y: number): Entity | null;
  /** The last scene and layout, for tests, the twin and tooltips. */
  readonly scene: Scene;
  readonly layout: Layout | null;
  /** null: it can draw; else a sentence that says why it can not. */
  readonly problem: string | null;
}

const NO_CONTEXT =
  'This browser offers no 2D canvas here, so the picture cannot be drawn. Lists and panels still work.';
const NO_SIZE = 'The stage has no room: make the window larger.';

export function createStage(still: HTMLCanvasElement, moving: HTMLCanvasElement): StageInstance {
  const stillCtx: Draw2d | null = still.getContext('2d');
  const movingCtx: Draw2d | null = moving.getContext('2d');
  const scene = createScene();
  const fill = createSceneFiller();
  const topologyAt = createTopologyMemo();
  let colours: Palette = paletteOf('dark');
  let width = 0;
  let height = 0;
  let ratio = 1;
  let layout: Layout | null = null;
  /** Its size has changed since the layout was made. */
  let isResized = true;
  let isStillDirty = true;
  let selected: Entity | null = null;
  let hovered: Entity | null = null;
  let look: readonly string[] = [];

  const problem = (): string | null =>
    stillCtx === null || movingCtx === null ? NO_CONTEXT : width < 2 || height < 2 ? NO_SIZE : null;

  return {
    scene,
    get layout() {
      return layout;
    },
    get problem() {
      return problem();
    },
    resize(newWidth, newHeight, pixelRatio) {
      const newRatio = Math.max(1, Math.min(MAX_PIXEL_RATIO, pixelRatio));
      if (newWidth === width && newHeight === height && newRatio === ratio) return;
      [width, height, ratio] = [newWidth, newHeight, newRatio];
      for (const canvas of [still, moving]) {
        canvas.width = Math.round(width * ratio);
        canvas.height = Math.round(height * ratio);
      }
      isResized = true;
    },
    setTheme(theme) {
      colours = paletteOf(theme);
      isStillDirty = true;
    },
    setSelected(entity) {
      selected = entity;
    },
    setHovered(entity) {
      hovered = entity;
    },
    setLook(names) {
      look = names;
    },
    draw(view) {
      if (stillCtx === null || movingCtx === null || problem() !== null) return;
      const topology = topologyAt(view.log, view.state);
      if (layout === null || isResized || layout.topology !== topology) {
        layout = createLayout(width, height, topology);
        isResized = false;
        isStillDirty = true;
      }
      if (isStillDirty) {
        stillCtx.setTransform(ratio, 0, 0, ratio, 0, 0);
        drawStatic(stillCtx, layout, colours);
        isStillDirty = false;
      }
      fill(scene, view, layout);
      movingCtx.setTransform(ratio, 0, 0, ratio, 0, 0);
      drawScene(movingCtx, scene, layout, colours);
      for (const name of look) {
        const place = placeNamed(layout, name);
        if (place !== null) drawOutline(movingCtx, place, colours, false);
      }
      if (hovered !== null) {
        for (const place of placesOf(scene, layout, hovered)) drawOutline(movingCtx, place, colours, false);
      }
      if (selected !== null) {
        for (const place of placesOf(scene, layout, selected)) drawOutline(movingCtx, place, colours, true);
      }
    },
    entityAt(x, y) {
      return layout === null ? null : hitTest(scene, layout, x, y);
    },
  };
}
