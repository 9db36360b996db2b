import { describe, expect, it } from "vitest";
import type { Figure } from "../metrics/delete-one.ts";
import { randomFrom } from "../random.ts";
import { groupOf, type Night } from "./night.ts";
import { NightTally } from "./night-tally.ts";
import { type Promises, promisesOf } from "./promises.ts";

describe("promises", () => {
  it("are compared per night", () => {
    const night = nightOf(Array.from({ length: 400 }, (_, i) => [0.25, i % 10 < 3]));
    const promises = promisesOf([night, night]);
    expect(promises).toMatchObject({ nights: 2, users: 400, promised: 100, left: 120 });
    expect(promises?.ratio.value).toBeCloseTo(1.2, 12);
    expect(promises?.auc?.value).toBeCloseTo(0.5, 12);
    expect(promises?.capture?.value).toBeCloseTo(0.1, 12);
    expect(promises?.logLoss.value).toBeCloseTo(-0.3 * Math.log(0.25) - 0.7 * Math.log(0.75), 12);
  });

  it("are held beside recency alone on the same users", () => {
    const night = nightOf(Array.from({ length: 400 }, (_, i) => [0.25, i % 10 < 3]));
    const { recency } = promisesOf([night, night]) ?? {};
    expect(recency?.auc?.value).toBe(1);
    expect(recency?.capture?.value).toBeCloseTo(1 / 3, 12);
    expect(recency?.aucGain?.value).toBeCloseTo(-0.5, 12);
  });

  it("are as certain after thirty nights of the same users as after one", () => {
    const night = nightOf(Array.from({ length: 400 }, (_, i) => [0.25, i % 10 < 3]));
    const [one, thirty] = [promisesOf([night]), promisesOf(Array.from({ length: 30 }, () => night))];
    expect(thirty?.ratio.interval?.[0]).toBeCloseTo(one?.ratio.interval?.[0] ?? 0, 10);
    expect(thirty?.logLoss.interval?.[1]).toBeCloseTo(one?.logLoss.interval?.[1] ?? 0, 10);
  });

  it("tell that nobody left with the most that could be expected, and no capture", () => {
    const promises = promisesOf(
      Array.from({ length: 5 }, () => nightOf(Array.from({ length: 50 }, () => [0.1, false]))),
    );
    expect(promises?.ratio.value).toBe(0);
    expect(promises?.ratio.interval?.[0]).toBe(0);
    expect(promises?.ratio.interval?.[1]).toBeCloseTo(3.69 / 5, 10);
    expect([promises?.auc, promises?.capture]).toEqual([undefined, undefined]);
  });

  it("have no intervals for a handful of users, and are nothing without any", () => {
    expect(
      promisesOf([
        nightOf([
          [0.5, true],
          [0.4, false],
        ]),
      ])?.ratio,
    ).toEqual({ value: 1 / 0.9 });
    expect(promisesOf([nightOf([])])).toBeUndefined();
    expect(promisesOf([])).toBeUndefined();
  });

  it("have intervals that hold the truth in 19 of 20 cases, although nights share their users", () => {
    const random = randomFrom("coverage");
    const truth = { ratio: 0, auc: 0, logLoss: 0, capture: 0, aucGain: 0 };
    const many = world(random, 40_000, 1);
    for (const name of names) truth[name] = figureOf(many, name)?.value ?? Number.NaN;
    const held = { ratio: 0, auc: 0, logLoss: 0, capture: 0, aucGain: 0 };
    const runs = 150;
    for (let run = 0; run < runs; run++) {
      const promises = world(random, 400, 4);
      for (const name of names) {
        const [low, high] = figureOf(promises, name)?.interval ?? [0, 0];
        if (low <= truth[name] && truth[name] <= high) held[name] += 1;
      }
    }
    // Within what 150 runs can tell of 95 %.
    for (const name of names) {
      expect(held[name] / runs, name).toBeGreaterThan(0.9);
      expect(held[name] / runs, name).toBeLessThan(0.99);
    }
  });
});

const names = ["ratio", "auc", "logLoss", "capture", "aucGain"] as const;

function figureOf(promises: Promises | undefined, name: (typeof names)[number]): Figure | undefined {
  return name === "aucGain" ? promises?.recency?.aucGain : promises?.[name];
}

/** Users whose outcome is nearly the same on every night, as windows overlap. */
function world(random: () => number, users: number, nights: number): Promises | undefined {
  const tallies = Array.from({ length: nights }, () => new NightTally());
  for (let i = 0; i < users; i++) {
    const p = 0.05 + 0.8 * random() ** 2;
    const id = `user-${Math.floor(random() * 1e9)}`;
    const chance = random();
    const silence = Math.floor(60 * (p + ((7_919 * chance) % 1)));
    for (const tally of tallies) tally.add(id, p, chance < p * (0.97 + 0.06 * random()), silence);
  }
  return promisesOf(tallies.map((tally) => tally.night()));
}

function nightOf(users: readonly (readonly [p: number, hasLeft: boolean])[]): Night {
  const tally = new NightTally();
  // As many in each group, so that nothing is left to chance.
  const ids = balancedIds(users.length);
  for (const [i, [p, hasLeft]] of users.entries()) tally.add(ids[i] ?? "", p, hasLeft, hasLeft ? 9 : 2);
  return tally.night();
}

function balancedIds(count: number): string[] {
  const ids: string[] = [];
  for (let i = 0; ids.length < count; i++) if (groupOf(`user-${i}`) === ids.length % 32) ids.push(`user-${i}`);
  return ids;
}
