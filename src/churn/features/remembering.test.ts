import { expect, it } from "vitest";
import { featuresOf } from "#test/support/features-of.ts";
import type { UserHistory } from "../user-history.ts";
import { featureExtractor } from "./features.ts";
import { remembering } from "./remembering.ts";

const definition = { churn: { churnDays: 10, leadDays: 0, observeDays: 20 }, actions: ["a"] };

function user(userId: string, ...days: number[]): UserHistory {
  return { userId, days: days.map((day) => ({ day, action: "a", count: 1, value: day })) };
}

it("gives the vectors of the extractor, and the same one again for the same user and snapshot", () => {
  const { names, extract } = remembering(featureExtractor(definition));
  expect(names).toEqual(featureExtractor(definition).names);
  const [ana, ben] = [user("ana", 12, 25), user("ben", 3, 22, 29)];
  const [first, later] = [extract(ana, 20), extract(ana, 30)];
  expect(first).toEqual(featuresOf(ana, 20, definition));
  expect(later).toEqual(featuresOf(ana, 30, definition));
  expect(extract(ana, 20)).toBe(first);
  expect(extract(ben, 20)).toEqual(featuresOf(ben, 20, definition));
  expect(extract(ben, 30)).toEqual(featuresOf(ben, 30, definition));
  expect(extract(ana, 20)).toEqual(first);
});
