/** What is due and when: a binary heap in typed arrays. Equal times keep the order of scheduling. */

type Run = (argument: unknown) => void;

const FIRST_CAPACITY = 256;

export class EventHeap {
  private size = 0;
  private scheduled = 0;
  /** By place in the heap: time in µs, number of the scheduling, slot of what is to run. */
  private at = new Float64Array(FIRST_CAPACITY);
  private order = new Float64Array(FIRST_CAPACITY);
  private slots = new Int32Array(FIRST_CAPACITY);
  private readonly runs: Run[] = [];
  private readonly arguments: unknown[] = [];
  private readonly freeSlots: number[] = [];

  /** Time of the first event in µs; Infinity when there is none. */
  nextUs = Infinity;

  add<A>(atUs: number, run: (argument: A) => void, argument: A): void {
    if (this.size === this.at.length) this.grow();
    const slot = this.freeSlots.pop() ?? this.runs.length;
    this.runs[slot] = run as Run;
    this.arguments[slot] = argument;
    const { at, order, slots } = this;
    let place = this.size++;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const parentAt = at[parent] ?? 0;
      // A new event is the last of its time, so only the time counts.
      if (parentAt <= atUs) break;
      at[place] = parentAt;
      order[place] = order[parent] ?? 0;
      slots[place] = slots[parent] ?? 0;
      place = parent;
    }
    at[place] = atUs;
    order[place] = this.scheduled++;
    slots[place] = slot;
    if (place === 0) this.nextUs = atUs;
  }

  /** Takes the first event out and runs it; nothing when there is none. */
  runNext(): void {
    if (this.size === 0) return;
    const slot = this.slots[0] ?? 0;
    const run = this.runs[slot];
    const argument = this.arguments[slot];
    this.arguments[slot] = undefined;
    this.freeSlots.push(slot);
    this.size--;
    if (this.size > 0) this.sinkLast();
    this.nextUs = this.size > 0 ? (this.at[0] ?? Infinity) : Infinity;
    run?.(argument);
  }

  /** The last entry takes the first place and sinks to where it belongs. */
  private sinkLast(): void {
    const { at, order, slots, size } = this;
    const atUs = at[size] ?? 0;
    const scheduled = order[size] ?? 0;
    const slot = slots[size] ?? 0;
    let place = 0;
    for (let child = 1; child < size; child = 2 * place + 1) {
      let childAt = at[child] ?? 0;
      let childOrder = order[child] ?? 0;
      if (child + 1 < size) {
        const otherAt = at[child + 1] ?? 0;
        const otherOrder = order[child + 1] ?? 0;
        if (otherAt < childAt || (otherAt === childAt && otherOrder < childOrder)) {
          child++;
          childAt = otherAt;
          childOrder = otherOrder;
        }
      }
      if (childAt > atUs || (childAt === atUs && childOrder > scheduled)) break;
      at[place] = childAt;
      order[place] = childOrder;
      slots[place] = slots[child] ?? 0;
      place = child;
    }
    at[place] = atUs;
    order[place] = scheduled;
    slots[place] = slot;
  }

  private grow(): void {
    const { at, order, slots } = this;
    this.at = new Float64Array(at.length * 2);
    this.order = new Float64Array(at.length * 2);
    this.slots = new Int32Array(at.length * 2);
    this.at.set(at);
    this.order.set(order);
    this.slots.set(slots);
  }
}
