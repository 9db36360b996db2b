import { describe, expect, it } from "vitest";
import { evaluate } from "../metrics/evaluate.ts";
import { randomFrom } from "../random.ts";
import { decideAlone, decideContest } from "./promotion.ts";

const random = randomFrom("promotion");
const truth = Float64Array.from({ length: 2000 }, () => random());
const y = Uint8Array.from(truth, (p) => (random() < p ? 1 : 0));
const users = Array.from(truth, (_, i) => `user ${i}`);
const guess = Float64Array.from(truth, () => random());
const even = truth.map(() => 0.5);

describe("a model without a champion to beat", () => {
  it("serves when it ranks better than chance", () => {
    const decision = decideAlone(evaluate({ y, p: truth, users, snapshots: [0] }), null);
    expect(decision).toMatchObject({ promoted: true, champion: null });
    expect(decision.reason).toMatch(/first model, better than chance/);
  });

  it("does not serve when it does not", () => {
    expect(decideAlone(evaluate({ y, p: guess, users, snapshots: [0] }), null).promoted).toBe(false);
  });
});

describe("a challenger", () => {
  const contest = { champion: "v1", y, users };

  it("takes over when its log loss on the same users is surely lower", () => {
    const decision = decideContest({ ...contest, challengerProbabilities: truth, championProbabilities: even });
    expect(decision).toMatchObject({ promoted: true, champion: "v1", championAuc: 0.5 });
    expect(decision.championLogLoss).toBeCloseTo(Math.LN2, 12);
    expect(decision.championBrier).toBeCloseTo(0.25, 12);
    const share = y.reduce((sum, label) => sum + label, 0) / y.length;
    expect(decision.championEce).toBeCloseTo(Math.abs(share - 0.5), 12);
  });

  it("does not when it is worse, equal, or better by no more than luck explains", () => {
    const nearly = truth.map((p, i) => Math.min(0.999, Math.max(0.001, p + (i % 2 === 0 ? 0.001 : -0.001))));
    for (const challengerProbabilities of [even, truth, nearly])
      expect(decideContest({ ...contest, challengerProbabilities, championProbabilities: truth }).promoted).toBe(false);
  });

  it("is said to predict the same where it does, and else by how much the log loss differs", () => {
    const against = (challengerProbabilities: Float64Array) =>
      decideContest({ ...contest, challengerProbabilities, championProbabilities: truth }).reason;
    expect(against(truth)).toBe("predicts the same as champion v1, which stays");
    expect(against(even)).toMatch(
      /^not proved better than champion v1 on the same users \(difference in log loss \+0\.\d{4}, 95 % interval \+0\.\d{4} to \+0\.\d{4}; below zero is better\)$/,
    );
  });
});
