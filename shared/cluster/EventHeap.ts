/** What is due and when: a binary heap in typed arrays. Equal times keep the order of scheduling. */

type Run = (argument: unknown) => void;

const FIRST_CAPACITY = 256;

export class EventHeap {
  private size = 0;
  private scheduled = 0;
  private at = new Float64Array(FIRST_CAPACITY);
  private order = new Float64Array(FIRST_CAPACITY);
  private readonly runs: Run[] = [];
  private readonly arguments: unknown[] = [];

  /** Time of the first event in µs; Infinity when there is none. */
  get nextUs(): number {
    return this.size === 0 ? Infinity : (this.at[0] ?? Infinity);
  }

  get length(): number {
    return this.size;
  }

  add<A>(atUs: number, run: (argument: A) => void, argument: A): void {
    if (this.size === this.at.length) this.grow();
    const order = this.scheduled++;
    let place = this.size++;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      // A new event is the last of its time, so only the time counts.
      if ((this.at[parent] ?? 0) <= atUs) break;
      this.move(parent, place);
      place = parent;
    }
    this.put(place, atUs, order, run as Run, argument);
  }

  /** Takes the first event out and runs it. The heap must not be empty. */
  runNext(): void {
    const run = this.runs[0];
    const argument = this.arguments[0];
    this.takeFirst();
    run?.(argument);
  }

  private takeFirst(): void {
    const last = --this.size;
    const atUs = this.at[last] ?? 0;
    const order = this.order[last] ?? 0;
    const run = this.runs.pop();
    const argument = this.arguments.pop();
    if (last === 0 || run === undefined) return;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= last) break;
      if (child + 1 < last && this.isBefore(child + 1, child)) child++;
      const childAt = this.at[child] ?? 0;
      if (childAt > atUs || (childAt === atUs && (this.order[child] ?? 0) > order)) break;
      this.move(child, place);
      place = child;
    }
    this.put(place, atUs, order, run, argument);
  }

  private isBefore(a: number, b: number): boolean {
    const difference = (this.at[a] ?? 0) - (this.at[b] ?? 0);
    return difference < 0 || (difference === 0 && (this.order[a] ?? 0) < (this.order[b] ?? 0));
  }

  private move(from: number, to: number): void {
    this.put(to, this.at[from] ?? 0, this.order[from] ?? 0, this.runs[from] ?? nothing, this.arguments[from]);
  }

  private put(place: number, atUs: number, order: number, run: Run, argument: unknown): void {
    this.at[place] = atUs;
    this.order[place] = order;
    this.runs[place] = run;
    this.arguments[place] = argument;
  }

  private grow(): void {
    const { at, order } = this;
    this.at = new Float64Array(at.length * 2);
    this.order = new Float64Array(at.length * 2);
    this.at.set(at);
    this.order.set(order);
  }
}

const nothing: Run = () => {};
