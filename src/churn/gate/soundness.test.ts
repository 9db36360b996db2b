import { describe, expect, it } from "vitest";
import type { Beat } from "./pulse.ts";
import { brokenLog } from "./soundness.ts";

const before: Beat = { actions: 1000, users: 500, kinds: [900, 100] };
const halved: Beat = { actions: 500, users: 250, kinds: [450, 50] };
const renamed: Beat = { actions: 1000, users: 500, kinds: [100, 900] };

/** What is off about the newest snapshot of a log of 40 weeks of which the newest are others, before some good ones again. */
function causes(churnDays: number, others: readonly Beat[], again = 0): string[] {
  const weeks = [...Array.from({ length: again }, () => before), ...others];
  const pulse = { lastDay: 999, weeks: [...weeks, ...Array.from({ length: 40 - weeks.length }, () => before)] };
  const churn = { churnDays, leadDays: 0, observeDays: 120 };
  return brokenLog(1000 - churnDays, churn, pulse).map(({ cause }) => cause);
}

describe.each([30, 90])("a churn window of %i days", (churnDays) => {
  it.each([
    ["volume", halved],
    ["mix", renamed],
  ])(
    "is broken by another %s of actions until that has lasted for five weeks, and is usual from then on",
    (cause, other) => {
      const broken = Array.from({ length: 20 }, (_, since) => causes(churnDays, Array<Beat>(since).fill(other)));
      expect(broken.map((found) => found.includes(cause))).toEqual(broken.map((_, since) => since >= 1 && since <= 4));
    },
  );

  it("is broken while a month that began and ended within weeks goes on and ends", () => {
    const touched = (share: number): Beat => ({
      actions: 1000 * share,
      users: 500 * share,
      kinds: [900 * share, 100 * share],
    });
    // Five days of a week, three whole weeks, four days of a week.
    const month = [touched(5 / 7), halved, halved, halved, touched(4.5 / 7)];
    for (const length of [2, 3, 4, 5]) expect(causes(churnDays, month.slice(-length))).toContain("volume");
  });

  it("is broken by a bad month also after that has ended, while outcomes are of its days", () => {
    const month = Array<Beat>(4).fill(halved);
    const broken = Array.from({ length: 16 }, (_, again) => causes(churnDays, month, again).length > 0);
    // Weeks of which the last is the one that the window began in.
    const weeks = Math.ceil(churnDays / 7);
    expect(broken).toEqual(broken.map((_, again) => again < weeks));
  });
});
