/** Some browsers begin to read a file only after the click that hands it over. */
const READ_WITHIN_MS = 60_000;

/** Gives the person a file under a name. */
export function saveFile(name: string, contents: Blob): void {
  const url = URL.createObjectURL(contents);
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), READ_WITHIN_MS);
}
