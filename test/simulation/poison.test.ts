import { describe, expect, it } from "vitest";
import type { UserHistory } from "#churn/user-history.ts";
import { type PoisonName, poisons } from "./poison.ts";

const stretch = { from: 100, before: 130 };
const on = (...days: readonly number[]) => days.map((day) => ({ day, action: "read", count: 2, value: 0 }));
const log: UserHistory[] = [
  { userId: "ana", days: on(80, 105, 140) },
  { userId: "ben", days: on(90, 110, 125) },
  { userId: "cid", days: on(85) },
  { userId: "dan", days: on(95, 101) },
];

function poisoned(name: PoisonName, morning = 200): Map<string, number[]> {
  const histories = poisons[name](log, stretch)(morning);
  return new Map(histories.map(({ userId, days }) => [userId, days.map(({ day }) => day)]));
}

describe("a log that goes wrong", () => {
  it("has its outcomes inverted: who stayed did nothing, who did nothing did what the others did", () => {
    const days = poisoned("outcomes inverted");
    expect(days.get("ana")).toEqual([80, 140]);
    expect(days.get("ben")).toEqual([90]);
    expect(days.get("cid")).toEqual([85, 101, 105, 110, 125]);
  });

  it("has its actions shuffled among users, no more and no less of them", () => {
    const days = poisoned("actions shuffled");
    expect([...days.values()].flat().sort()).toEqual(log.flatMap((user) => user.days.map(({ day }) => day)).sort());
    expect(days).not.toEqual(new Map(log.map(({ userId, days: own }) => [userId, own.map(({ day }) => day)])));
    expect(days.get("ana")).toEqual(expect.arrayContaining([80, 140]));
  });

  it("lacks half, of the users or of the actions, and only within the stretch", () => {
    for (const name of ["half of the users missing", "half of the actions missing"] as const) {
      const kept = [...poisoned(name).values()].flat();
      expect(kept.filter((day) => day < 100 || day >= 130)).toHaveLength(5);
      expect(kept.filter((day) => day >= 100 && day < 130).length).toBeLessThan(4);
    }
  });

  it("has clocks that are off: what some users did seems to be three weeks older", () => {
    const days = [...poisoned("clocks off").values()].flat();
    expect(days).toHaveLength(8);
    expect(
      days.some(
        (day) => [84, 89, 104, 80].includes(day) && !log.some((user) => user.days.some((own) => own.day === day)),
      ),
    ).toBe(true);
  });

  it("knows nothing of what comes after the morning", () => {
    for (const name of ["outcomes inverted", "actions shuffled", "clocks off"] as const)
      expect(Math.max(...[...poisoned(name, 106).values()].flat())).toBeLessThan(106);
  });
});
