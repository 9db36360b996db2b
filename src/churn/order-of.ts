/** Bits that are sorted by at a time: eleven, and the ten that are left of a half. */
const digitBits = 11;
const digits = 2 ** digitBits;
const shifts = [0, digitBits, 2 * digitBits];
/** Where the lower half of a number's bits stands. */
const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * The places of some numbers, none of them NaN, in ascending order of the numbers, and of equal ones in their own. By the digits of
 * the upper half of their bits, the last first (Knuth, The Art of Computer Programming 3, 5.2.5 R); few numbers differ in the lower
 * half only, and these are then sorted among each other.
 */
export function orderOf(numbers: Float64Array): Uint32Array {
  let order = new Uint32Array(numbers.length);
  let spare = new Uint32Array(numbers.length);
  for (let place = 0; place < order.length; place++) order[place] = place;
  const [lower, upper] = halvesOf(numbers);
  for (const shift of shifts) {
    const starts = startsOf(upper, shift);
    if (starts === undefined) continue;
    for (let i = 0; i < order.length; i++) {
      const place = order[i] ?? 0;
      const digit = ((upper[place] ?? 0) >>> shift) & (digits - 1);
      const to = starts[digit] ?? 0;
      spare[to] = place;
      starts[digit] = to + 1;
    }
    [order, spare] = [spare, order];
  }
  sortEqualHalves(order, lower, upper);
  return order;
}

/** Sorts by the lower half where the upper halves are equal. */
function sortEqualHalves(order: Uint32Array, lower: Uint32Array, upper: Uint32Array): void {
  let isSorted = true;
  let start = 0;
  for (let i = 1; i <= order.length; i++) {
    const [before = 0, place = 0] = [order[i - 1], order[i]];
    if (i < order.length && upper[place] === upper[before]) {
      isSorted &&= (lower[place] ?? 0) >= (lower[before] ?? 0);
      continue;
    }
    if (!isSorted) order.subarray(start, i).sort((a, b) => (lower[a] ?? 0) - (lower[b] ?? 0));
    isSorted = true;
    start = i;
  }
}

/** The lower and the upper half of the bits of each number, turned so that they ascend with the numbers. */
function halvesOf(numbers: Float64Array): readonly [lower: Uint32Array, upper: Uint32Array] {
  const bits = new Uint32Array(numbers.slice().buffer);
  const [lower, upper] = [new Uint32Array(numbers.length), new Uint32Array(numbers.length)];
  for (let i = 0; i < numbers.length; i++) {
    const low = bits[2 * i + (isLittleEndian ? 0 : 1)] ?? 0;
    const high = bits[2 * i + (isLittleEndian ? 1 : 0)] ?? 0;
    const isNegative = high >= 2 ** 31;
    lower[i] = isNegative ? ~low : low;
    upper[i] = isNegative ? ~high : high ^ (2 ** 31);
  }
  return [lower, upper];
}

/** Where the numbers of each digit begin; undefined if all have the same one. */
function startsOf(half: Uint32Array, shift: number): Uint32Array | undefined {
  const starts = new Uint32Array(digits);
  for (let i = 0; i < half.length; i++) {
    const digit = ((half[i] ?? 0) >>> shift) & (digits - 1);
    starts[digit] = (starts[digit] ?? 0) + 1;
  }
  const first = ((half[0] ?? 0) >>> shift) & (digits - 1);
  if (starts[first] === half.length) return undefined;
  let start = 0;
  for (let digit = 0; digit < digits; digit++) {
    const count = starts[digit] ?? 0;
    starts[digit] = start;
    start += count;
  }
  return starts;
}
