import { describe, expect, it } from "vitest";
import { auc } from "../metrics/auc.ts";
import { logLoss } from "../metrics/log-loss.ts";
import { randomFrom } from "../random.ts";
import { judgeRows, segmentQualitySchema } from "./judge-rows.ts";

describe("the rows of a segment", () => {
  it("are judged with the usual measures", () => {
    const { y, p, users } = world(randomFrom("one"), 2_000);
    const judged = judgeRows({ y, p, users, other: p.map((one) => one / 2) }, 0.5);
    expect(segmentQualitySchema.parse(judged)).toEqual(judged);
    const churned = y.reduce((sum, one) => sum + one, 0);
    const promised = p.reduce((sum, one) => sum + one, 0);
    expect(judged).toMatchObject({ rows: 2_000, churned });
    expect(judged.promised).toBeCloseTo(promised, 8);
    expect(judged.shareAtRisk?.value).toBeCloseTo(p.filter((one) => one >= 0.5).length / 2_000, 12);
    const { quality } = judged;
    expect(quality?.auc.value).toBeCloseTo(auc(y, p), 12);
    expect(quality?.logLoss.value).toBeCloseTo(logLoss(y, p), 12);
    expect(quality?.ratio.value).toBeCloseTo(churned / promised, 12);
    expect(quality?.recencyAuc).toBeNull();
    // Surely better than half the probability.
    expect(quality?.difference?.high).toBeLessThan(0);
    for (const { value, low, high } of [quality!.auc, quality!.ratio, quality!.logLoss, quality!.difference!]) {
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
    }
  });

  it("stand beside recency alone", () => {
    const random = randomFrom("recency");
    const { y, p, users } = world(random, 2_000);
    const recency = p.map((one) => 100 * one + 40 * random());
    const { recencyAuc } = judgeRows({ y, p, users, recency }, 0.5).quality!;
    expect(recencyAuc?.value).toBeCloseTo(auc(y, recency), 12);
    expect(recencyAuc?.low).toBeLessThan(auc(y, recency));
    expect(recencyAuc?.high).toBeGreaterThan(auc(y, recency));
    const known = recency.map((silence, row) => (row === 7 ? undefined : silence));
    expect(judgeRows({ y, p, users, recency: known }, 0.5).quality?.recencyAuc).toBeNull();
  });

  it("of too few users or outcomes are counted, and not judged", () => {
    const few = world(randomFrom("few"), 99);
    expect(judgeRows(few, 0.5)).toMatchObject({ rows: 99, shareAtRisk: null, quality: null });
    const nearlyAllStay = {
      ...world(randomFrom("rare"), 500),
      y: Array.from({ length: 500 }, (_, i) => (i < 9 ? 1 : 0)),
    };
    const judged = judgeRows(nearlyAllStay, 0.5);
    expect(judged).toMatchObject({ rows: 500, churned: 9, quality: null });
    expect(judged.shareAtRisk).not.toBeNull();
    expect(judgeRows({ y: [], p: [], users: [] }, 0.5)).toMatchObject({ rows: 0, quality: null });
  });

  it("have intervals that hold the truth in 19 of 20 cases", () => {
    const random = randomFrom("coverage");
    const large = world(random, 60_000);
    const truth = judgeRows({ ...large, other: large.p.map(worse) }, 0.5).quality!;
    const held = { auc: 0, logLoss: 0, ratio: 0, difference: 0 };
    const runs = 150;
    for (let run = 0; run < runs; run++) {
      const rows = world(random, 300);
      const quality = judgeRows({ ...rows, other: rows.p.map(worse) }, 0.5).quality!;
      for (const name of ["auc", "logLoss", "ratio", "difference"] as const) {
        const [one, all] = [quality[name]!, truth[name]!];
        if (one.low <= all.value && all.value <= one.high) held[name] += 1;
      }
    }
    for (const [name, count] of Object.entries(held)) {
      expect(count / runs, name).toBeGreaterThan(0.9);
      expect(count / runs, name).toBeLessThan(1);
    }
  });
});

/** Users in three rows each, with the same outcome. */
function world(random: () => number, rows: number): { y: number[]; p: number[]; users: string[] } {
  const y: number[] = [];
  const p: number[] = [];
  const users: string[] = [];
  while (y.length < rows) {
    const chance = 0.05 + 0.8 * random();
    const label = random() < chance ? 1 : 0;
    const user = `user-${Math.floor(random() * 1e9)}`;
    for (let i = 0; i < 3 && y.length < rows; i++) {
      y.push(label);
      p.push(chance);
      users.push(user);
    }
  }
  return { y, p, users };
}

function worse(probability: number): number {
  return 0.5 * probability + 0.2;
}
