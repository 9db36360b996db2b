import { expect, it } from "vitest";
import { beyondAll, type RiskBasis } from "#churn/risk-rule.ts";
import { atRiskInWords } from "./at-risk-in-words.ts";

it("says from which probability on users are at risk, and what decided so", () => {
  const told = (high: number, by: RiskBasis) => atRiskInWords({ thresholds: { high, medium: 0.1 }, by });
  expect(told(0.42, "tenth")).toMatch(
    /from a probability of 42 %, which the riskiest tenth reached .* No costs are set\.$/,
  );
  expect(told(0.42, "no-values")).toMatch(/42 %, which the riskiest tenth .* carry no values/);
  expect(told(0.2, "costs")).toMatch(
    /from a probability of 20 %: from there on, contacting a user of average value pays/,
  );
  expect(told(beyondAll, "costs")).toMatch(/^No one is at risk/);
  expect(told(0, "costs")).toMatch(/^All who are here are at risk/);
  expect(told(0.7, "capacity")).toMatch(/from a probability of 70 %: as many reach it as can be contacted/);
  expect(told(beyondAll, "capacity")).toMatch(/^No one is at risk: more users are equally likely/);
});
