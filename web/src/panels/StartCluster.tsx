/** A button that has the bridge start three real brokers; it tells how far that is, and goes to the live run by itself. */
import { useState, type ReactNode } from 'react';
import { sourceAddress } from '../session/urlState.ts';
import { useAppStore } from '../store/useFrame.ts';

export function StartCluster(): ReactNode {
  const store = useAppStore();
  /** null: nothing is under way. */
  const [lines, setLines] = useState<readonly string[] | null>(null);
  const start = async (): Promise<void> => {
    setLines([]);
    const { startCluster } = await import('../sources/startCluster.ts');
    const refusal = await startCluster((line) => setLines((before) => [...(before ?? []), line]));
    if (refusal === null) return location.assign(sourceAddress(true));
    store.getState().notify(refusal, 'bad');
    setLines(null);
  };
  if (lines === null) {
    return (
      <button
        type="button"
        className="button wide"
        title="Three real Kafka brokers on this machine, and a real producer. Needs Java 17; the first start downloads Kafka"
        onClick={() => void start()}
      >
        Start a local cluster
      </button>
    );
  }
  return (
    <div className="start-progress">
      <span className="dim">Starting a local cluster</span>
      <ol role="log" aria-label="Steps of the start">
        {lines.map((line, i) => (
          <li key={i}>{line}</li>
        ))}
      </ol>
    </div>
  );
}
