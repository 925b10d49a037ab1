/** Keys by number, as the log and the screen have them: the workload's `user-N`, and whatever an operator types. */
import { known } from '#base/assert';
import { keyText } from '#patterns/workload';

/** Typed keys get numbers from here on; the workload's are below a million. */
const FIRST_TYPED = 1_000_000_000;
const WORKLOAD_KEY = /^user-(0|[1-9]\d{0,6})$/;

export class KeyNames {
  private readonly typed: string[] = [];

  /** −1 for no key. The same text always has the same number. */
  idOf(key: string | null): number {
    if (key === null) return -1;
    const workloadKey = WORKLOAD_KEY.exec(key);
    if (workloadKey !== null) return Number(workloadKey[1]);
    let place = this.typed.indexOf(key);
    if (place < 0) place = this.typed.push(key) - 1;
    return FIRST_TYPED + place;
  }

  textOf(keyId: number): string | null {
    if (keyId < 0) return null;
    return keyId < FIRST_TYPED ? keyText(keyId) : known(this.typed[keyId - FIRST_TYPED], 'a typed key');
  }
}
