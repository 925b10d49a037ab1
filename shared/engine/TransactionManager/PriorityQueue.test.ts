import { expect, test } from 'vitest';
import { PriorityQueue } from './PriorityQueue.ts';

test('equals come out, and are visited, in the order of java.util.PriorityQueue', () => {
  // Made by Java 17: sixty draws of a linear congruential generator, 0 … 4 added with that priority, 5 … 7 polled.
  const queue = new PriorityQueue<{ priority: number; id: number }>((item) => item.priority);
  const polled: (number | string)[] = [];
  let state = 12345n;
  let id = 0;
  for (let i = 0; i < 60; i++) {
    state = (state * 1103515245n + 12345n) & 0x7fffffffn;
    const drawn = Number((state >> 8n) % 8n);
    if (drawn < 5) queue.add({ priority: drawn, id: id++ });
    else polled.push(queue.poll()?.id ?? '-');
  }
  expect(polled.join(' ')).toBe('- - 0 2 1 - 3 5 6 9 11 14 7 15 16 19 23 24 26 30 31 34 35');
  expect([...queue].map((item) => item.id).join(' ')).toBe(
    '29 18 25 20 22 28 27 12 8 36 21 4 13 17 32 10 33',
  );
  const rest: number[] = [];
  for (let item = queue.poll(); item !== null; item = queue.poll()) rest.push(item.id);
  expect(rest.join(' ')).toBe('29 18 22 25 21 28 13 27 17 20 8 36 32 12 10 33 4');
  expect(queue.peek()).toBeNull();
});
