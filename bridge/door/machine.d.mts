/** Types of machine.mjs, which stays JavaScript: it runs before the packages are there. */
export type Found = { readonly name: string; readonly missing?: undefined } | { readonly missing: string };

/** Java 17 or later and Maven; on Debian as root they are installed. */
export function findJava(): Promise<Found>;

/** The major version of `java`; 0: there is none. */
export function javaVersion(): Promise<number>;

/** executablePath null: Playwright's own. */
export function findChromium(): Promise<
  { readonly name: string; readonly executablePath: string | null } | { readonly missing: string }
>;
