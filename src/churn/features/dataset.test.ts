import { describe, expect, it } from "vitest";
import { featuresOf } from "#test/support/features-of.ts";
import type { UserHistory } from "../user-history.ts";
import { DatasetBuilder } from "./dataset.ts";

const definition = { churn: { churnDays: 10, leadDays: 0, observeDays: 20 }, actions: [] };

function user(userId: string, ...days: number[]): UserHistory {
  return { userId, days: days.map((day) => ({ day, action: "a", count: 1, value: 0 })) };
}

describe("a dataset", () => {
  it("has a row for each snapshot at which a user is here, with their features and what came of them", () => {
    const ana = user("ana", 12, 32);
    const ben = user("ben", 29);
    const builder = new DatasetBuilder({ snapshots: [20, 30], definition });
    builder.add(ana);
    builder.add(ben);
    const data = builder.build();
    expect(data.users).toEqual(["ana", "ben"]);
    expect([...data.snapshots]).toEqual([20, 30]);
    expect([...data.y]).toEqual([1, 1]);
    expect(data.x).toEqual(Float64Array.from([...featuresOf(ana, 20, definition), ...featuresOf(ben, 30, definition)]));
  });

  it("takes none of a user's rows where a feature is no number", () => {
    const odd = {
      userId: "odd",
      days: [12, 25].map((day) => ({ day, action: "a", count: 1, value: day > 20 ? Number.NaN : 1 })),
    };
    const builder = new DatasetBuilder({ snapshots: [20, 30], definition });
    expect(() => builder.add(odd)).toThrow(RangeError);
    builder.add(user("ana", 12));
    expect(builder.build().users).toEqual(["ana"]);
  });

  it("keeps the same rows where it knows how many users will come", () => {
    const users = Array.from({ length: 4000 }, (_, i) => user(`user ${i}`, 25));
    const rowsOf = (expectedUsers: number | undefined) => {
      const options = { snapshots: [30], definition, mostRows: 100 };
      const builder = new DatasetBuilder(expectedUsers === undefined ? options : { ...options, expectedUsers });
      for (const history of users) builder.add(history);
      return builder.build().users;
    };
    const kept = rowsOf(undefined);
    expect(kept).toHaveLength(100);
    expect(rowsOf(4000)).toEqual(kept);
    expect(rowsOf(1)).toEqual(kept);
  });

  it("keeps as many rows as it may, the same ones in any order of users", () => {
    const users = Array.from({ length: 1000 }, (_, i) => user(`user ${i}`, 25));
    const rowsOf = (histories: readonly UserHistory[]) => {
      const builder = new DatasetBuilder({ snapshots: [30], definition, mostRows: 300 });
      for (const history of histories) builder.add(history);
      return builder.build().users.toSorted();
    };
    const kept = rowsOf(users);
    expect(kept).toHaveLength(300);
    expect(rowsOf(users.toReversed())).toEqual(kept);
  });
});
