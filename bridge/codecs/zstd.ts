/** Zstandard: Node's own since 22.15, else a package. */
import * as zlib from 'node:zlib';
import { native, needed, type Loaded } from './nativeCodec.ts';
import { PackageThread } from './zstdThread.ts';

interface Zstd {
  readonly compress: (bytes: Uint8Array, level: number) => Uint8Array;
  readonly decompress: (bytes: Uint8Array) => Uint8Array;
}

/** Since Node 22.15; the types are those of an older one. */
interface WithZstd {
  readonly zstdCompressSync?: (
    bytes: Uint8Array,
    options: { readonly params: Readonly<Record<number, number>> },
  ) => Uint8Array;
  readonly zstdDecompressSync?: (bytes: Uint8Array) => Uint8Array;
}

/** ZSTD_c_compressionLevel. */
const LEVEL_PARAMETER = 100;
/** The package's own front leaves the level out. */
const PACKAGE = '@mongodb-js/zstd/bindings';
const inPackage = native<object>(PACKAGE);
let found: Loaded<Zstd> | null = null;

export function loadZstd(): Loaded<Zstd> {
  found ??= ofNode() ?? ofPackage();
  return found;
}

/** @throws Error when neither Node nor the package has it on this machine. */
export const zstdCompress = (bytes: Uint8Array, level: number): Uint8Array =>
  needed(loadZstd()).compress(bytes, level);

/** @throws Error for bytes that are not Zstandard's, or when nothing on this machine has it. */
export const zstdDecompress = (bytes: Uint8Array): Uint8Array => needed(loadZstd()).decompress(bytes);

function ofNode(): Loaded<Zstd> | null {
  const { zstdCompressSync, zstdDecompressSync } = zlib as typeof zlib & WithZstd;
  if (zstdCompressSync === undefined || zstdDecompressSync === undefined) return null;
  return {
    value: {
      compress: (bytes, level) => zstdCompressSync(bytes, { params: { [LEVEL_PARAMETER]: level } }),
      decompress: zstdDecompressSync,
    },
  };
}

function ofPackage(): Loaded<Zstd> {
  const loaded = inPackage.load();
  if ('missing' in loaded) return loaded;
  const thread = new PackageThread(PACKAGE);
  return {
    value: {
      compress: (bytes, level) => thread.call('compress', bytes, level),
      decompress: (bytes) => thread.call('decompress', bytes),
    },
  };
}
