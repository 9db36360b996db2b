import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { auc } from "../metrics/auc.ts";
import { deciles } from "../metrics/deciles.ts";
import { logLoss } from "../metrics/log-loss.ts";
import { groupOf, type Night, nightSchema } from "./night.ts";
import { NightTally } from "./night-tally.ts";

interface User {
  readonly id: string;
  readonly p: number;
  readonly hasLeft: boolean;
  readonly silence?: number;
}

describe("a night's tally", () => {
  it("sums what was promised and what happened, as all users at once would", () => {
    const users = fc.array(fc.record({ p: fc.double({ min: 0, max: 1, noNaN: true }), hasLeft: fc.boolean() }), {
      minLength: 1,
      maxLength: 300,
    });
    fc.assert(
      fc.property(users, (drawn) => {
        const all = drawn.map((one, i): User => ({ id: `user-${i}`, ...one }));
        const night = nightOf(all);
        expect(nightSchema.parse(JSON.parse(JSON.stringify(night)))).toEqual(night);
        expect(total(night.users)).toBe(all.length);
        expect(total(night.promised)).toBeCloseTo(total(all.map(({ p }) => p)), 8);
        expect(total(night.left)).toBe(all.filter(({ hasLeft }) => hasLeft).length);
        expect(total(night.loss) / all.length).toBeCloseTo(logLoss(labels(all), all.map(pOf)), 8);
        expect(night.reached).toBeLessThanOrEqual(total(night.left) + 1e-9);
      }),
    );
  });

  it("ranks nearly as exactly as sorting does", () => {
    const all = Array.from({ length: 5_000 }, (_, i): User => {
      const p = 0.001 + 0.9 * ((i * 0.618034) % 1) ** 3;
      return { id: `user-${i}`, p, hasLeft: (i * 0.7548777) % 1 < p };
    });
    const night = nightOf(all);
    expect(night.auc).toBeCloseTo(auc(labels(all), all.map(pOf)), 3);
    const others = all.filter(({ id }) => groupOf(id) !== 7);
    expect(night.aucWithout[7]).toBeCloseTo(auc(labels(others), others.map(pOf)), 3);
    const [riskiest] = deciles(labels(all), all.map(pOf));
    expect(night.reached / total(night.left)).toBeCloseTo(riskiest!.capture, 2);
  });

  it("ranks the same users by their silence, exactly", () => {
    const all = Array.from({ length: 2_000 }, (_, i): User => {
      const silence = 1 + Math.floor(90 * ((i * 0.618034) % 1) ** 2);
      return { id: `user-${i}`, p: 0.5, hasLeft: (i * 0.7548777) % 1 < silence / 120, silence };
    });
    const { recency } = nightOf(all);
    const silences = (users: readonly User[]) => users.map(({ silence = 0 }) => silence);
    expect(recency?.auc).toBeCloseTo(auc(labels(all), silences(all)), 10);
    const others = all.filter(({ id }) => groupOf(id) !== 7);
    expect(recency?.aucWithout[7]).toBeCloseTo(auc(labels(others), silences(others)), 10);
  });

  it("ranks users alike who have been silent for more than 2,047 days", () => {
    const silent = (silence: number, hasLeft: boolean): User => ({ id: `for-${silence}`, p: 0.5, hasLeft, silence });
    expect(nightOf([silent(2_047, true), silent(5_000, false)]).recency?.auc).toBe(0.5);
    expect(nightOf([silent(2_047, true), silent(2_046, false)]).recency?.auc).toBe(1);
  });

  it("shares out the last places of the riskiest tenth among users of equal risk", () => {
    // Ten of a hundred have a place: all three at 90 %, and seven of the fourteen at 50 %.
    const all = Array.from({ length: 100 }, (_, i): User => {
      const p = i < 3 ? 0.9 : i < 17 ? 0.5 : 0.1;
      return { id: `user-${i}`, p, hasLeft: i < 17 };
    });
    expect(nightOf(all).reached).toBeCloseTo(3 + 7, 10);
  });

  it("has no AUC where all left, and takes certainties", () => {
    const night = nightOf([
      { id: "ann", p: 1, hasLeft: true },
      { id: "ben", p: 0, hasLeft: true },
    ]);
    expect(night.auc).toBeNull();
    expect(total(night.loss)).toBeCloseTo(-Math.log(Number.EPSILON), 6);
  });
});

function nightOf(users: readonly User[]): Night {
  const tally = new NightTally();
  for (const { id, p, hasLeft, silence = 1 } of users) tally.add(id, p, hasLeft, silence);
  return tally.night();
}

function labels(users: readonly User[]): number[] {
  return users.map(({ hasLeft }) => (hasLeft ? 1 : 0));
}

function pOf({ p }: User): number {
  return p;
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
