import { describe, expect, it } from "vitest";
import { evidenceOf, evidenceSchema } from "#churn/gate/evidence.ts";
import { exampleManifest } from "#test/support/example-model.ts";
import { evidenceInWords } from "./evidence-in-words.ts";

const { test, decision } = exampleManifest();
const [recency, plainRate, champion] = [
  { value: -0.01, low: -0.02, high: -0.005 },
  { value: -0.1, low: -0.11, high: -0.09 },
  { value: -0.004, low: -0.007, high: -0.001 },
];
const checks = [
  { check: "plain rate" as const, passed: true, verdict: "better", difference: plainRate },
  { check: "recency alone" as const, passed: true, verdict: "better", difference: recency },
];

describe("the evidence of a version's training", () => {
  it("has a first model beside recency alone and the plain rate, with rows and snapshots", () => {
    const evidence = evidenceOf({ test, decision: { ...decision, checks } });
    expect(evidenceSchema.parse(JSON.parse(JSON.stringify(evidence)))).toEqual(evidence);
    const words = evidenceInWords({ ...evidence, logLoss: 0.3, rows: 1_200, snapshots: ["2024-03-01", "2024-04-01"] });
    expect(words).toMatch(
      /^1,200 rows, 2024-03-01 to 2024-04-01: AUC 0\.\d{3}, log loss 0\.3000; recency alone 0\.3100, /,
    );
    expect(words).toContain("; recency alone 0.3100, difference -0.0100 (-0.0200 to -0.0050, 95 %)");
    expect(words).toContain("; plain rate 0.4000, difference -0.1000 (-0.1100 to -0.0900, 95 %)");
    expect(words).not.toContain("champion");
  });

  it("names the champion of that training, and says that its bounds are wider", () => {
    const contested = {
      ...decision,
      ...{ champion: "v1", championLogLoss: 0.35 },
      checks: [...checks, { check: "champion" as const, passed: true, verdict: "better", difference: champion }],
    };
    expect(evidenceInWords(evidenceOf({ test, decision: contested }))).toContain(
      "; champion v1 0.3500, difference -0.0040 (-0.0070 to -0.0010, three standard errors); recency alone",
    );
  });

  it("of a move from before the champion's name was stored is told without it", () => {
    const { champion: _name, ...old } = evidenceOf({ test, decision: { ...decision, championLogLoss: 0.35 } });
    expect(evidenceInWords(evidenceSchema.parse(old))).toMatch(/; champion of that training 0\.3500$/);
  });
});
