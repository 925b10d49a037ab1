/** The link to this moment: seed, settings, commands, playhead. Copied; where that is not allowed, shown to be copied. */
import { useState, type ReactNode } from 'react';
import { linkOf } from '../session/urlState.ts';
import { useAppStore, useSession } from '../store/useFrame.ts';
import { Dialog } from '../ui/controls.tsx';
import { saveFile } from '../ui/saveFile.ts';

/** Pauses, so that the link is to what everybody sees, and copies it. */
export function useShare(): () => void {
  const session = useSession();
  const store = useAppStore();
  return () => {
    const { notify, openDialog } = store.getState();
    // What has happened elsewhere is in no link.
    if (session.source.kind !== 'model') {
      openDialog('recordings');
      return;
    }
    const link = linkOf(session);
    if (!link.fits) {
      openDialog('share');
      return;
    }
    const failed = (): void => openDialog('share');
    try {
      const action = { label: 'As a file', run: () => openDialog('share') };
      const copied = (): void => notify('The link to this moment is copied.', 'plain', action);
      navigator.clipboard.writeText(link.url).then(copied, failed);
    } catch {
      failed();
    }
  };
}

export function ShareDialog(props: { readonly onClose: () => void }): ReactNode {
  const session = useSession();
  const [link] = useState(() => linkOf(session));
  const save = (): void => {
    const contents = new Blob([link.file()], { type: 'application/json' });
    saveFile(`linger-seed-${session.source.scenario.seed}.json`, contents);
  };
  return (
    <Dialog title="Share this moment" onClose={props.onClose}>
      {link.fits ? (
        <>
          <p>The link holds seed, settings, commands and this moment:</p>
          <textarea readOnly aria-label="Link" value={link.url} onFocus={(event) => event.target.select()} />
        </>
      ) : (
        <p>
          This run has more commands than a link can carry. As a file it keeps all of them; whoever has it
          drops it on their page.
        </p>
      )}
      <div className="row">
        <button type="button" className="button wide" onClick={save}>
          Save as a file
        </button>
      </div>
    </Dialog>
  );
}
