/** Below the brokers: which of them coordinates the transactions, and where the transactional id stands in its log. */
import type { CoordinatorView, PipelineState } from '#projections/pipelineState';
import { addLabel, type Scene, type SceneInput, type Tone } from './scene.ts';
import { fillSteps } from './sceneApps.ts';

/** Beside the name of the broker. */
export const COORDINATOR_MARK = '◆';

export const coordinates = (input: SceneInput, node: number): boolean =>
  [...input.view.state.coordinators.values()].some((view) => view.node === node);

/** The one that moved last, and how many there are besides. */
function latest(state: PipelineState): CoordinatorView | null {
  let found: CoordinatorView | null = null;
  for (const view of state.coordinators.values())
    if (found === null || view.since >= found.since) found = view;
  return found;
}

export function fillCoordinator(scene: Scene, input: SceneInput): void {
  const { layout, view } = input;
  const coordinator = latest(view.state);
  if (coordinator === null) return;
  const place = layout.coordinator;
  const { state, node, producerEpoch, transactionalId } = coordinator;
  const others = view.state.coordinators.size - 1;
  const who = node === null ? 'no broker' : `broker ${node}`;
  const isWide = place.w > 300;
  const whose = isWide ? ` of ${transactionalId}` : '';
  const text = `${COORDINATOR_MARK} coordinator${whose}: ${who} · epoch ${producerEpoch}${others > 0 ? ` · + ${others}` : ''}`;
  addLabel(scene, place.x, place.y + 12, text, node === null ? 'bad' : 'dim');
  fillSteps(scene, { x: place.x, y: place.y + 19, w: place.w }, stepsOf(state), onOf(state), toneOf(state));
}

/** Only the one that it stands at has room for its whole name. */
function stepsOf(state: CoordinatorView['state']): readonly string[] {
  const first = state === 'Empty' || state === 'Dead' || state === 'PrepareEpochFence' ? state : 'Ongoing';
  const second = state.startsWith('PrepareC') || state.startsWith('PrepareA') ? state : 'Prepare…';
  return [first, second, state.startsWith('Complete') ? state : 'Complete…'];
}

const onOf = (state: CoordinatorView['state']): number =>
  state.startsWith('Complete') ? 2 : state === 'PrepareCommit' || state === 'PrepareAbort' ? 1 : 0;

function toneOf(state: CoordinatorView['state']): Tone {
  if (state === 'PrepareEpochFence' || state === 'Dead') return 'bad';
  if (state.endsWith('Abort')) return 'warn';
  return state.endsWith('Commit') ? 'good' : 'accent';
}
