/** What is wrong with the arguments of a command ends it before it begins. */

/** Says what was wrong and what to do. */
export function refuse(sentence: string): never {
  console.error(sentence);
  process.exit(1);
}

export function wholeNumber(option: string, text: string, least: number): number {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isSafeInteger(number) && number >= least) return number;
  return refuse(`${option} takes a whole number from ${least} on, not “${text}”.`);
}
