import { describe, expect, it } from "vitest";
import { randomFrom } from "../random.ts";
import { oddSnapshots as oddAmong } from "./odd-snapshots.ts";

function oddSnapshots(outcomes: Parameters<typeof oddAmong>[0], off: readonly number[] = []) {
  return oddAmong(outcomes, (day) => off.includes(day));
}

/** 300 users at each snapshot, foretold well except at those that are turned round. */
function foretold(days: readonly number[], turned: readonly number[]) {
  const random = randomFrom("odd");
  const snapshots = Int32Array.from({ length: 300 * days.length }, (_, row) => days[Math.floor(row / 300)] ?? 0);
  const p = Float64Array.from(snapshots, () => random());
  const y = Uint8Array.from(p, (chance, row) => (random() < chance === !turned.includes(snapshots[row] ?? 0) ? 1 : 0));
  return { y, snapshots, p };
}

describe("a snapshot is odd", () => {
  it("when its outcomes are foretold far worse than those of the others, and the newest are not", () => {
    expect([...oddSnapshots(foretold([10, 20, 30, 40, 50], [20, 30]))]).toEqual([20, 30]);
    expect(oddSnapshots(foretold([10, 20, 30, 40, 50], [])).size).toBe(0);
  });

  it("but none is while the newest is, which may be how things are now", () => {
    expect(oddSnapshots(foretold([10, 20, 30, 40, 50], [20, 50])).size).toBe(0);
  });

  it("when the log was unusual then, and the newest was not", () => {
    expect([...oddSnapshots(foretold([10, 20, 30, 40, 50], [20]), [40])]).toEqual([20, 40]);
    expect([...oddSnapshots(foretold([10, 20], []), [10])]).toEqual([10]);
    expect(oddSnapshots(foretold([10, 20, 30, 40, 50], [20]), [30, 50]).size).toBe(0);
    expect(oddSnapshots(foretold([10, 20, 30, 40, 50], [50]), [30]).size).toBe(0);
  });

  it("but none of two, of which either may be the odd one", () => {
    expect(oddSnapshots(foretold([10, 20], [10])).size).toBe(0);
  });
});
