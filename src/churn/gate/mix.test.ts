import { describe, expect, it } from "vitest";
import { randomFrom } from "../random.ts";
import { mixOff } from "./mix.ts";
import type { Pulse } from "./pulse.ts";

const random = randomFrom("mix");

/** Actions drawn by these shares. */
function week(actions: number, shares: readonly number[]) {
  const kinds = shares.map(() => 0);
  for (let drawn = 0; drawn < actions; drawn++) {
    let left = random();
    const kind = shares.findIndex((share) => {
      left -= share;
      return left < 0;
    });
    kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  return { actions, users: actions, kinds };
}

function pulseOf(actions: number, newest: readonly number[], count = 1): Pulse {
  const usual = [0.6, 0.3, 0.1, 0];
  const weeks = Array.from({ length: 24 }, (_, at) => week(actions, at < count ? newest : usual));
  return { lastDay: 999, weeks };
}

describe("the mix of actions of a week", () => {
  it("is off when one was renamed or is missing, and not when all are as they were", () => {
    expect(mixOff(pulseOf(2000, [0, 0.3, 0.1, 0.6]), 0)).toBeGreaterThan(1);
    expect(mixOff(pulseOf(2000, [0, 0.75, 0.25, 0]), 0)).toBeGreaterThan(0.25);
    expect(mixOff(pulseOf(2000, [0.6, 0.3, 0.1, 0]), 0)).toBeUndefined();
    expect(mixOff(pulseOf(2000, [0.5, 0.35, 0.15, 0]), 0)).toBeUndefined();
  });

  it("is not off by the chance of a small log", () => {
    const found = Array.from({ length: 200 }, () => mixOff(pulseOf(25, [0.6, 0.3, 0.1, 0]), 0));
    expect(found.filter((psi) => psi !== undefined)).toEqual([]);
  });

  it("is usual again once it has lasted", () => {
    expect(mixOff(pulseOf(2000, [0, 0.3, 0.1, 0.6], 9), 0)).toBeUndefined();
  });

  it("is not known of a log that has only begun, or of a week with few actions", () => {
    expect(mixOff({ lastDay: 6, weeks: [week(100, [1])] }, 0)).toBeUndefined();
    expect(mixOff(pulseOf(15, [0, 0, 0, 1]), 0)).toBeUndefined();
  });
});
