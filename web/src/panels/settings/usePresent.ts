/** What holds at the playhead; the same object as long as nothing changes. */
import { useMemo } from 'react';
import type { Scenario } from '#model/Scenario';
import { useFrame } from '../../store/useFrame.ts';
import { presentScenario } from './presentScenario.ts';

export function usePresent(): Scenario {
  const { scenario, given } = useFrame(({ source, playback }) => {
    const { commands } = source.scenario;
    const at = Math.floor(playback.cursor.at);
    let applied = 0;
    while (applied < commands.length && (commands[applied]?.at ?? Infinity) <= at) applied++;
    return { scenario: source.scenario, given: applied };
  });
  return useMemo(
    () => presentScenario({ ...scenario, commands: scenario.commands.slice(0, given) }, Infinity),
    [scenario, given],
  );
}
