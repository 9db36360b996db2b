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

/** A user active on these days. */
function active(...days: number[]): UserHistory {
  return { userId: "u", days: days.map((day) => ({ day, action: "login", count: 1, value: 0 })) };
}

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

  it("look back on two churn windows too where observeDays is longer, and have a trend over both", () => {
    const long = { ...definition, churn: { ...definition.churn, observeDays: 120 } };
    expect(named(ana, 100, long)).toMatchObject({
      actions_120d: 8,
      actions_60d: 6,
      trend_120d: 1 / 2,
      trend_60d: 1 / 3,
    });
    const short = { ...definition, churn: { ...definition.churn, observeDays: 45 } };
    expect(featureNames(short).filter((name) => /^actions_\d+d$/.test(name))).toEqual([
      "actions_45d",
      "actions_30d",
      "actions_10d",
      "actions_3d",
    ]);
  });

  it("tell the rhythm of each frequent action: its mean gap, or how long ago it was done if only once", () => {
    expect(named(ana, 100)).toMatchObject({
      mean_gap_login_days_up_to_120d: 87 / 2,
      mean_gap_buy_days_up_to_120d: 50,
    });
    expect(named(ana, 101)).toMatchObject({ mean_gap_buy_days_up_to_120d: 50 });
    expect(named(ana, 180)).toMatchObject({ mean_gap_buy_days_up_to_120d: 50 });
    expect(named(ana, 20)).toMatchObject({
      mean_gap_login_days_up_to_120d: 10,
      mean_gap_buy_days_up_to_120d: 120,
    });
    expect(named(ana, 5)).toMatchObject({ mean_gap_login_days_up_to_120d: 120 });
  });

  it("count active days of earlier thirds of the churn window, and of the windows before it", () => {
    const long = { ...definition, churn: { ...definition.churn, observeDays: 120 } };
    expect(named(ana, 110, long)).toMatchObject({
      active_days_10d_until_10d_ago: 2,
      active_days_10d_until_20d_ago: 0,
      active_days_30d_until_30d_ago: 1,
      active_days_30d_until_60d_ago: 0,
      active_days_30d_until_90d_ago: 1,
    });
    const lagged = (of: FeatureDefinition) => featureNames(of).filter((name) => name.includes("_until_"));
    expect(lagged(long)).toHaveLength(5);
    expect(lagged(definition)).toHaveLength(3);
    const week = { ...definition, churn: { churnDays: 7, leadDays: 0, observeDays: 14 } };
    expect(lagged(week)).toEqual([
      "active_days_2d_until_2d_ago",
      "active_days_3d_until_4d_ago",
      "active_days_7d_until_7d_ago",
    ]);
    const day = { ...definition, churn: { churnDays: 1, leadDays: 0, observeDays: 4 } };
    expect(lagged(day)).toHaveLength(3);
  });

  it("tell how the gaps of 40, 40 and 7 days are distributed", () => {
    const features = named(ana, 100);
    expect(features).toMatchObject({
      median_gap_days: 40,
      last_gap_days: 7,
      second_last_gap_days: 40,
      gap_days_90th_percentile: 40,
    });
    expect(features.sd_gap_days).toBeCloseTo(Math.sqrt(242), 12);
    expect(features.gap_variation).toBeCloseTo(Math.sqrt(242) / 29, 12);
    expect(features.mean_log_gap).toBeCloseTo(Math.log(40 * 40 * 7) / 3, 12);
    expect(features.sd_log_gap).toBeCloseTo((Math.SQRT2 / 3) * Math.log(40 / 7), 12);
  });

  it("take the mean of the two middle gaps as the median of an even number", () => {
    expect(named(ana, 97)).toMatchObject({ median_gap_days: 40, last_gap_days: 40 });
    expect(named(active(0, 4, 20, 30, 32), 40)).toMatchObject({ median_gap_days: 7 });
  });

  it("compare the present gap with the earlier ones, and tell how those as long went on", () => {
    const logMean = Math.log(40 * 40 * 7) / 3;
    const logVariance = (2 / 9) * Math.log(40 / 7) ** 2;
    const soon = named(ana, 100);
    expect(soon).toMatchObject({
      gaps_as_long_as_present: 3,
      share_of_gaps_as_long_as_present: 3.5 / 4,
      share_back_within_30d: 1.5 / 4,
      share_back_within_10d: 1.5 / 4,
      overdue_ratio_to_median: 3 / 40,
      overdue_ratio_to_longest: 3 / 40,
      overdue_ratio_to_90th_percentile: 3 / 40,
    });
    expect(soon.log_overdue).toBeCloseTo(Math.log(3) - logMean, 12);
    expect(soon.standardised_log_overdue).toBeCloseTo((Math.log(3) - logMean) / Math.sqrt(logVariance + 0.5), 12);
    // On day 100 a day came, so the gaps are 3, 7, 40 and 40, and the present one is of 8, then of 30 days.
    expect(named(ana, 108)).toMatchObject({
      gaps_as_long_as_present: 2,
      share_of_gaps_as_long_as_present: 2.5 / 5,
      share_back_within_30d: 0.5 / 3,
    });
    expect(named(ana, 130)).toMatchObject({ share_back_within_30d: 2.5 / 3, share_back_within_10d: 0.5 / 3 });
    expect(named(ana, 141)).toMatchObject({ gaps_as_long_as_present: 0, share_back_within_30d: 0.5 });
  });

  it("take the time since the only active day for the first gap, which is no gap to compare with", () => {
    expect(named(active(90), 100)).toMatchObject({
      median_gap_days: 10,
      sd_gap_days: 0,
      gap_variation: 0,
      last_gap_days: 10,
      second_last_gap_days: 10,
      mean_log_gap: Math.log(10),
      sd_log_gap: 0,
      gap_days_90th_percentile: 10,
      gaps_as_long_as_present: 0,
      share_of_gaps_as_long_as_present: 0.5,
      share_back_within_30d: 0.5,
      overdue_ratio_to_median: 1,
      overdue_ratio_to_longest: 10,
      overdue_ratio_to_90th_percentile: 1,
      log_overdue: 0,
      standardised_log_overdue: 0,
    });
    expect(named(active(80, 90), 100)).toMatchObject({ last_gap_days: 10, second_last_gap_days: 10 });
  });

  it("tell gaps of any length, also of many years beside short ones", () => {
    const days = fc.uniqueArray(fc.integer({ min: 0, max: 9_000 }), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(fc.oneof(days, fc.constant([0, 1, 3, 1_026, 1_027, 2_051, 2_052])), (some) => {
        const ascending = some.toSorted((a, b) => a - b);
        const gaps = ascending.slice(1).map((day, i) => day - (ascending[i] ?? 0));
        const sorted = gaps.toSorted((a, b) => a - b);
        expect(named(active(...ascending), 9_001)).toMatchObject({
          longest_gap_days: sorted.at(-1),
          median_gap_days: ((sorted[sorted.length >> 1] ?? 0) + (sorted[(sorted.length - 1) >> 1] ?? 0)) / 2,
          gap_days_90th_percentile: sorted[Math.floor(0.9 * (sorted.length - 1))],
        });
      }),
    );
  });

  it("count days half with every half-life, from a 24th of the churn window to 8/3 of it", () => {
    const features = named(ana, 100);
    expect(features.decayed_active_days_240h).toBeCloseTo(2 ** -9 + 2 ** -5 + 2 ** -1 + 2 ** -0.3, 12);
    expect(features.decayed_active_days_30h).toBeCloseTo(2 ** -72 + 2 ** -40 + 2 ** -8 + 2 ** -2.4, 11);
    expect(features.decayed_value_240h).toBeCloseTo(9.5 * 2 ** -5, 12);
    expect(features.decayed_count_login_240h).toBeCloseTo(2 * 2 ** -9 + 2 ** -5 + 2 ** -0.3, 12);
    expect(features.decayed_count_buy_960h).toBeCloseTo(2 ** (-50 / 40), 12);
    const halfLives = Object.keys(features).flatMap((name) => /^decayed_active_days_(\d+)h$/.exec(name)?.[1] ?? []);
    expect(halfLives.map((hours) => Number(hours) / 24)).toEqual([1.25, 2.5, 5, 10, 20, 40, 80]);
  });

  it("count and sum what ever was, and what an active day brings", () => {
    expect(named(ana, 100)).toMatchObject({
      lifetime_actions: 8,
      actions_per_active_day: 2,
      lifetime_value: 9.5,
      value_of_last_day: 0,
      value_per_active_day: 9.5 / 4,
      lifetime_count_login: 4,
      lifetime_count_buy: 1,
    });
    expect(named(ana, 101)).toMatchObject({ value_of_last_day: 100, lifetime_count_buy: 5 });
  });

  it("count the churn window that began 365 days before the snapshot", () => {
    expect(named(ana, 415)).toMatchObject({ actions_30d_a_year_ago: 2, active_days_30d_a_year_ago: 1 });
    expect(named(ana, 455)).toMatchObject({ actions_30d_a_year_ago: 8, active_days_30d_a_year_ago: 3 });
    expect(named(ana, 386)).toMatchObject({ active_days_30d_a_year_ago: 1 });
    expect(named(ana, 385)).toMatchObject({ active_days_30d_a_year_ago: 0 });
    const long = { ...definition, churn: { churnDays: 400, leadDays: 0, observeDays: 800 } };
    expect(named(ana, 100, long)).toMatchObject({ active_days_400d_a_year_ago: 4 });
  });

  it("tell on which weekdays, of which days 10 and 50 were a Sunday and a Friday, and 90 and 97 Wednesdays", () => {
    expect(named(ana, 100)).toMatchObject({ weekend_share: 1 / 4, commonest_weekday_share: 3 / 11 });
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
