import { describe, expect, it } from "vitest";
import { InvalidInput } from "#churn/failure.ts";
import type { Outcomes } from "#churn/metrics/evaluate.ts";
import { randomFrom } from "#churn/random.ts";
import { judgeHere } from "#churn/training/train-and-judge.ts";
import { judgeAside } from "./judge-aside.ts";

/** Predictions of which some are right. */
function outcomesOf(rows: number, seed: string): Outcomes {
  const random = randomFrom(seed);
  const p = Float64Array.from({ length: rows }, () => random());
  const y = Uint8Array.from(p, (probability) => (random() < probability ? 1 : 0));
  return { y, p, users: Array.from(y, (_, row) => `user-${row % 900}`), snapshots: Int32Array.of(19_000, 19_030) };
}

describe("what is judged aside", () => {
  it.each([100, 4_000])("is judged as here, in a thread or not: two times %i rows", async (rows) => {
    const all = [outcomesOf(rows, "one"), outcomesOf(rows, "other")];
    const judged = await judgeAside(all);
    expect(judged).toEqual(await judgeHere(all));
    expect(judged[0]).not.toEqual(judged[1]);
  });

  it.each([100, 4_000])("fails as here, without both outcomes: two times %i rows", async (rows) => {
    const all = [outcomesOf(rows, "one"), { ...outcomesOf(rows, "other"), y: new Uint8Array(rows) }];
    await expect(judgeHere(all)).rejects.toThrow(InvalidInput);
    await expect(judgeAside(all)).rejects.toThrow(InvalidInput);
  });
});
