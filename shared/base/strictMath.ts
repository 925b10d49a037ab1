/**
 * log and pow that give the same bits in every browser, which the ones of `Math` need not. Where Java's answers
 * show (a back-off of 499 ms instead of 500) they must be Java's, and those are correctly rounded but for a few
 * in ten thousand. So: everything in pairs of doubles, some 100 bits, rounded once at the end.
 */

/** The unevaluated sum of two doubles, |lo| ≤ half an ulp of hi. */
interface Pair {
  readonly hi: number;
  readonly lo: number;
}

const LN_2: Pair = { hi: Math.LN2, lo: 2.3190468138462996e-17 };
const SQRT_2 = Math.SQRT2;
/** 2^27 + 1: splits a double into halves whose products are exact (Dekker). */
const SPLITTER = 0x8000001;

const pair = (hi: number, lo: number): Pair => {
  const sum = hi + lo;
  return { hi: sum, lo: lo - (sum - hi) };
};

function add(a: Pair, b: Pair): Pair {
  const sum = a.hi + b.hi;
  const shift = sum - a.hi;
  const lost = a.hi - (sum - shift) + (b.hi - shift);
  return pair(sum, lost + a.lo + b.lo);
}

const negate = (a: Pair): Pair => ({ hi: -a.hi, lo: -a.lo });

function multiply(a: Pair, b: Pair): Pair {
  const product = a.hi * b.hi;
  const aHigh = SPLITTER * a.hi - (SPLITTER * a.hi - a.hi);
  const bHigh = SPLITTER * b.hi - (SPLITTER * b.hi - b.hi);
  const aLow = a.hi - aHigh;
  const bLow = b.hi - bHigh;
  const lost = aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow;
  return pair(product, lost + a.hi * b.lo + a.lo * b.hi);
}

function divide(a: Pair, b: Pair): Pair {
  const first = a.hi / b.hi;
  const rest = add(a, negate(multiply(b, { hi: first, lo: 0 })));
  return pair(first, (rest.hi + rest.lo) / b.hi);
}

/** Divides by a small whole number. */
const divideBy = (a: Pair, divisor: number): Pair => divide(a, { hi: divisor, lo: 0 });

/** ln m for m around 1, from 2 artanh((m − 1) / (m + 1)). */
function logPair(x: number): Pair {
  let m = x;
  let exponent = 0;
  for (; m > SQRT_2; m /= 2) exponent++;
  for (; m < SQRT_2 / 2; m *= 2) exponent--;
  const z = divide({ hi: m - 1, lo: 0 }, add({ hi: m, lo: 0 }, { hi: 1, lo: 0 }));
  const square = multiply(z, z);
  let power = z;
  let sum = z;
  // |z| < 0.172: each term is 34 times smaller, so 25 reach 2^-120.
  for (let n = 3; n < 53; n += 2) {
    power = multiply(power, square);
    sum = add(sum, divideBy(power, n));
  }
  return add({ hi: 2 * sum.hi, lo: 2 * sum.lo }, multiply(LN_2, { hi: exponent, lo: 0 }));
}

/** e^x for |x| up to some hundreds. */
function expPair(x: Pair): Pair {
  const exponent = Math.floor(x.hi / LN_2.hi + 0.5);
  const rest = add(x, negate(multiply(LN_2, { hi: exponent, lo: 0 })));
  let term: Pair = { hi: 1, lo: 0 };
  let sum = term;
  for (let n = 1; n < 28; n++) {
    term = divideBy(multiply(term, rest), n);
    sum = add(sum, term);
  }
  let scale = 1;
  for (let n = 0; n < Math.abs(exponent); n++) scale *= exponent < 0 ? 0.5 : 2;
  return { hi: sum.hi * scale, lo: sum.lo * scale };
}

/** Natural logarithm. NaN below 0, −Infinity of 0. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  return x === Infinity ? Infinity : logPair(x).hi;
}

/** base^exponent for a positive base and a result within the doubles' normal range. */
export function pow(base: number, exponent: number): number {
  if (Math.trunc(exponent) === exponent && exponent >= 0 && exponent < 64 && Math.trunc(base) === base) {
    let power = 1;
    for (let n = 0; n < exponent; n++) power *= base;
    if (power <= Number.MAX_SAFE_INTEGER || base === 2) return power;
  }
  return expPair(multiply(logPair(base), { hi: exponent, lo: 0 })).hi;
}
