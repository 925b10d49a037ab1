/** The model beside a live run: for the same settings, what was to be expected, what was measured, and by how much they differ. */
import { useEffect, useState, type ReactNode } from 'react';
import { COMPARED, type ComparedMetric, type Measured } from '../sources/prediction/measured.ts';
import { differencePercent, Predictor, type Comparison } from '../sources/prediction/Predictor.ts';
import type { Provenance } from '../sources/Source.ts';
import { useFrame, useSession } from '../store/useFrame.ts';
import { bytesText, countText, momentText, msText } from '../ui/format.ts';
import { How } from '../ui/How.tsx';
import { provenanceOf } from '../ui/provenance.ts';
import './prediction.css';

/** Of each look, so that the picture keeps moving. */
const BUDGET_MS = 10;
const LOOK_MS = 50;
/** A difference that is worth a second look. */
const NOTABLE_PERCENT = 15;

const ms = (value: number): string => msText(value * 1000);

const ROWS: Readonly<
  Record<ComparedMetric, { readonly name: string; readonly text: (value: number) => string }>
> = {
  'batch-size-avg': { name: 'batch size', text: (value) => bytesText(Math.round(value)) },
  'request-rate': { name: 'requests per second', text: (value) => value.toFixed(1) },
  'records-per-request-avg': { name: 'records per request', text: (value) => value.toFixed(2) },
  'record-queue-time-avg': { name: 'queue time', text: ms },
  'request-latency-avg': { name: 'round trip', text: ms },
  'latency p50': { name: 'latency p50', text: ms },
  'latency p99': { name: 'latency p99', text: ms },
};

interface Seen {
  readonly comparison: Comparison | null;
  /** Of the model's run, in percent; null: it does not run. */
  readonly percent: number | null;
}

/** The comparison, worked on as long as the panel is open. */
function useComparison(): Seen {
  const session = useSession();
  const [seen, setSeen] = useState<Seen>({ comparison: null, percent: null });
  useEffect(() => {
    const predictor = new Predictor(() => performance.now());
    const timer = setInterval(() => {
      if (session.source.kind !== 'live') return;
      predictor.look(session, BUDGET_MS);
      const { comparison, progress } = predictor;
      const percent = progress === null ? null : Math.floor(progress * 10) * 10;
      setSeen((before) =>
        before.comparison === comparison && before.percent === percent ? before : { comparison, percent },
      );
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [session]);
  return seen;
}

export function PredictionPanel(): ReactNode {
  const { comparison, percent } = useComparison();
  const how = useFrame(({ source }) =>
    provenanceOf(source.capabilities, ['request.sent', 'response.received']),
  );
  return (
    <div className="prediction" data-testid="prediction">
      <h2>Predicted and measured</h2>
      <p className="dim">
        The model runs beside: same settings, workload and header. Its network takes half of each measured
        round trip each way, its brokers no time.
      </p>
      {comparison === null ? (
        <p role="status">
          {percent === null
            ? 'These settings must have held for two seconds.'
            : `The model runs: ${percent} %.`}
        </p>
      ) : (
        <>
          <Table comparison={comparison} how={how === 'measured' ? 'derived' : how} />
          <Basis measured={comparison.measured} predictedUs={comparison.predictedUs} />
        </>
      )}
    </div>
  );
}

function signedPercent(percent: number): string {
  const tenths = Math.round(percent * 10);
  const sign = tenths > 0 ? '+' : tenths < 0 ? '−' : '';
  return `${sign}${(Math.abs(tenths) / 10).toFixed(1)} %`;
}

function Table(props: { readonly comparison: Comparison; readonly how: Provenance | null }): ReactNode {
  const { predicted, measured } = props.comparison;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">
            predicted <How of="simulated" />
          </th>
          <th scope="col">measured {props.how === null ? null : <How of={props.how} />}</th>
        </tr>
      </thead>
      {COMPARED.map((metric) => (
        <Row key={metric} metric={metric} predicted={predicted[metric]} measured={measured.values[metric]} />
      ))}
    </table>
  );
}

function Row(props: {
  readonly metric: ComparedMetric;
  readonly predicted: number | null;
  readonly measured: number | null;
}): ReactNode {
  const { metric, predicted, measured } = props;
  const { name, text } = ROWS[metric];
  const off = differencePercent(predicted, measured);
  const tone = off !== null && Math.abs(off) >= NOTABLE_PERCENT ? 'warn' : 'dim';
  return (
    <tbody data-testid={`prediction-${metric}`}>
      <tr>
        <th scope="rowgroup" colSpan={2} title={metric}>
          {name}
          <span className={`off ${tone}`} title="Predicted against measured">
            {off === null ? '' : signedPercent(off)}
          </span>
        </th>
      </tr>
      <tr>
        <td className="number">{predicted === null ? '—' : text(predicted)}</td>
        <td className="number">{measured === null ? '—' : text(measured)}</td>
      </tr>
    </tbody>
  );
}

function Basis(props: { readonly measured: Measured; readonly predictedUs: number }): ReactNode {
  const { window, roundTrips } = props.measured;
  return (
    <p className="dim">
      Measured from {momentText(window.fromUs)} to {momentText(window.toUs)}
      {roundTrips === null
        ? ': no request was answered in it, so the network is that of the model.'
        : `: ${countText(roundTrips.count)} round trips, median ${msText(roundTrips.p50Us)}, p99 ${msText(roundTrips.p99Us)}.`}{' '}
      The model ran for {msText(props.predictedUs)} of its own time. New settings are compared anew.
    </p>
  );
}
