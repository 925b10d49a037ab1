import { expect, test } from 'vitest';
import { countBefore } from './countBefore.ts';

test('finds every border, of no rows too, and looks at few', () => {
  for (let length = 0; length < 40; length++) {
    for (let border = 0; border <= length; border++) {
      let looks = 0;
      const found = countBefore(length, (row) => {
        looks++;
        expect(row).toBeLessThan(length);
        return row < border;
      });
      expect(found).toBe(border);
      expect(looks).toBeLessThanOrEqual(6);
    }
  }
});
