import { describe, expect, it } from "vitest";
import { calibrationError } from "../metrics/calibration-error.ts";
import { sigmoid } from "../model/logistic.ts";
import { randomFrom } from "../random.ts";
import { type Coefficients, fitLogistic } from "../training/fit-logistic.ts";
import { armOf } from "./arm.ts";
import { copiesOf, type Enrolment, rowWeight } from "./protect.ts";

const churn = { churnDays: 30, leadDays: 0 };

describe("rowWeight", () => {
  const enrolment = (arm: Enrolment["arm"], from: number): Enrolment => ({
    arm,
    controlShare: 0.2,
    from,
    before: from + 30,
  });

  it("leaves out treated rows whose outcome the campaign may have changed, and no others", () => {
    const treated = [enrolment("treatment", 100)];
    const weights = [70, 71, 100, 129, 130].map((snapshot) => rowWeight(treated, snapshot, churn));
    expect(weights).toEqual([1, 0, 0, 0, 1]);
    expect(rowWeight(treated, 120, { churnDays: 30, leadDays: 10 })).toBe(1);
  });

  it("lets controls stand in for the treated, of several campaigns for each", () => {
    expect(rowWeight([enrolment("control", 100)], 100, churn)).toBe(5);
    expect(rowWeight([enrolment("control", 100), enrolment("control", 120)], 110, churn)).toBe(25);
    expect(rowWeight([enrolment("control", 100), enrolment("treatment", 120)], 110, churn)).toBe(0);
    expect(rowWeight([], 100, churn)).toBe(1);
  });
});

describe("copiesOf", () => {
  it("has the weight as its mean, and is the same every time", () => {
    const copies = Array.from({ length: 20_000 }, (_, i) => copiesOf(3.3, `user-${i}`, 100));
    expect(new Set(copies)).toEqual(new Set([3, 4]));
    expect(copies.reduce((a, b) => a + b, 0) / copies.length).toBeCloseTo(3.3, 1);
    expect(copies.slice(0, 50)).toEqual(copies.slice(0, 50).map((_, i) => copiesOf(3.3, `user-${i}`, 100)));
    expect([copiesOf(0, "ann", 1), copiesOf(1, "ann", 1), copiesOf(5, "ann", 1)]).toEqual([0, 1, 5]);
  });
});

describe("a year of campaigns, each of which saves a third of those contacted who would have left", () => {
  const without = simulate({ campaigns: false, isProtected: false });
  const unprotected = simulate({ campaigns: true, isProtected: false });
  const protectedly = simulate({ campaigns: true, isProtected: true });

  it("leaves a model as well calibrated among those who are not contacted as none would, if training is protected", () => {
    expect(without.error).toBeLessThan(0.015);
    expect(protectedly.error).toBeLessThan(0.015);
    // Of those most at risk, whom campaigns are made for.
    expect(Math.abs(protectedly.promised / protectedly.happened - 1)).toBeLessThan(0.07);
  });

  it("spoils a model whose training is not", () => {
    expect(unprotected.error).toBeGreaterThan(0.025);
    expect(unprotected.promised / unprotected.happened).toBeLessThan(0.87);
  });
});

interface Row {
  readonly x: readonly number[];
  readonly y: number;
  readonly copies: number;
}

/**
 * Twelve months of 6,000 users. Each month, the fifth with the highest probability is divided into arms, and a model is
 * fitted to the last six months. Returns how it is calibrated on users of a further month, of whom nobody is contacted.
 */
function simulate({ campaigns, isProtected }: { readonly campaigns: boolean; readonly isProtected: boolean }) {
  const random = randomFrom("a year");
  const months: Row[][] = [];
  let model: Coefficients | undefined;
  const newUsers = (month: number, count: number) =>
    Array.from({ length: count }, (_, i) => {
      const x = [gaussian(random), gaussian(random)];
      // Whether the user leaves this month if nothing is done.
      const leaves = random() < sigmoid(-1.6 + 1.1 * (x[0] ?? 0) - 0.6 * (x[1] ?? 0));
      return { userId: `user-${month}-${i}`, x, leaves };
    });
  for (let month = 0; month < 12; month++) {
    const snapshot = 30 * month;
    const users = newUsers(month, 6_000);
    const scored = users.map((user) => ({ ...user, score: model === undefined ? 0 : probability(model, user.x) }));
    const threshold = scored.map(({ score }) => score).sort((a, b) => b - a)[1_200] ?? 1;
    const rows = scored.map(({ userId, x, leaves, score }): Row => {
      const isEnrolled = campaigns && model !== undefined && score > threshold;
      const arm = armOf(`campaign-${month}`, userId, 0.2);
      const isSaved = isEnrolled && arm === "treatment" && leaves && random() < 1 / 3;
      const enrolments: Enrolment[] = isEnrolled
        ? [{ arm, controlShare: 0.2, from: snapshot, before: snapshot + 30 }]
        : [];
      const weight = isProtected ? rowWeight(enrolments, snapshot, churn) : 1;
      return { x, y: leaves && !isSaved ? 1 : 0, copies: copiesOf(weight, userId, snapshot) };
    });
    months.push(rows);
    model = learned(months.slice(-6).flat());
  }
  const later = newUsers(12, 40_000);
  const p = later.map(({ x }) => (model === undefined ? 0 : probability(model, x)));
  const y = later.map(({ leaves }) => (leaves ? 1 : 0));
  const riskiest = p
    .map((_, i) => i)
    .sort((a, b) => (p[b] ?? 0) - (p[a] ?? 0))
    .slice(0, 8_000);
  const mean = (values: readonly number[]) => riskiest.reduce((sum, i) => sum + (values[i] ?? 0), 0) / riskiest.length;
  return { error: calibrationError(y, p), promised: mean(p), happened: mean(y) };
}

function learned(rows: readonly Row[]): Coefficients {
  const repeated = rows.flatMap((row) => Array.from({ length: row.copies }, () => row));
  return fitLogistic({
    x: Float64Array.from(repeated.flatMap(({ x }) => features(x))),
    y: Uint8Array.from(repeated, ({ y }) => y),
    width: features([0, 0]).length,
    l2: 1,
  });
}

function probability({ weights, intercept }: Coefficients, x: readonly number[]): number {
  return sigmoid(features(x).reduce((sum, value, j) => sum + value * (weights[j] ?? 0), intercept));
}

/** Enough for a model to learn what the campaigns do to the outcomes of those at risk. */
function features([a = 0, b = 0]: readonly number[]): number[] {
  return [a, b, a * a, b * b, a * b, Math.max(0, a), Math.max(0, a - 1)];
}

function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
