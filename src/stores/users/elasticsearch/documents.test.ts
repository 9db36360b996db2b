import { expect, it } from "vitest";
import * as z from "zod";
import { jsonText } from "#churn/json-text.ts";
import { listedUser } from "#test/support/listed-user.ts";
import { type FormerUser, userOperation, userSource } from "./documents.ts";

const user = listedUser("ann", { snapshot: 20_455, risk: "medium" });

function written(former?: FormerUser) {
  return jsonText(userSource).parse(userOperation("users", user, former, 1).document);
}

it("keeps what a user was on the list of the snapshot before, and whether they were at risk on it", () => {
  const before = { userId: "ann", snapshot: 20_454 };
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
  const same = { userId: "ann", snapshot: 20_455, risk: "high", riskBefore: "low", wasAtRisk: false } as const;
  expect(written(same)).toMatchObject({ riskBefore: "low", wasAtRisk: false });
});

it("reads from a document in which this was not kept that a user was at risk who was at high risk", () => {
  const document = z
    .object({ user: z.unknown(), lapse: z.record(z.string(), z.unknown()) })
    .parse(JSON.parse(String(userOperation("users", user, undefined, 1).document)));
  const old = (risk: string) => userSource.parse({ ...document, lapse: { ...document.lapse, risk_before: risk } });
  expect(old("high")).toMatchObject({ riskBefore: "high", wasAtRisk: true });
  expect(old("medium")).toMatchObject({ riskBefore: "medium", wasAtRisk: false });
});
