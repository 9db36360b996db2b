import { expect, it } from "vitest";
import * as z from "zod";
import { jsonText } from "#churn/json-text.ts";
import { listedUser } from "#test/support/listed-user.ts";
import {
  type FormerUser,
  formerSource,
  userOperation,
  userSource,
  userWithFormerScores,
  type Writing,
} from "./documents.ts";

const user = listedUser("ann", { snapshot: 20_455, risk: "medium" });

const writing = { writtenAt: 3, toldThrough: { whole: 9, begun: 9 } };

function written(former?: FormerUser, more: Partial<Writing> = {}) {
  return jsonText(userSource).parse(userOperation("users", user, former, { ...writing, ...more }).document);
}

it("keeps what a user was on the list of the snapshot before, and whether they were at risk on it", () => {
  const before = { userId: "ann", snapshot: 20_454, writtenAt: 2, probability: 0.5 };
  expect(written()).not.toHaveProperty("wasAtRisk");
  expect(written({ ...before, risk: "high" })).toMatchObject({ riskBefore: "high", wasAtRisk: true });
  const medium = { ...before, risk: "medium" } as const;
  expect(written({ ...medium, wasAtRisk: true })).toMatchObject({ riskBefore: "medium", wasAtRisk: true });
  expect(written({ ...medium, wasAtRisk: false })).toMatchObject({ riskBefore: "medium", wasAtRisk: false });
  expect(written({ ...before, risk: undefined, wasAtRisk: true })).toMatchObject({
    riskBefore: "lapsed",
    wasAtRisk: false,
  });
  // Written again, of the same snapshot.
  const same = {
    userId: "ann",
    snapshot: 20_455,
    writtenAt: 2,
    probability: 0.9,
    risk: "high",
    riskBefore: "low",
    wasAtRisk: false,
  } as const;
  expect(written(same)).toMatchObject({ riskBefore: "low", wasAtRisk: false });
});

it("reads from a document in which this was not kept that a user was at risk who was at high risk", () => {
  const document = z
    .object({ user: z.unknown(), lapse: z.record(z.string(), z.unknown()) })
    .parse(JSON.parse(String(userOperation("users", user, undefined, writing).document)));
  const old = (risk: string) => userSource.parse({ ...document, lapse: { ...document.lapse, risk_before: risk } });
  expect(old("high")).toMatchObject({ riskBefore: "high", wasAtRisk: true });
  expect(old("medium")).toMatchObject({ riskBefore: "medium", wasAtRisk: false });
});

it("keeps what a user was on the last list that others were told of, whichever snapshot that was of", () => {
  const same = { userId: "ann", snapshot: 20_455, probability: 0.9, riskBefore: "low", wasAtRisk: false } as const;
  const first = { ...same, writtenAt: 2, risk: "high" } as const;
  expect(written(first)).toMatchObject({ toldRisk: "high", toldAtRisk: true, riskBefore: "low", wasAtRisk: false });
  // Told of before it became medium.
  expect(written({ ...first, risk: "medium", toldRisk: "high", toldAtRisk: true })).toMatchObject({
    ...{ toldRisk: "medium", toldAtRisk: true },
  });
  // By the same run, and of a list that no one was told of.
  for (const untold of [written({ ...first, writtenAt: 3 }), written(first, { toldThrough: { whole: 1, begun: 1 } })])
    expect(untold).toMatchObject({ toldRisk: "low", toldAtRisk: false });
});

it("begins with the scores of former lists where a document has none that can be read", () => {
  const former = z
    .object({ lapse: z.object({}).loose() })
    .loose()
    .parse(JSON.parse(String(userOperation("users", { ...user, snapshot: 20_454 }, undefined, writing).document)));
  for (const former_scores of [undefined, "[[", "[[20453,2]]", "[[20453.5,0.5]]"]) {
    const document = { ...former, lapse: { ...former.lapse, former_scores } };
    const next = userOperation("users", user, formerSource.parse(document), writing).document;
    expect(jsonText(userWithFormerScores).parse(next).formerScores).toEqual([{ snapshot: 20_454, probability: 0.125 }]);
  }
});
