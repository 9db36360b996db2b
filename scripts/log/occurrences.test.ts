import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Occurrences } from "./occurrences.ts";

type Row = [user: string, action: string, time: number, value: number | undefined];

const row: fc.Arbitrary<Row> = fc.tuple(
  fc.constantFrom("a", "b", "ab"),
  fc.constantFrom("view", "b", ""),
  fc.constantFrom(0, 1, -1, 1_700_000_000_000, 1_700_000_000_001),
  fc.constantFrom(undefined, 0, 1, 11.77),
);

describe("Occurrences", () => {
  it("counts equal rows as a map of their contents does", () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 300 }), (rows) => {
        expect(countsOf(rows, new Occurrences())).toEqual(countsByMap(rows));
      }),
    );
  });

  it("tells hundreds of thousands of different rows apart", () => {
    const occurrences = new Occurrences();
    let repeated = 0;
    for (let i = 0; i < 300_000; i++)
      if (occurrences.next(`user-${i % 5000}`, "view", 1.6e12 + i * 7, i % 3) !== 1) repeated += 1;
    expect(repeated).toBe(0);
    expect(occurrences.next("user-0", "view", 1.6e12, 0)).toBe(2);
  });

  it("remembers at least as many different rows as its limit, and forgets those long past", () => {
    const occurrences = new Occurrences(100);
    for (let i = 0; i < 99; i++) occurrences.next("a", "view", i, undefined);
    expect(occurrences.next("a", "view", 0, undefined)).toBe(2);
    for (let i = 1000; i < 1099; i++) occurrences.next("a", "view", i, undefined);
    expect(occurrences.next("a", "view", 0, undefined)).toBe(3);
    for (let i = 2000; i < 2300; i++) occurrences.next("a", "view", i, undefined);
    expect(occurrences.next("a", "view", 0, undefined)).toBe(1);
  });

  it("gives the rows of a log the same counts when rows follow, however small its memory", () => {
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 60 }),
        fc.array(row, { maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        (rows, more, limit) => {
          const before = countsOf(rows, new Occurrences(limit));
          expect(countsOf([...rows, ...more], new Occurrences(limit)).slice(0, rows.length)).toEqual(before);
        },
      ),
    );
  });
});

function countsOf(rows: readonly Row[], occurrences: Occurrences): number[] {
  return rows.map((each) => occurrences.next(...each));
}

function countsByMap(rows: readonly Row[]): number[] {
  const counts = new Map<string, number>();
  return rows.map((each) => {
    const key = JSON.stringify(each);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    return counts.get(key)!;
  });
}
