/**
 * Where the run comes from. A bridge that offers a live run makes it a switch; in live it also says how far the picture
 * is behind, and stops the producer, which pausing the picture does not.
 */
import type { ReactNode } from 'react';
import { canStartCluster, liveOffer, sourceAddress } from '../session/urlState.ts';
import { useAppStore, useFrame, useSession } from '../store/useFrame.ts';
import { asRecording } from '../sources/recordingSource.ts';
import { msText } from '../ui/format.ts';
import { isAnyRunning, switchCommands } from './producerSwitch.ts';
import { RecordingChip } from './RecordingChip.tsx';
import { StartCluster } from './StartCluster.tsx';
import { useLookOnly } from './Touchable.tsx';
import './source.css';

const LIVE_TITLES: ReadonlyMap<string, string> = new Map([
  ['simulated', 'In real time, against the simulated cluster of the bridge'],
  [
    'kafkajs',
    "kafkajs's own producer on a real cluster, in the place of the engine: it has no accumulator, and when it retries it can lose records that it acknowledges. The ledger tells.",
  ],
]);

export function LiveChip(): ReactNode {
  const { source } = useSession();
  // Another run may have taken its place.
  const { kind, recording } = useFrame(() => ({ kind: source.kind, recording: asRecording(source.shown) }));
  const offer = liveOffer();
  const title = 'Every number comes from a model of the Java client 4.3 and of a cluster';
  if (recording !== null) return <RecordingChip recording={recording} />;
  if (kind === 'model' && offer === null) {
    return (
      <>
        <span className="source-chip" title={title}>
          Model
        </span>
        {canStartCluster() ? <StartCluster /> : null}
      </>
    );
  }
  const isLive = kind === 'live';
  return (
    <>
      <nav className="source-switch" aria-label="Where the run comes from">
        <a href={sourceAddress(false)} aria-current={isLive ? undefined : 'page'} title={title}>
          Model
        </a>
        <a
          href={sourceAddress(true)}
          aria-current={isLive ? 'page' : undefined}
          title={LIVE_TITLES.get(offer ?? '') ?? 'The live run of the bridge'}
        >
          {offer === 'kafkajs' ? 'Live: kafkajs as it is' : 'Live'}
        </a>
      </nav>
      {isLive ? <LiveControls offer={offer} /> : null}
    </>
  );
}

function LiveControls(props: { readonly offer: string | null }): ReactNode {
  const session = useSession();
  const store = useAppStore();
  const now = useFrame((s) => ({
    status: s.source.status,
    isFollowing: s.isFollowing,
    isAtOnce: s.isAtOnce,
    behindUs: s.completeAt - s.playback.cursor.at,
    isStopped: !isAnyRunning(s.source.scenario),
    recordsOneIn: s.view.state.recordsOneIn,
  }));
  const producerButton = (): void => {
    for (const command of switchCommands(session.source.scenario)) {
      const refusal = session.command(command);
      if (refusal !== null) store.getState().notify(refusal, 'bad');
    }
  };
  const lookOnly = useLookOnly();
  const isLost = now.status.kind === 'disconnected';
  return (
    <div className="live-controls">
      <span role="status" className={isLost ? 'warn' : 'dim'} data-testid="live-status">
        {now.status.kind === 'disconnected'
          ? now.status.sentence
          : now.isFollowing
            ? props.offer === 'simulated'
              ? 'now, simulated cluster'
              : 'now'
            : `${msText(Math.max(0, now.behindUs))} behind`}
      </span>
      {now.recordsOneIn > 1 ? (
        <span
          className="dim"
          data-testid="live-sampling"
          title="Too many records to draw each: those of one batch in so many are drawn. Batches, requests and all sums are complete."
        >
          records of 1 batch in {now.recordsOneIn}
        </span>
      ) : null}
      {now.isFollowing ? (
        <button
          type="button"
          className="button wide"
          aria-pressed={now.isAtOnce}
          title="Facts as they come, without flights. Otherwise the picture is 0.3 s behind, so that records can be seen on their way."
          onClick={() => session.setAtOnce(!now.isAtOnce)}
        >
          At once
        </button>
      ) : (
        <button
          type="button"
          className="button wide"
          title="Show what happens now, in real time"
          onClick={() => session.follow()}
        >
          Now
        </button>
      )}
      <button
        type="button"
        className="button wide"
        title={
          lookOnly !== null
            ? lookOnly
            : now.isStopped
              ? 'A new producer with the same settings'
              : 'Closes the producer: it sends what it has. Pausing stops only the picture.'
        }
        disabled={isLost || lookOnly !== null}
        onClick={producerButton}
      >
        {now.isStopped ? 'Start producer' : 'Stop producer'}
      </button>
    </div>
  );
}
