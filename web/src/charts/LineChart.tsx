/** One metric over run time with the playhead; hover reads a value, a click moves the playhead there. */
import { useEffect, useRef, useState, type ReactNode } from 'react';
import uPlot from 'uplot';
import { useApp, useFrame, useSession } from '../store/useFrame.ts';
import { lineSpanUs } from '../panels/Scrubber.tsx';
import { momentText } from '../ui/format.ts';
import { How } from '../ui/How.tsx';
import { paletteOf, type Palette } from '../ui/palette.ts';
import {
  chartNumbers,
  chartProvenance,
  chartValue,
  meanUsOf,
  NUMBER_MEANING,
  type ChartSpec,
} from './chartCatalog.ts';
import { smoothed } from './smoothed.ts';

const coloursOf = (palette: Palette): readonly string[] => [palette.accent, palette.warn, palette.good];

export function LineChart(props: { readonly spec: ChartSpec; readonly colour: number }): ReactNode {
  const { spec, colour } = props;
  const session = useSession();
  const theme = useApp((state) => state.theme);
  const frame = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const playhead = useRef(0);
  const [hovered, setHovered] = useState<number | null>(null);
  const now = useFrame((s) => {
    const { metrics } = s.projections;
    const spanUs = lineSpanUs(s);
    const width = Math.max(1, Math.round(meanUsOf(spanUs) / metrics.bucketUs));
    const { at } = s.playback.cursor;
    return {
      at,
      how: chartProvenance(s.source.capabilities, spec, s.view.state.recordsOneIn),
      startUs: s.startAt,
      spanUs,
      bucketUs: metrics.bucketUs,
      originUs: metrics.originUs,
      numbers: chartNumbers(metrics, spec, at),
      lines: spec.metrics.map((metric) => smoothed(metrics.series(metric, at), width)),
    };
  });

  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const palette = paletteOf(theme);
    const colours = coloursOf(palette);
    const instance = new uPlot(
      {
        width: Math.max(40, element.clientWidth),
        height: Math.max(24, element.clientHeight),
        padding: [4, 0, 2, 0],
        legend: { show: false },
        cursor: { drag: { x: false, y: false }, y: false, points: { size: 6 } },
        scales: { x: { time: false }, y: { range: (_, __, max) => [0, Math.max(1e-9, max) * 1.1] } },
        axes: [{ show: false }, { show: false }],
        series: [
          {},
          ...spec.metrics.map((_, i) => ({
            stroke: colours[(colour + i) % colours.length] ?? palette.accent,
            width: 1.6,
            spanGaps: true,
            points: { show: false },
          })),
        ],
        hooks: {
          draw: [
            (u) => {
              const x = u.valToPos(playhead.current, 'x', true);
              u.ctx.fillStyle = palette.text;
              u.ctx.fillRect(x, u.bbox.top, 1.5 * devicePixelRatio, u.bbox.height);
            },
          ],
          setCursor: [(u) => setHovered(u.cursor.idx ?? null)],
        },
      },
      [[], ...spec.metrics.map(() => [])],
      element,
    );
    chart.current = instance;
    const clicked = (): void => {
      const { left } = instance.cursor;
      if (left !== undefined && left >= 0)
        session.dispatch({ type: 'seek', at: Math.max(0, instance.posToVal(left, 'x')) });
    };
    instance.over.addEventListener('click', clicked);
    const observer = new ResizeObserver(() =>
      instance.setSize({
        width: Math.max(40, element.clientWidth),
        height: Math.max(24, element.clientHeight),
      }),
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      instance.destroy();
      chart.current = null;
    };
  }, [session, spec, colour, theme]);

  useEffect(() => {
    const { lines, bucketUs, originUs, startUs, spanUs, at } = now;
    playhead.current = at;
    const length = lines[0]?.length ?? 0;
    const xs = Array.from({ length }, (_, i) => originUs + (i + 0.5) * bucketUs);
    chart.current?.setData([xs, ...lines.map((line) => [...line])], false);
    chart.current?.setScale('x', { min: startUs, max: startUs + spanUs });
  });

  const index = hovered !== null && hovered < (now.lines[0]?.length ?? 0) ? hovered : null;
  const shown = index === null ? now.numbers : now.lines.map((line) => line[index] ?? null);
  const text = shown.map((value) => chartValue(now.how === null ? null : value, spec.unit));
  return (
    <figure className="chart" title={`${spec.meaning} ${NUMBER_MEANING}`}>
      <figcaption>
        <span className="chart-name">
          {index === null ? spec.title : `at ${momentText(now.originUs + (index + 0.5) * now.bucketUs)}`}{' '}
          {now.how === null ? null : <How of={now.how} />}
        </span>
        <span className="number" data-testid={`chart-${spec.id}`}>
          {text.length === 2 && spec.unit === 'ms'
            ? `${text[0]?.replace(' ms', '') ?? ''}/${text[1] ?? ''}`
            : text.join(' / ')}
        </span>
      </figcaption>
      <div
        className="chart-frame"
        ref={frame}
        role="img"
        aria-label={`${spec.title}: ${text.join(', ')}. ${spec.meaning}`}
      />
    </figure>
  );
}
