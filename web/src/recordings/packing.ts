/** gzip, where the browser has it: recordings shrink to about a third. */
import { MAX_RECORDING_BYTES, type Packing } from '#wire/recording';

/** The pieces as one body, packed where that can be done. */
export async function pack(
  pieces: readonly Uint8Array[],
): Promise<{ readonly packing: Packing; readonly body: Uint8Array }> {
  const whole = new Blob(pieces as readonly BlobPart[] as BlobPart[]);
  if (typeof CompressionStream === 'undefined')
    return { packing: 'plain', body: new Uint8Array(await whole.arrayBuffer()) };
  const packed = new Response(whole.stream().pipeThrough(new CompressionStream('gzip')));
  return { packing: 'gzip', body: new Uint8Array(await packed.arrayBuffer()) };
}

/** @throws Error with a sentence when it does not unpack, or to more than a recording may have. */
export async function unpack(packing: Packing, body: Uint8Array): Promise<Uint8Array> {
  if (packing === 'plain') return body;
  if (typeof DecompressionStream === 'undefined')
    throw new Error('This browser cannot unpack recordings: it has no DecompressionStream.');
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  try {
    const reader = new Blob([body as BlobPart])
      .stream()
      .pipeThrough(new DecompressionStream('gzip'))
      .getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      bytes += value.length;
      if (bytes > MAX_RECORDING_BYTES) {
        await reader.cancel();
        break;
      }
      pieces.push(value);
    }
  } catch {
    throw new Error('This recording is damaged: it does not unpack.');
  }
  if (bytes > MAX_RECORDING_BYTES) throw new Error('This file is too large to be a recording.');
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
