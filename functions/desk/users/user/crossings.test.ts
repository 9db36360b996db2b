import { expect, it } from "vitest";
import type { Risk } from "#churn/score.ts";
import { crossings } from "./crossings.ts";

it("finds the days of entering and leaving the risk, and passes over scores whose version is gone", () => {
  const risks: (Risk | undefined)[] = ["low", "high", undefined, "high", "medium", "low", undefined, "high"];
  const shown = risks.map((risk, i) => ({
    ...{ snapshot: 100 + i, modelVersion: "v1", probability: 0.5, threshold: undefined },
    risk,
  }));
  expect(crossings(shown).map(({ snapshot, into }) => [snapshot, into])).toEqual([
    [101, true],
    [104, false],
    [107, true],
  ]);
  expect(crossings([])).toEqual([]);
});
