import { describe, expect, it } from "vitest";
import { randomFrom } from "../random.ts";
import { PulseTaker } from "./pulse.ts";
import { volumeOff } from "./volume.ts";

/** A log of whole weeks, oldest first, by their actions; the last is week 0. */
function pulseOf(weeks: readonly number[]) {
  const beats = weeks.map((actions) => ({ actions, users: actions / 2, kinds: [actions] }));
  return { lastDay: 7 * weeks.length - 1, weeks: beats.reverse() };
}

const steady = (count: number) => new Array<number>(count).fill(1000);

describe("the volume of a week", () => {
  it("is off when half of the log is missing, or comes twice", () => {
    expect(volumeOff(pulseOf([...steady(20), 500]), 0)).toEqual({ measure: "actions", ratio: 0.5 });
    expect(volumeOff(pulseOf([...steady(20), 2000]), 0)).toEqual({ measure: "actions", ratio: 2 });
    expect(volumeOff(pulseOf([...steady(20), 700]), 0)).toBeUndefined();
  });

  it("is off when fewer users come, however much they do", () => {
    const { lastDay, weeks } = pulseOf(steady(20));
    const [newest, ...former] = weeks.map((week, at) => (at === 0 ? { ...week, users: 200 } : week));
    expect(volumeOff({ lastDay, weeks: newest ? [newest, ...former] : [] }, 0)).toEqual({
      measure: "users",
      ratio: 0.4,
    });
  });

  it("is not off as a bad month ends, and is usual again once it has lasted", () => {
    // Of five weeks, the fifth begins to be usual.
    const bad = pulseOf([...steady(20), 500, 500, 500, 500, 500, 1000, 1000]);
    expect([...bad.weeks.keys()].filter((week) => volumeOff(bad, week))).toEqual([3, 4, 5, 6]);
    const lasting = pulseOf([...steady(20), ...new Array<number>(10).fill(500)]);
    expect(volumeOff(lasting, 0)).toBeUndefined();
  });

  it("is not off in a season that the log had a year before as well, but without it", () => {
    const year = [...steady(20), 500, 500, ...steady(30)];
    expect(volumeOff(pulseOf([...year, ...steady(20), 500]), 0)).toBeUndefined();
    expect(volumeOff(pulseOf([...steady(52), ...steady(20), 500]), 0)).toBeDefined();
  });

  it("is not off where weeks differ as much anyway, where little is done, or where little is known", () => {
    const random = randomFrom("uneven");
    const uneven = Array.from({ length: 20 }, () => Math.round(1000 * Math.exp(2 * random() - 1)));
    expect(volumeOff(pulseOf([...uneven, 500]), 0)).toBeUndefined();
    expect(volumeOff(pulseOf([...new Array<number>(20).fill(10), 4]), 0)).toBeUndefined();
    expect(volumeOff(pulseOf([...steady(3), 100]), 0)).toBeUndefined();
  });

  it("does not mind that a log grows", () => {
    const growing = Array.from({ length: 30 }, (_, week) => 100 * 1.06 ** week);
    expect(volumeOff(pulseOf(growing), 0)).toBeUndefined();
  });
});

describe("the pulse of a log", () => {
  it("counts whole weeks that end with its last day: actions, users by day, and actions by name", () => {
    const taker = new PulseTaker({ firstDay: 0, lastDay: 15 }, ["read"]);
    const day = (at: number, action: string, count: number) => ({ day: at, action, count, value: 0 });
    taker.add({ userId: "ana", days: [day(1, "read", 9), day(2, "read", 2), day(2, "write", 3), day(15, "read", 1)] });
    taker.add({ userId: "ben", days: [day(2, "draw", 4), day(8, "read", 5), day(99, "read", 7)] });
    expect(taker.pulse()).toEqual({
      lastDay: 15,
      weeks: [
        { actions: 1, users: 1, kinds: [1, 0] },
        { actions: 14, users: 3, kinds: [7, 7] },
      ],
    });
  });
});
