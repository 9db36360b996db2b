import { describe, expect, it } from "vitest";
import { parseFeature } from "../features/catalogue.ts";
import { featureNames } from "../features/features.ts";
import { tellValue } from "./tell-value.ts";

/** A user whom the model knows to have come on 20 days, the last time 12 days ago, every 4 days; not for so long yet. */
const usual = {
  lifetime_active_days: 20,
  days_since_last: 12,
  mean_gap_days: 4,
  days_since_first: 88,
  active_days_60d: 9,
};

function tell(name: string, value: number, typical: number, raisesRisk = true, user: Record<string, number> = usual) {
  return tellValue({
    name,
    feature: parseFeature(name),
    value,
    typical,
    raisesRisk,
    other: (other) => user[other],
  });
}

describe("one value of one user", () => {
  it.each([
    ["days_since_last", 34, 5, "last action 34 days ago (typically 5)"],
    ["days_since_first", 12, 300, "first action 12 days ago (typically 300)"],
    ["lifetime_active_days", 3, 14, "active on only 3 days ever (typically 14)"],
    ["mean_gap_days", 40, 6, "active only every 40 days on average, the last 12 days ago (typically every 6)"],
    ["overdue_ratio", 9.25, 0.5, "silent for 12 days, 9.3 times the usual gap of 4 days"],
    ["longest_gap_days", 90, 20, "has paused for 90 days before (typically 20)"],
    ["days_since_buy_up_to_60d", 60, 3, "no “buy” for 60 days or more (typically 3 days ago)"],
    ["days_since_buy_up_to_120d", 120, 3, "no “buy” ever (typically 3 days ago)"],
    ["days_since_buy_up_to_60d", 1, 12.25, "last “buy” 1 day ago (typically 12.3 days ago)"],
    ["days_since_cancel_up_to_60d", 9, 60, "last “cancel” 9 days ago (typically not for 60 days)"],
    ["count_login_30d", 0, 9, "no “login” in the last 30 days (typically 9)"],
    ["count_login_30d", 2, 9, "only 2 × “login” in the last 30 days (typically 9)"],
    ["count_cancel_30d", 2, 0, "2 × “cancel” in the last 30 days (typically 0)"],
    ["actions_3d", 1, 2, "only 1 action in the last 3 days (typically 2)"],
    ["active_days_30d", 0, 4, "no active day in the last 30 days (typically 4)"],
    ["trend_60d", -0.5, 0, "75 % of the active days in the last 60 days were more than 30 days ago (typically 50 %)"],
    ["trend_60d", 1, 0, "100 % of the active days in the last 60 days were in the last 30 (typically 50 %)"],
    ["value_30d", 1234.5, 0, "total value 1235 in the last 30 days (typically 0)"],
    ["points", 3, 4, "points is 3 (typically 4)"],
  ])("%s = %d beside %d: %s", (name, value, typical, words) => {
    expect(tell(name, value, typical)).toBe(words);
  });

  it("is told otherwise as a reason to stay", () => {
    expect(tell("overdue_ratio", 0.4, 1, false)).toBe("last action 12 days ago, within the usual gap of 4 days");
    expect(tell("longest_gap_days", 90, 20, false)).toBe("came back after 90 days before (typically 20)");
    expect(tell("longest_gap_days", 3, 20, false)).toBe("no pause longer than 3 days so far (typically 20)");
  });

  it("is left out where it is no different, or no reason", () => {
    expect(tell("actions_30d", 5.001, 5)).toBeUndefined();
    expect(tell("longest_gap_days", 3, 20)).toBeUndefined();
    expect(tell("overdue_ratio", 0.9, 0.2)).toBeUndefined();
    expect(tell("overdue_ratio", 1.5, 3, false)).toBeUndefined();
  });

  it("of somebody who came once says nothing of pauses and gaps", () => {
    const once = { lifetime_active_days: 1, days_since_last: 171, mean_gap_days: 171, active_days_60d: 1 };
    const tellOnce = (feature: string, value: number, typical: number) => tell(feature, value, typical, true, once);
    for (const feature of ["mean_gap_days", "longest_gap_days", "overdue_ratio", "trend_60d"])
      for (const value of [-1, 0, 1, 171]) expect(tellOnce(feature, value, 97)).toBeUndefined();
    expect(tellOnce("days_since_last", 171, 63)).toBe("only one active day ever, 171 days ago (typically 63 days ago)");
    expect(tellOnce("lifetime_active_days", 1, 3)).toBe("only one active day ever (typically 3), 171 days ago");
  });

  it("of somebody who came twice calls their one gap neither usual nor an average", () => {
    const twice = { lifetime_active_days: 2, days_since_last: 168, mean_gap_days: 314 };
    expect(tell("mean_gap_days", 314, 106, true, twice)).toBe(
      "only two active days ever, 314 days apart, the last 168 days ago (typically 106 apart)",
    );
    expect(tell("overdue_ratio", 168, 1, true, { ...twice, mean_gap_days: 1 })).toBeUndefined();
  });

  it("of somebody who never came does not say when they came", () => {
    const never = { lifetime_active_days: 0, days_since_last: 120 };
    for (const feature of ["days_since_last", "days_since_first", "mean_gap_days"])
      expect(tell(feature, 120, 5, true, never)).toBeUndefined();
  });

  const longKnown = { ...usual, days_since_first: 400, longest_gap_days: 30, gaps_as_long_as_present: 3 };

  it.each([
    ["median_gap_days", 8, 3, true, "half of the pauses lasted 8 days or more (typically 3)"],
    ["median_gap_days", 2, 3, false, "half of the pauses lasted 2 days or less (typically 3)"],
    ["sd_gap_days", 8, 3, true, "the length of pauses varies by 8 days around its average (typically 3)"],
    ["gap_variation", 1.2, 0.5, true, "the length of pauses varies by 120 % around its average (typically 50 %)"],
    ["last_gap_days", 20, 3, true, "the pause before the last active day lasted 20 days (typically 3)"],
    ["second_last_gap_days", 1, 3, false, "the last pause but one lasted 1 day (typically 3)"],
    ["gap_days_90th_percentile", 20, 9, true, "one pause in ten lasted 20 days or more (typically 9)"],
    ["gaps_as_long_as_present", 0, 4, true, "has never paused for 12 days before"],
    ["gaps_as_long_as_present", 1, 4, true, "has paused for 12 days or more only once before"],
    ["gaps_as_long_as_present", 6, 4, false, "has paused for 12 days or more 6 times before"],
    [
      "share_of_gaps_as_long_as_present",
      0.175,
      0.6,
      true,
      "3 of 19 earlier pauses lasted as long as the 12 days so far",
    ],
    ["share_back_within_30d", 0.625, 0.9, true, "2 of 3 earlier pauses of 12 days or more ended within 30 days more"],
    ["overdue_ratio_to_median", 3, 1, true, "silent for 12 days, longer than half of the earlier pauses"],
    ["overdue_ratio_to_median", 0.5, 1, false, "last action 12 days ago; half of the earlier pauses lasted as long"],
    ["overdue_ratio_to_longest", 1.1, 0.3, true, "silent for 12 days, longer than ever before (30 days at most)"],
    ["overdue_ratio_to_longest", 0.4, 0.9, false, "last action 12 days ago; has come back after 30 days before"],
    ["overdue_ratio_to_90th_percentile", 2, 0.5, true, "silent for 12 days, longer than 16 of 19 earlier pauses"],
    ["lifetime_actions", 3, 9, true, "only 3 actions ever (typically 9)"],
    ["actions_per_active_day", 1.5, 3, true, "only 1.5 actions per active day on average (typically 3)"],
    ["actions_30d_a_year_ago", 0, 3, true, "no action in the same 30 days a year ago (typically 3)"],
    ["active_days_30d_a_year_ago", 5, 3, false, "5 active days in the same 30 days a year ago (typically 3)"],
    ["mean_gap_buy_days_up_to_120d", 12.34, 6, true, "“buy” every 12 days on average (typically 6 days)"],
    ["active_days_30d_until_30d_ago", 0, 3, true, "no active day in the 30 days until 30 days ago (typically 3)"],
    ["lifetime_value", 50, 90, true, "total value 50 ever (typically 90)"],
    ["value_of_last_day", 5, 9, true, "value 5 on the last active day (typically 9)"],
    ["value_per_active_day", 5, 9, true, "value 5 per active day on average (typically 9)"],
    ["lifetime_count_buy", 0, 2, true, "no “buy” ever (typically 2)"],
    ["lifetime_count_buy", 1, 2, true, "only 1 × “buy” ever (typically 2)"],
    ["weekend_share", 0.6, 0.3, true, "60 % of active days were at a weekend (typically 30 %)"],
    ["commonest_weekday_share", 9 / 27, 0.2, false, "8 of 20 active days were on the same weekday"],
  ])("%s = %d beside %d, raising the risk %s: %s", (name, value, typical, raisesRisk, words) => {
    expect(tell(name, value, typical, raisesRisk, longKnown)).toBe(words);
  });

  it("of somebody who came once or twice claims no habit, and of somebody new nothing of a year ago", () => {
    const kinds = featureNames({ churn: { churnDays: 30, leadDays: 0, observeDays: 60 }, actions: [] });
    const habits = kinds.filter((name) => /gap_|gaps_|share|overdue_ratio_/.test(name) && !name.startsWith("mean_gap"));
    expect(habits).toHaveLength(16);
    const twice = { ...longKnown, lifetime_active_days: 2, days_since_first: 364 };
    for (const name of habits.filter(
      (name) => !["longest_gap_days", "last_gap_days", "gaps_as_long_as_present"].includes(name),
    ))
      expect(tell(name, 2, 1.5, true, twice), name).toBeUndefined();
    const bought = { ...longKnown, lifetime_count_buy: 2 };
    expect(tell("mean_gap_buy_days_up_to_120d", 12, 6, true, bought)).toBeUndefined();
    expect(tell("mean_gap_buy_days_up_to_120d", 120, 6, true, longKnown)).toBeUndefined();
    expect(tell("active_days_30d_until_60d_ago", 0, 3, true, { ...twice, days_since_first: 60 })).toBeUndefined();
    for (const name of kinds.filter((name) => name.endsWith("a_year_ago")))
      expect(tell(name, 0, 3, true, twice), name).toBeUndefined();
    const once = { ...twice, lifetime_active_days: 1 };
    for (const name of [...habits, "value_per_active_day", "actions_per_active_day"])
      expect(tell(name, 2, 1.5, true, once), name).toBeUndefined();
  });

  it("is told in words for every feature that lapse makes, except for weighted sums and logarithms", () => {
    const names = featureNames({ churn: { churnDays: 30, leadDays: 0, observeDays: 60 }, actions: ["buy"] });
    const untold = /^(decayed_\w+_\d+h|(mean|sd)_log_gap|(standardised_)?log_overdue)$/;
    for (const name of names) {
      const words = tell(name, 2, 1.5, true, longKnown);
      if (untold.test(name)) expect(words, name).toBeUndefined();
      else expect(words, name).toBeDefined();
      expect(words ?? "").not.toContain(name);
    }
  });
});
