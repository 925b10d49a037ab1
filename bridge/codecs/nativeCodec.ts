/** Codecs of packages with a compiled part, which not every machine has: asked for when first used, never at the start. */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** What a package gives, or why it cannot be used on this machine. */
export type Loaded<T> = { readonly value: T } | { readonly missing: string };

export interface Native<T> {
  load(): Loaded<T>;
}

/** `name`: as a `require` takes it. What came of the first try is remembered. */
export function native<T>(name: string): Native<T> {
  let loaded: Loaded<T> | null = null;
  return {
    load() {
      loaded ??= tryToLoad<T>(name);
      return loaded;
    },
  };
}

function tryToLoad<T>(name: string): Loaded<T> {
  try {
    return { value: require(name) as T };
  } catch {
    return { missing: `the package ${name} does not load on ${process.platform} ${process.arch}` };
  }
}

/** @throws Error when it is missing on this machine. */
export function needed<T>(loaded: Loaded<T>): T {
  if ('missing' in loaded) throw new Error(loaded.missing);
  return loaded.value;
}
