import { describe, expect, it } from "vitest";
import { bulkOf } from "./bulk.ts";

/** So many actions on each of the days from 0 on. */
function log(days: number, actions: (day: number) => number) {
  return Array.from({ length: days }, (_, day) => ({ day, actions: actions(day) }));
}

describe("bulkOf", () => {
  it("ends with the last day of an even log, however long, and knows no end of an empty one", () => {
    expect(bulkOf([])).toBeUndefined();
    expect(bulkOf([{ day: 7, actions: 1 }])).toEqual({ firstDay: 7, before: 0, lastDay: 7, beyond: 0 });
    expect(bulkOf(log(400, () => 70))).toMatchObject({ lastDay: 399, beyond: 0 });
    expect(bulkOf(log(3, () => 1))).toMatchObject({ lastDay: 2, beyond: 0 });
  });

  it("leaves a row months ahead, or a few days ahead, beyond the end", () => {
    expect(bulkOf([...log(200, () => 70), { day: 380, actions: 1 }])).toMatchObject({ lastDay: 199, beyond: 1 });
    expect(bulkOf([{ day: 203, actions: 1 }, ...log(200, () => 70)])).toMatchObject({ lastDay: 199, beyond: 1 });
  });

  it("leaves two users in a hundred beyond whose clocks are a month fast", () => {
    const days = log(230, (day) => (day < 200 ? 98 : 0) + (day >= 30 ? 2 : 0));
    expect(bulkOf(days)).toMatchObject({ lastDay: 199, beyond: 60 });
  });

  it("takes weekends, a day that has only begun and a slow decline for what they are", () => {
    const weekdays = (day: number) => (day % 7 < 5 ? 100 : 1);
    expect(bulkOf(log(210, weekdays))).toMatchObject({ lastDay: 209, beyond: 0 });
    expect(bulkOf(log(200, (day) => (day === 199 ? 3 : 70)))).toMatchObject({ lastDay: 199, beyond: 0 });
    expect(bulkOf(log(400, (day) => Math.ceil(100 * 0.99 ** day)))?.beyond).toBe(0);
  });

  it("leaves rows of clocks that were never set before its beginning", () => {
    const days = log(200, () => 70).map(({ day, actions }) => ({ day: day + 20_000, actions }));
    expect(bulkOf([{ day: 0, actions: 2 }, ...days])).toMatchObject({ firstDay: 20_000, before: 2 });
    expect(bulkOf([{ day: 19_900, actions: 2 }, ...days])).toMatchObject({ firstDay: 19_900, before: 0 });
  });

  it("does not judge a log of a few actions", () => {
    expect(bulkOf([...log(10, () => 1), { day: 60, actions: 1 }])).toMatchObject({ lastDay: 60 });
  });
});
