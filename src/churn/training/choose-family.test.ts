import { describe, expect, it } from "vitest";
import type { Dataset } from "../features/dataset.ts";
import { randomFrom } from "../random.ts";
import { beginChoice } from "./choose-family.ts";
import { growHere } from "./fit-family.ts";
import { fitRowsOf } from "./fit-rows.ts";

const churn = { churnDays: 30, leadDays: 0, observeDays: 60 };

/** Rows over snapshots 0, 10, … whose log-odds of churn follow from two values. */
function rowsOf(snapshots: number, perSnapshot: number, logOdds: (a: number, b: number) => number): Dataset {
  const random = randomFrom("families");
  const rows = snapshots * perSnapshot;
  const x = Float64Array.from({ length: 2 * rows }, () => 100 * random());
  const y = Uint8Array.from({ length: rows }, (_, row) =>
    random() < 1 / (1 + Math.exp(-logOdds(x[2 * row] ?? 0, x[2 * row + 1] ?? 0))) ? 1 : 0,
  );
  return {
    names: ["days_since_last", "actions_30d"],
    rows,
    x,
    y,
    users: Array.from({ length: rows }, (_, i) => `u${i % perSnapshot}`),
    snapshots: Int32Array.from({ length: rows }, (_, row) => 10 * Math.floor(row / perSnapshot)),
  };
}

const chosenFor = (data: Dataset, grow = growHere) => beginChoice(fitRowsOf(data), churn, grow).end(() => undefined);

/** Notes how many rows each of the models is fitted to. */
function noting(fitted: number[]): typeof growHere {
  return (problem) => {
    fitted.push(problem.y.length);
    return growHere(problem);
  };
}

describe("the family", () => {
  it("is trees, or a blend with them, where the middle of a range is what matters", async () => {
    const data = rowsOf(9, 500, (a) => (a > 30 && a < 70 ? 2 : -2));
    const { kind, losses } = await chosenFor(data);
    expect(kind).toBe("trees");
    expect(losses.map((loss) => loss.kind)).toEqual(["trees", "blend", "logistic"]);
    expect(losses.at(-1)?.logLoss).toBeGreaterThan(0.6);
  });

  it("is a regression, or a blend with one, where log-odds are a line of the logarithms", async () => {
    const data = rowsOf(9, 300, (a, b) => 2 * (Math.log1p(a) - Math.log1p(b)));
    const [best, , worst] = (await chosenFor(data)).losses;
    expect(best?.kind).not.toBe("trees");
    expect(worst?.kind).toBe("trees");
  });

  it("needs no earlier snapshots once no other is better at every later one, the newest first", async () => {
    const [ofBlend, ofTrees]: [number[], number[]] = [[], []];
    const both = rowsOf(9, 500, (a, b) => (a > 30 && a < 70 ? 0.4 : -0.4) + Math.log1p(a) - Math.log1p(b));
    expect(await chosenFor(both, noting(ofBlend))).toMatchObject({ kind: "blend" });
    expect(ofBlend).toEqual([3_000]);
    const range = rowsOf(9, 500, (a) => (a > 30 && a < 70 ? 2 : -2));
    expect(await chosenFor(range, noting(ofTrees))).toMatchObject({ kind: "trees" });
    expect(ofTrees).toEqual([3_000, 1_500]);
  });

  it("is a blend where no snapshot has an earlier one to learn from", async () => {
    const data = rowsOf(2, 100, (a) => a / 50 - 1);
    expect(await chosenFor(data)).toEqual({ kind: "blend", losses: [] });
  });
});
