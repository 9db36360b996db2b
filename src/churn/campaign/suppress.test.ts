import { expect, it } from "vitest";
import { suppressionOf } from "./suppress.ts";

const day = 86_400_000;
const rules = { restDays: 30, now: 100 * day };
const free = { isOptedOut: false, isInCampaign: false, lastContactedAt: undefined };

it("leaves a user in who was never contacted, or long enough ago", () => {
  expect(suppressionOf(free, rules)).toBeUndefined();
  expect(suppressionOf({ ...free, lastContactedAt: 70 * day }, rules)).toBeUndefined();
});

it("leaves out who opted out, is in another campaign, or was contacted lately", () => {
  expect(suppressionOf({ ...free, lastContactedAt: 70 * day + 1 }, rules)).toBe("contacted lately");
  expect(suppressionOf({ ...free, isInCampaign: true, lastContactedAt: 99 * day }, rules)).toBe("in another campaign");
  expect(suppressionOf({ isOptedOut: true, isInCampaign: true, lastContactedAt: 99 * day }, rules)).toBe("opted out");
});

it("does not look at contacts where none is too soon", () => {
  expect(suppressionOf({ ...free, lastContactedAt: 100 * day }, { ...rules, restDays: 0 })).toBeUndefined();
});
