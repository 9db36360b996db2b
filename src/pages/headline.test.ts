import { describe, expect, it } from "vitest";
import type { Evaluation } from "#churn/model/manifest.ts";
import { exampleManifest } from "#test/support/example-model.ts";
import { headline, qualityInWords } from "./headline.ts";

const { test, definition, peers } = exampleManifest();

describe("headline", () => {
  it("tells the quality in one sentence", () => {
    expect(headline({ test: known(), definition })).toBe(
      "On 2,113 users who were still here, in a month it had not seen: AUC 0.84 (0.82 to 0.86), the riskiest tenth holds 31 % (28 % to 33 %) of those who left, probabilities off by 1.4 points on average.",
    );
  });

  it("tells how good recency alone is on the same users", () => {
    const recency = { ...test, auc: { value: 0.7149, low: 0.69, high: 0.73 } };
    expect(headline({ test: known(), definition, peers: { recency, plainRate: test } })).toContain(
      ": AUC 0.84 (0.82 to 0.86; by the days since the last action alone 0.71), the riskiest tenth",
    );
    expect(peers).toBeDefined();
  });

  it.each([
    [1, "a day"],
    [7, "a week"],
    [14, "two weeks"],
    [31, "a month"],
    [45, "45 days"],
  ])("calls %i days %s", (churnDays, words) => {
    const other = { ...definition, churn: { ...definition.churn, churnDays } };
    expect(headline({ test: known(), definition: other })).toContain(
      `users who were still here, in ${words} it had not seen`,
    );
  });

  it("knows no interval of what the riskiest tenth holds for versions from before it was stored", () => {
    const { capture, ...old } = known();
    expect(headline({ test: old, definition })).toContain(", the riskiest tenth holds 31 % of those who left,");
  });

  it("does not call rows users where a user may have several", () => {
    const twice = { ...known(), snapshots: ["2024-03-01", "2024-04-01"] };
    expect(headline({ test: twice, definition })).toMatch(
      /^On 2,113 predictions for users who were still here, in 2 periods of a month it had not seen: AUC/,
    );
  });
});

it("tells the quality to those who do not know the measures", () => {
  const recency = { ...test, auc: { value: 0.7149, low: 0.69, high: 0.73 } };
  expect(qualityInWords({ test: known(), peers: { recency, plainRate: test } })).toBe(
    "Of one user who left and one who stayed, the model gives the one who left the higher probability in 84 (82 to 86) of 100 cases; the days since the last action alone do so in 71. The tenth of users that it held for the riskiest had 31 % (28 % to 33 %) of all who left. Its probabilities were off by 1.4 points on average. All this on a time that it had not seen; 95 % intervals are in brackets.",
  );
  expect(qualityInWords({ test: known(), peers: undefined })).toContain("in 84 (82 to 86) of 100 cases. The tenth");
});

function known(): Evaluation {
  const about = (value: number) => ({ value, low: value, high: value });
  const [first, ...rest] = test.deciles;
  return {
    ...test,
    rows: 2113,
    auc: { value: 0.8412, low: 0.8211, high: 0.8589 },
    ece: about(0.0139),
    capture: { value: 0.3126, low: 0.284, high: 0.331 },
    deciles: [{ ...first!, capture: 0.3126 }, ...rest],
  };
}
