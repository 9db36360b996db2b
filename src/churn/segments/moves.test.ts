import { describe, expect, it } from "vitest";
import { disagreements, movedOf, movesOf, type TwoScores } from "./moves.ts";

const users: TwoScores[] = [
  { userId: "ann", a: 0.1, b: 0.12, riskA: "low", riskB: "low" },
  { userId: "ben", a: 0.2, b: 0.6, riskA: "low", riskB: "high" },
  { userId: "cy", a: 0.01, b: 0.1, riskA: "low", riskB: "medium" },
  { userId: "dee", a: 1, b: 0.9, riskA: "high", riskB: "high" },
];

describe("two models on the same users", () => {
  it("tell who is in another class of risk", () => {
    const moves = movesOf(users);
    expect(moves).toEqual({
      low: { low: 1, medium: 1, high: 1 },
      medium: { low: 0, medium: 0, high: 0 },
      high: { low: 0, medium: 0, high: 1 },
    });
    expect(movedOf(moves)).toBe(2);
  });

  it("disagree most where the odds differ most, a certainty included", () => {
    expect(disagreements(users, 3).map(({ userId }) => userId)).toEqual(["dee", "cy", "ben"]);
  });
});
