import { describe, expect, it } from "vitest";
import { randomFrom } from "../random.ts";
import { betterOf, type ComparedRow, compareRows } from "./compare-rows.ts";
import type { Segmentation } from "./segmentation.ts";

const segmentation: Segmentation = {
  by: "tenure",
  feature: "days_since_first",
  edges: [30, 60],
  words: ["first 30 days", "day 31 to 60", "more than 60 days since the first action"],
};

describe("two models on rows of known outcome", () => {
  it("tell which is better where", () => {
    const random = randomFrom("compare");
    // A knows new users, B those of the second month; of the few others nothing can be told.
    const rows = Array.from({ length: 3_000 }, (_, i): ComparedRow => {
      const chance = 0.1 + 0.8 * random();
      const tenure = i < 1_500 ? 10 : i < 2_980 ? 40 : 90;
      const [a, b] = tenure === 10 ? [chance, 0.5] : [0.5, chance];
      return { userId: `user-${i}`, a, b, churned: random() < chance, silence: undefined, segmentValues: [tenure] };
    });
    const compared = compareRows(rows, [segmentation], { a: 0.5, b: 0.5 });
    expect(compared.all.a.rows).toBe(3_000);
    const [bySegment] = compared.by;
    const verdicts = bySegment?.bands.map((band) => betterOf(band, { a: "A", b: "B" }));
    expect(verdicts).toEqual(["A is better", "B is better", "too few to tell"]);
    expect(betterOf(compared.all, { a: "A", b: "B" })).toBe("no difference proved");
    expect(bySegment?.bands.map(({ b }) => b.rows)).toEqual([1_500, 1_480, 20]);
  });
});
