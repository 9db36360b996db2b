import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Economics, gainOf, howManyToContact, type Prospect } from "./how-many.ts";

const economics: Economics = {
  costPerContact: 1,
  incentive: 0,
  takeUp: 1,
  saveRate: { value: 0.2, low: 0.1, high: 0.3 },
};

describe("howManyToContact", () => {
  it("contacts those whose saving pays for the contact, the most worthwhile first", () => {
    const prospects = [
      { probability: 0.1, value: 20 }, // 0.4 - 1
      { probability: 0.9, value: 100 }, // 18 - 1
      { probability: 0.5, value: 30 }, // 3 - 1
      { probability: 0.5, value: 14 }, // 1.4 - 1
    ];
    const { optimum, range, curve, unlimited } = howManyToContact(prospects, economics);
    expect(optimum.contacts).toBe(3);
    expect(optimum.profit).toBeCloseTo(19.4, 10);
    expect(optimum.low).toBeCloseTo(9 + 1.5 + 0.7 - 3, 10);
    expect(optimum.high).toBeCloseTo(27 + 4.5 + 2.1 - 3, 10);
    expect(range).toEqual([2, 3]);
    expect(unlimited).toEqual(optimum);
    expect(curve.map(({ contacts }) => contacts)).toEqual([0, 1, 2, 3, 4]);
    expect(curve[4]?.profit).toBeCloseTo(18.8, 10);
  });

  it("says where the list ends: the last who is worth a contact", () => {
    const prospects = [
      { probability: 0.1, value: 20 },
      { probability: 0.9, value: 100 },
      { probability: 0.5, value: 14 },
    ];
    expect(howManyToContact(prospects, economics).last).toEqual({ probability: 0.5, value: 14 });
    expect(prospects.map((prospect) => gainOf(prospect, economics) > 0)).toEqual([false, true, true]);
    expect(howManyToContact([], economics).last).toBeUndefined();
  });

  it("stops at the capacity", () => {
    const prospects = Array.from({ length: 50 }, () => ({ probability: 0.5, value: 100 }));
    const { optimum, unlimited } = howManyToContact(prospects, { ...economics, capacity: 20 });
    expect([optimum.contacts, unlimited.contacts]).toEqual([20, 50]);
  });

  it("contacts no one where no contact pays", () => {
    const { optimum, range } = howManyToContact([{ probability: 0.5, value: 1 }], economics);
    expect(optimum).toEqual({ contacts: 0, profit: 0, low: 0, high: 0 });
    expect(range).toEqual([0, 0]);
    expect(howManyToContact([], economics).curve).toHaveLength(1);
  });

  it("counts the incentive that those take who would stay anyway", () => {
    const [sure, likely] = [0.9, 0.2].map(
      (probability) =>
        howManyToContact([{ probability, value: 100 }], { ...economics, incentive: 10 }).curve[1]!.profit,
    );
    expect(sure).toBeCloseTo(0.2 * 0.9 * 90 - 0.1 * 10 - 1, 10);
    expect(likely).toBeCloseTo(0.2 * 0.2 * 90 - 0.8 * 10 - 1, 10);
  });

  it("finds no other length more profitable", () => {
    const prospect = fc.record({ probability: fc.double({ min: 0, max: 1, noNaN: true }), value: fc.nat(200) });
    fc.assert(
      fc.property(fc.array(prospect, { maxLength: 60 }), fc.nat(30), (prospects: Prospect[], incentive) => {
        const { optimum, curve } = howManyToContact(prospects, { ...economics, incentive });
        for (const { profit } of curve) expect(profit).toBeLessThanOrEqual(optimum.profit + 1e-9);
      }),
    );
  });
});
