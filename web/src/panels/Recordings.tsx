/** Saves the run on the stage as a file, opens one in its place. */
import { useRef, useState, type ReactNode } from 'react';
import { openFile, saveRun, SUFFIX } from '../recordings/recordings.ts';
import { useAppStore, useSession } from '../store/useFrame.ts';
import { viewersLink } from '../session/urlState.ts';
import { Dialog } from '../ui/controls.tsx';
import { countText, msText } from '../ui/format.ts';

export function Recordings(props: { readonly onClose: () => void }): ReactNode {
  const session = useSession();
  const store = useAppStore();
  const chooser = useRef<HTMLInputElement>(null);
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [run] = useState(() => ({
    events: session.view.log.endSeq - session.view.log.startSeq,
    us: session.completeAt - session.startAt,
  }));
  const attempt = (work: Promise<string | null>): void => {
    setBusy(true);
    const ended = (sentence: string | null): void => {
      setBusy(false);
      setRefusal(sentence);
      if (sentence === null) props.onClose();
    };
    work.then(ended, () => ended('This file cannot be read.'));
  };
  return (
    <Dialog title="Recordings" onClose={props.onClose}>
      <ViewersLink />
      <p>
        A recording holds every event of a run. Whoever has the file opens it here, or drops it on their page:
        it needs no bridge and no cluster, and can be played, stepped and looked into as the run itself.
      </p>
      <p className="dim">
        The run on the stage has {countText(run.events)} events in {msText(run.us)}.
      </p>
      {refusal === null ? null : (
        <p className="refusal" role="alert">
          {refusal}
        </p>
      )}
      <div className="row">
        <button
          type="button"
          className="button wide"
          disabled={isBusy}
          onClick={() => attempt(saveRun(session))}
        >
          Save this run
        </button>
        <button
          type="button"
          className="button wide"
          disabled={isBusy}
          onClick={() => chooser.current?.click()}
        >
          Open a recording…
        </button>
        <input
          ref={chooser}
          type="file"
          hidden
          aria-label="A recording"
          accept={`${SUFFIX},.json`}
          onChange={(event) => {
            const file = event.target.files?.[0];
            event.target.value = '';
            if (file !== undefined) attempt(openFile(session, store, file));
          }}
        />
      </div>
    </Dialog>
  );
}

/** The way for others to look on, when the bridge lets them. */
function ViewersLink(): ReactNode {
  const link = viewersLink();
  if (link === null) return null;
  return (
    <>
      <p>
        With this link others see the live run, its settings and what is in its records. They change nothing.
      </p>
      <textarea
        readOnly
        aria-label="Link for viewers"
        value={link}
        onFocus={(event) => event.target.select()}
      />
    </>
  );
}
