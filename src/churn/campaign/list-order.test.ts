import { expect, it } from "vitest";
import { inListOrder, type Listed, type ListOrder } from "./list-order.ts";

const users: readonly Listed[] = [
  { userId: "likely", probability: 0.9, value: 5 },
  { userId: "dear", probability: 0.5, value: 100 },
  { userId: "unscored", value: 1_000 },
  { userId: "cheap", probability: 0.6, value: 1 },
  { userId: "unvalued", probability: 0.7 },
];

function order(by: ListOrder): string[] {
  return inListOrder(users, by).map(({ userId }) => userId);
}

it("begins with the most likely to leave, or with whom most would be lost, and ends with who has no score", () => {
  expect(order("probability")).toEqual(["likely", "unvalued", "cheap", "dear", "unscored"]);
  expect(order("value-at-risk")).toEqual(["dear", "likely", "cheap", "unvalued", "unscored"]);
});

it("goes by probability among those of whom as much would be lost", () => {
  const alike = users.map((user) => ({ ...user, value: 0 }));
  expect(inListOrder(alike, "value-at-risk").map(({ userId }) => userId)).toEqual(order("probability"));
});

it("goes by what a contact brings, which an incentive turns round", () => {
  const economics = { costPerContact: 1, incentive: 0, takeUp: 1, saveRate: { value: 0.1, low: 0, high: 0.2 } };
  expect(order({ economics, worth: { windows: 1 } })).toEqual(["dear", "likely", "cheap", "unvalued", "unscored"]);
  expect(order({ economics, worth: { each: 20, windows: 1 } })).toEqual(order("probability"));
  // At 0.1 × 0.5 × (100 - 50) - 0.5 × 50 the dear user's incentive costs more than who is likely to leave anyway would.
  const given = { economics: { ...economics, incentive: 50 }, worth: { windows: 1 } };
  expect(order(given)[0]).toBe("likely");
});
