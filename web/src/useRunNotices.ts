/** What the run has to say by itself, and files that are dropped on the page. */
import { useEffect } from 'react';
import { useAppStore, useFrame, useSession } from './store/useFrame.ts';

/** A run that failed or is full says so once, in its sentence. A lost bridge stands in the top bar until it is back. */
export function useRunNotices(): void {
  const store = useAppStore();
  const sentence = useFrame(({ source: { status } }) =>
    status.kind === 'failed' || status.kind === 'full' ? status.sentence : null,
  );
  useEffect(() => {
    if (sentence !== null) store.getState().notify(sentence, 'bad');
  }, [store, sentence]);
}

/** A file with a run, dropped anywhere on the page, is opened. */
export function useDroppedFiles(): void {
  const session = useSession();
  const store = useAppStore();
  useEffect(() => {
    const over = (event: DragEvent): void => event.preventDefault();
    const dropped = (event: DragEvent): void => {
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      const { notify } = store.getState();
      if (file === undefined) return;
      import('./recordings/recordings.ts')
        .then(({ openFile }) => openFile(session, store, file))
        .then(
          (refusal) => refusal !== null && notify(refusal, 'bad'),
          () => notify('This file cannot be read.', 'bad'),
        );
    };
    globalThis.addEventListener('dragover', over);
    globalThis.addEventListener('drop', dropped);
    return () => {
      globalThis.removeEventListener('dragover', over);
      globalThis.removeEventListener('drop', dropped);
    };
  }, [session, store]);
}
