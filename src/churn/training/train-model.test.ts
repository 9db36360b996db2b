import { describe, expect, it } from "vitest";
import { InvalidInput } from "../failure.ts";
import type { Dataset } from "../features/dataset.ts";
import { selectRows } from "../features/select-rows.ts";
import { auc } from "../metrics/auc.ts";
import { partsOf } from "../model/parameters.ts";
import { logOddsOf, probabilitiesOf } from "../model/predict.ts";
import { randomFrom } from "../random.ts";
import { trainModel } from "./train-model.ts";

const churn = { churnDays: 30, leadDays: 0, observeDays: 60 };

/** Rows over snapshots 0, 10, … in which recency raises the odds of churn, and `flipAt` on lowers them. */
function rowsOf(snapshots: number, perSnapshot: number, flipAt = Number.POSITIVE_INFINITY): Dataset {
  const random = randomFrom("rows");
  const names = ["days_since_last", "actions_30d"];
  const rows = snapshots * perSnapshot;
  const day = (row: number) => 10 * Math.floor(row / perSnapshot);
  const x = Float64Array.from({ length: rows * 2 }, () => Math.floor(40 * random()));
  const y = Uint8Array.from({ length: rows }, (_, row) => {
    const pull = (Math.log1p(x[2 * row] ?? 0) - 2.7) * (day(row) >= flipAt ? -3 : 3);
    return random() < 1 / (1 + Math.exp(-pull)) ? 1 : 0;
  });
  return {
    names,
    rows,
    x,
    y,
    users: Array.from({ length: rows }, (_, i) => `u${i % perSnapshot}`),
    snapshots: Int32Array.from({ length: rows }, (_, row) => day(row)),
  };
}

describe("training", () => {
  it("ranks later users well, by the feature that matters", async () => {
    const data = rowsOf(9, 400);
    const { parameters, gradientNorm } = await trainModel(
      selectRows(data, (row) => (data.snapshots[row] ?? 0) < 60),
      churn,
    );
    const later = selectRows(data, (row) => data.snapshots[row] === 80);
    expect(auc(later.y, probabilitiesOf(parameters, later))).toBeGreaterThan(0.85);
    const [first = 0, second = 0] = partsOf(parameters).linear?.part.weights ?? [];
    expect(first).toBeGreaterThan(10 * Math.abs(second));
    expect(gradientNorm).toBeLessThan(1e-8);
  });

  it("gives the same model for rows in another order, but for rounding", async () => {
    const data = rowsOf(6, 200);
    const order = Array.from({ length: data.rows }, (_, row) => (row * 7) % data.rows);
    const shuffled: Dataset = {
      ...data,
      x: Float64Array.from(order.flatMap((row) => [...data.x.subarray(2 * row, 2 * row + 2)])),
      y: Uint8Array.from(order, (row) => data.y[row] ?? 0),
      users: order.map((row) => data.users[row] ?? ""),
      snapshots: Int32Array.from(order, (row) => data.snapshots[row] ?? 0),
    };
    const vector = [12, 5];
    const logOdds = async (rows: Dataset) => logOddsOf((await trainModel(rows, churn)).parameters, vector);
    expect(await logOdds(shuffled)).toBeCloseTo(await logOdds(data), 8);
  });

  it("refuses rows of one outcome, or none, and says why", async () => {
    const data = rowsOf(3, 20);
    const churned = selectRows(data, (row) => data.y[row] === 1);
    await expect(trainModel(churned, churn)).rejects.toThrow(InvalidInput);
    await expect(trainModel(churned, churn)).rejects.toThrow(/Every user churned/);
    const nobody = selectRows(data, () => false);
    await expect(trainModel(nobody, churn)).rejects.toThrow(/no user to learn from/);
  });
});
