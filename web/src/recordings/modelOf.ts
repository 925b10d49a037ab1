/** The model's own run of a recorded scenario, as long as it is the same one to the byte. */
import { micros } from '#base/time';
import type { EventTape } from '#events/EventTape';
import type { Scenario } from '#model/Scenario';
import type { RestartableSource } from '../session/contract.ts';
import { createModelSource } from '../sources/modelSource.ts';

const SLICE_MS = 8;

/** Up to `atUs` at least. null: the model of this page makes another run of it, or none. */
export async function modelOf(
  recording: { readonly scenario: Scenario; readonly log: EventTape },
  atUs: number,
  rest: () => Promise<void>,
): Promise<RestartableSource | null> {
  try {
    const model = createModelSource(recording.scenario);
    const at = micros(Math.floor(atUs));
    while (model.ensure(at, SLICE_MS) < at) {
      if (model.status.kind === 'failed' || model.status.kind === 'full') break;
      await rest();
    }
    const seq = recording.log.seqAfter(at);
    const made = model.log;
    const isSame =
      'digest' in made &&
      typeof made.digest === 'function' &&
      made.endSeq >= seq &&
      made.digest(seq) === recording.log.digest(seq);
    return isSame ? model : null;
  } catch {
    // A scenario that this model refuses.
    return null;
  }
}
