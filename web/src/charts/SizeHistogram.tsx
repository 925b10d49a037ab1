/** How many batches left with which size: bars by octave. */
import type { ReactNode } from 'react';
import { useFrame } from '../store/useFrame.ts';
import { bytesText, countText } from '../ui/format.ts';
import { How } from '../ui/How.tsx';
import { provenanceOf } from '../ui/provenance.ts';
import { HISTOGRAM } from './chartCatalog.ts';

export function SizeHistogram(): ReactNode {
  const { bars, how } = useFrame((s) => ({
    bars: s.projections.metrics.batchSizes(0, s.playback.cursor.at),
    how: provenanceOf(s.source.capabilities, ['batch.drained']),
  }));
  const most = bars.reduce((max, { count }) => Math.max(max, count), 1);
  const total = bars.reduce((sum, { count }) => sum + count, 0);
  return (
    <figure className="chart" title={HISTOGRAM.meaning}>
      <figcaption>
        <span className="chart-name">
          {HISTOGRAM.title} {how === null ? null : <How of={how} />}
        </span>
        <span className="number">{countText(total)} batches</span>
      </figcaption>
      <ul className="histogram" aria-label={HISTOGRAM.meaning}>
        {bars.map(({ from, to, count }) => (
          <li key={from} title={`${bytesText(from)} to ${bytesText(to)}: ${countText(count)} batches`}>
            <span className="bar" style={{ height: `${Math.max(4, (count / most) * 100)}%` }} />
            <span className="visually-hidden">
              {bytesText(from)} to {bytesText(to)}: {count}
            </span>
          </li>
        ))}
      </ul>
    </figure>
  );
}
