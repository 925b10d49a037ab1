/** Stands where the run comes from while a recording is on the stage. */
import { useState, type ReactNode } from 'react';
import type { RecordingSource } from '../sources/recordingSource.ts';
import { useAppStore, useSession } from '../store/useFrame.ts';

const OF: Readonly<Record<string, string>> = {
  simulated: ', simulated cluster',
  kafka: ', real cluster',
  kafkajs: ', kafkajs as it is',
};

export function RecordingChip({ recording }: { readonly recording: RecordingSource }): ReactNode {
  const session = useSession();
  const store = useAppStore();
  const [isBusy, setBusy] = useState(false);
  const notify = store.getState().notify;
  const failed = (): void => notify('A part of the page could not be loaded: reload it.', 'bad');
  const close = (): void => {
    import('../recordings/recordings.ts').then(
      ({ closeRecording }) => closeRecording(session, store),
      failed,
    );
  };
  const runFromHere = (): void => {
    setBusy(true);
    import('../recordings/recordings.ts')
      .then((recordings) => recordings.runFromHere(session, notify))
      .catch(failed)
      .finally(() => setBusy(false));
  };
  return (
    <>
      <span className="source-chip" title={recording.lookOnly ?? undefined}>
        Recording of {recording.of}
        {OF[recording.target ?? ''] ?? ''}
      </span>
      <div className="live-controls">
        {recording.of === 'model' ? (
          <button
            type="button"
            className="button wide"
            title="The model takes over at this moment: then everything can be changed"
            disabled={isBusy}
            onClick={runFromHere}
          >
            Run it from here
          </button>
        ) : null}
        <button
          type="button"
          className="button wide"
          title="Back to the run that was here before"
          onClick={close}
        >
          Close
        </button>
      </div>
    </>
  );
}
