/** Four small charts under the line of time; each can be exchanged for another one. */
import { useState, type ReactNode } from 'react';
import { CHARTS, DEFAULT_CHARTS, HISTOGRAM } from './chartCatalog.ts';
import { LineChart } from './LineChart.tsx';
import { SizeHistogram } from './SizeHistogram.tsx';
import 'uplot/dist/uPlot.min.css';
import './charts.css';

export function Charts(): ReactNode {
  const [chosen, setChosen] = useState<readonly string[]>(DEFAULT_CHARTS);
  const choose = (place: number, id: string): void =>
    setChosen(chosen.map((each, i) => (i === place ? id : each === id ? (chosen[place] ?? each) : each)));
  return (
    <div className="charts-row">
      {chosen.map((id, place) => {
        const spec = CHARTS.find((each) => each.id === id);
        return (
          <div key={place} className="chart-place">
            {id === HISTOGRAM.id ? (
              <SizeHistogram />
            ) : spec === undefined ? null : (
              <LineChart key={spec.id} spec={spec} colour={place % 3} />
            )}
            <select
              className="chart-choice"
              aria-label={`Chart ${place + 1}`}
              title="Another chart"
              value={id}
              onChange={(event) => choose(place, event.target.value)}
            >
              {[...CHARTS, HISTOGRAM].map((each) => (
                <option key={each.id} value={each.id}>
                  {each.title}
                </option>
              ))}
            </select>
          </div>
        );
      })}
    </div>
  );
}
