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
    const many = Array.from({ length: 400 }, (_, user) => ({ userId: `user ${user}`, days: on(90, 105) }));
    for (const name of ["half of the users missing", "half of the actions missing"] as const) {
      const kept = poisons[name](many, stretch)(200).flatMap(({ days }) => days.map(({ day }) => day));
      expect(kept.filter((day) => day === 90)).toHaveLength(400);
      expect(kept.filter((day) => day === 105).length).toBeGreaterThan(150);
      expect(kept.filter((day) => day === 105).length).toBeLessThan(250);
    }
  });

  it("has clocks that are off: what some users did seems to be three weeks older", () => {
    const days = [...poisoned("clocks off").values()].flat();
    expect(days).toHaveLength(9);
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
