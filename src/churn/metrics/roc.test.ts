import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelsOf, outcomes, probabilitiesOf } from "#test/support/arbitrary-outcomes.ts";
import { randomFrom } from "../random.ts";
import { auc } from "./auc.ts";
import { roc } from "./roc.ts";

type Point = ReturnType<typeof roc>[number];

describe("roc", () => {
  it("climbs at churners and goes right at those who stayed, slantwise where they are tied", () => {
    expect(roc([1, 0, 1, 0], [0.9, 0.8, 0.5, 0.5])).toEqual(
      [
        [0, 0],
        [0, 0.5],
        [0.5, 0.5],
        [1, 1],
      ].map(([falsePositiveRate, truePositiveRate]) => ({ falsePositiveRate, truePositiveRate })),
    );
  });

  it("needs three points for a perfect ranking and two for none", () => {
    const y = Array.from({ length: 1000 }, (_, i) => (i < 300 ? 1 : 0));
    expect(
      roc(
        y,
        y.map((_, i) => 1 - i / 1000),
      ),
    ).toEqual([
      { falsePositiveRate: 0, truePositiveRate: 0 },
      { falsePositiveRate: 0, truePositiveRate: 1 },
      { falsePositiveRate: 1, truePositiveRate: 1 },
    ]);
    expect(roc(y, new Array(1000).fill(0.5))).toHaveLength(2);
  });

  it("has the area that auc gives, and runs from (0, 0) to (1, 1)", () => {
    fc.assert(
      fc.property(outcomes, (rows) => {
        const points = roc(labelsOf(rows), probabilitiesOf(rows));
        expect(areaUnder(points)).toBeCloseTo(auc(labelsOf(rows), probabilitiesOf(rows)), 12);
        expect(points[0]).toEqual({ falsePositiveRate: 0, truePositiveRate: 0 });
        expect(points.at(-1)).toEqual({ falsePositiveRate: 1, truePositiveRate: 1 });
      }),
    );
  });

  it("keeps its shape when it is thinned", () => {
    const random = randomFrom("roc");
    const p = Array.from({ length: 20_000 }, () => random() ** 2);
    const y = p.map((probability) => (random() < probability ? 1 : 0));
    const whole = roc(y, p, Number.POSITIVE_INFINITY);
    const drawn = roc(y, p);
    expect(whole.length).toBeGreaterThan(1000);
    expect(drawn.length).toBeLessThanOrEqual(100);
    expect(drawn.length).toBeGreaterThan(80);
    expect(Math.abs(areaUnder(drawn) - auc(y, p))).toBeLessThan(0.002);
    for (const point of whole) expect(distanceTo(drawn, point)).toBeLessThanOrEqual(2 / 98);
  });

  it("is thinned to a limit, both ends kept", () => {
    const y = Array.from({ length: 400 }, (_, i) => i % 2);
    const p = y.map((_, i) => i / 400);
    for (const limit of [3, 4, 10, 50]) {
      const points = roc(y, p, limit);
      expect(points.length).toBeLessThanOrEqual(limit);
      expect(points[0]).toEqual({ falsePositiveRate: 0, truePositiveRate: 0 });
      expect(points.at(-1)).toEqual({ falsePositiveRate: 1, truePositiveRate: 1 });
    }
  });
});

function areaUnder(points: readonly Point[]): number {
  return points.slice(1).reduce((area, point, i) => {
    const before = points[i]!;
    const width = point.falsePositiveRate - before.falsePositiveRate;
    return area + (width * (point.truePositiveRate + before.truePositiveRate)) / 2;
  }, 0);
}

/** Along both axes, from a point to the nearest corner of the drawn line: no less than to the line. */
function distanceTo(drawn: readonly Point[], { falsePositiveRate, truePositiveRate }: Point): number {
  const distances = drawn.map(
    (point) =>
      Math.abs(point.falsePositiveRate - falsePositiveRate) + Math.abs(point.truePositiveRate - truePositiveRate),
  );
  return Math.min(...distances);
}
