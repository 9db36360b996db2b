import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { featuresOf } from "#test/support/features-of.ts";
import type { FeatureDefinition } from "../definition.ts";
import type { UserDay, UserHistory } from "../user-history.ts";
import { parseFeature } from "./catalogue.ts";
import { featureExtractor, featureNames } from "./features.ts";

const definition: FeatureDefinition = {
  churn: { churnDays: 30, leadDays: 0, observeDays: 60 },
  actions: ["login", "buy"],
};

function named(history: UserHistory, at: number, of = definition): Record<string, number> {
  const values = featuresOf(history, at, of);
  return Object.fromEntries(featureNames(of).map((name, j) => [name, values[j] ?? Number.NaN]));
}

const ana: UserHistory = {
  userId: "ana",
  days: [
    { day: 10, action: "login", count: 2, value: 0 },
    { day: 50, action: "buy", count: 1, value: 9.5 },
    { day: 50, action: "login", count: 1, value: 0 },
    { day: 90, action: "search", count: 3, value: 0 },
    { day: 97, action: "login", count: 1, value: 0 },
    { day: 100, action: "buy", count: 4, value: 100 },
  ],
};

describe("features at a snapshot", () => {
  it("count what lies in each window before it", () => {
    const features = named(ana, 100);
    expect(features).toMatchObject({ actions_60d: 6, actions_30d: 4, actions_10d: 4, actions_3d: 1 });
    expect(features).toMatchObject({ active_days_60d: 3, active_days_30d: 2, active_days_10d: 2, active_days_3d: 1 });
    expect(features).toMatchObject({ value_60d: 9.5, value_30d: 0 });
    expect(features).toMatchObject({ count_login_60d: 2, count_login_3d: 1, count_buy_60d: 1, count_buy_30d: 0 });
  });

  it("tell how long ago things were, and of the rhythm before", () => {
    expect(named(ana, 100)).toMatchObject({
      days_since_last: 3,
      days_since_first: 90,
      days_since_login_up_to_120d: 3,
      days_since_buy_up_to_120d: 50,
      lifetime_active_days: 4,
      mean_gap_days: 29,
      longest_gap_days: 40,
      overdue_ratio: 3 / 29,
      // Of three active days in the window, 90 and 97 lie in the later half (from day 70), 50 in the earlier.
      trend_60d: 1 / 3,
    });
  });

  it("of an action that never occurred lie twice observeDays back", () => {
    const never = named({ userId: "x", days: [{ day: 99, action: "search", count: 1, value: 0 }] }, 100);
    expect(never).toMatchObject({
      days_since_buy_up_to_120d: 120,
      mean_gap_days: 1,
      overdue_ratio: 1,
      longest_gap_days: 0,
    });
  });

  it("are finite for a user without a history before it", () => {
    expect([...featuresOf(ana, 5, definition)].every(Number.isFinite)).toBe(true);
    expect(named(ana, 5)).toMatchObject({ actions_60d: 0, days_since_last: 120, days_since_first: 0 });
  });

  it("never change when later actions are added", () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 0, max: 200 }), (history, at) => {
        const known: UserHistory = { ...history, days: history.days.filter(({ day }) => day < at) };
        expect(featuresOf(history, at, definition)).toEqual(featuresOf(known, at, definition));
      }),
    );
  });

  it("are the same whatever else the extractor was used for", () => {
    const extractor = featureExtractor(definition);
    fc.assert(
      fc.property(histories, fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 2 }), (history, snapshots) => {
        for (const at of snapshots) expect(extractor.extract(history, at)).toEqual(featuresOf(history, at, definition));
      }),
    );
  });

  it("of several definitions are those of each, every name once", () => {
    const other = { churn: { churnDays: 10, leadDays: 0, observeDays: 60 }, actions: ["buy", "search"] };
    const { names, extract } = featureExtractor(definition, other);
    expect(names).toEqual([...new Set([...featureNames(definition), ...featureNames(other)])]);
    const both = new Map(names.map((name, j) => [name, extract(ana, 100)[j]]));
    for (const each of [definition, other]) expect(Object.fromEntries(both)).toMatchObject(named(ana, 100, each));
  });

  it("do not fall when a window grows", () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 0, max: 200 }), (history, at) => {
        const f = named(history, at);
        for (const kind of ["actions", "active_days", "count_login", "count_buy"])
          expect([f[`${kind}_3d`], f[`${kind}_10d`], f[`${kind}_30d`], f[`${kind}_60d`]]).toSatisfy(isAscending);
      }),
    );
  });

  it("have unique names that tell what they measure, whatever an action is called", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 5 }), (actions) => {
        const names = featureNames({ ...definition, actions });
        expect(new Set(names).size).toBe(names.length);
        for (const name of names) expect(parseFeature(name)?.name).toBe(name);
      }),
    );
  });
});

/** User-days in the order that the store gives them in. */
const histories = fc
  .uniqueArray(
    fc.record({
      day: fc.integer({ min: 0, max: 200 }),
      action: fc.constantFrom("login", "buy", "search"),
      count: fc.integer({ min: 1, max: 9 }),
      value: fc.integer({ min: -5, max: 50 }),
    }),
    { selector: ({ day, action }) => `${day}${action}`, minLength: 1, maxLength: 30 },
  )
  .map((days): UserHistory => ({ userId: "u", days: days.sort(byDayThenAction) }));

function byDayThenAction(a: UserDay, b: UserDay): number {
  return a.day - b.day || (a.action < b.action ? -1 : 1);
}

function isAscending(values: unknown[]): boolean {
  return values.every((value, i) => i === 0 || Number(value) >= Number(values[i - 1]));
}
