import { describe, expect, it } from "vitest";
import type { Dataset } from "../features/dataset.ts";
import { selectRows } from "../features/select-rows.ts";
import { probabilitiesOf } from "../model/predict.ts";
import { quantile } from "../quantile.ts";
import { randomFrom } from "../random.ts";
import { growHere } from "./fit-family.ts";
import { type TrainingTask, trainAndJudge } from "./train-and-judge.ts";

const churn = { churnDays: 30, leadDays: 0, observeDays: 60 };
const split = {
  proof: [0, 10, 20, 30],
  training: [0, 10, 20, 30, 40, 50, 60, 70],
  test: [60, 70],
};

/** Rows of 200 users at each snapshot, whose odds of churn rise with recency before day `turnsOn`, and fall from then on. */
function rowsOf(snapshots: readonly number[], turnsOn = 60): Dataset {
  const random = randomFrom("judge");
  const rows = 200 * snapshots.length;
  const day = (row: number) => snapshots[Math.floor(row / 200)] ?? 0;
  const x = Float64Array.from({ length: 2 * rows }, () => Math.floor(40 * random()));
  const y = Uint8Array.from({ length: rows }, (_, row) => {
    const pull = (Math.log1p(x[2 * row] ?? 0) - 2.7) * (day(row) >= turnsOn ? -3 : 3);
    return random() < 1 / (1 + Math.exp(-pull)) ? 1 : 0;
  });
  return {
    names: ["days_since_last", "actions_30d"],
    rows,
    x,
    y,
    users: Array.from({ length: rows }, (_, i) => `u${i % 200}`),
    snapshots: Int32Array.from({ length: rows }, (_, row) => day(row)),
  };
}

function taskOf(training: Dataset, weeks: TrainingTask["pulse"]["weeks"] = []): TrainingTask {
  const test = selectRows(training, (row) => split.test.includes(training.snapshots[row] ?? 0));
  const pulse = { lastDay: 129, weeks };
  return { churn, split, training, test, present: rowsOf([100]), serving: null, champion: undefined, pulse };
}

const data = rowsOf(split.training);
const result = await trainAndJudge(taskOf(data), growHere);

describe("training", () => {
  it("judges a model that knows no outcome of the test: where these turn round, it is worse than chance", () => {
    expect(result.proof.evaluation.auc.high).toBeLessThan(0.3);
    expect(result.proof.evaluation.snapshots).toHaveLength(2);
    expect(result.proof.rows).toBe(800);
    expect(result.decision.promoted).toBe(false);
  });

  it("judges the same model whatever the outcomes of the test are", async () => {
    const late = Uint8Array.from(data.y, (label, row) => ((data.snapshots[row] ?? 0) > 30 ? 1 - label : label));
    const { proof } = await trainAndJudge(taskOf({ ...data, y: late }), growHere);
    expect(proof.model).toEqual(result.proof.model);
  });

  it("serves a model that has learned from the outcomes of the test", () => {
    expect(result.rows).toBe(1_600);
    const longAgo = [39, 20];
    const [judged, served] = [result.proof.model, result.model].map(
      ({ parameters }) => probabilitiesOf(parameters, { ...data, rows: 1, x: Float64Array.from(longAgo) })[0] ?? 0,
    );
    expect(served).toBeLessThan((judged ?? 0) - 0.1);
  });

  it("serves a model that has not learned from outcomes of weeks in which the log was unusual, unless the newest are", async () => {
    // Days 60 to 66, and 67 to 73, in which the outcome of the newest snapshot begins.
    const outage = (missing: number) =>
      Array.from({ length: 20 }, (_, week) => {
        const actions = week === missing ? 500 : 1000;
        return { actions, users: actions / 2, kinds: [actions] };
      });
    const snapshotsOf = async (missing: number) =>
      (await trainAndJudge(taskOf(rowsOf(split.training, 999), outage(missing)), growHere)).snapshots;
    expect(await snapshotsOf(9)).toEqual([0, 10, 20, 30, 70]);
    expect(await snapshotsOf(8)).toEqual(split.training);
  });

  it("calls high what the riskiest tenth of the users at the end of the log reach", () => {
    const p = probabilitiesOf(result.model.parameters, rowsOf([100])).toSorted();
    expect(result.thresholds).toEqual({ medium: quantile(p, 2 / 3), high: quantile(p, 0.9) });
  });

  it("tells how good recency alone and the plain rate are on the same rows", () => {
    const { recency, plainRate } = result.proof.peers;
    expect(recency.rows).toBe(400);
    expect(recency.auc.value).toBeLessThan(0.3);
    expect(plainRate.auc.value).toBe(0.5);
  });
});
