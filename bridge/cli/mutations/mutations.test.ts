import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { mutated, MUTATIONS } from './mutations.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

test.each(MUTATIONS)('$name still finds its line', (mutation) => {
  const text = readFileSync(join(ROOT, mutation.file), 'utf8');
  expect(mutated(mutation, text)).not.toBe(text);
});

test('a line that is not there, or twice, is said so', () => {
  const mutation = { name: 'n', file: 'f', from: 'a', to: 'b' };
  expect(() => mutated(mutation, 'xyz')).toThrow('"n": f has 0 times "a", not once');
  expect(() => mutated(mutation, 'a a')).toThrow('2 times');
});
