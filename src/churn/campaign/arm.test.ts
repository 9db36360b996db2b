import { describe, expect, it } from "vitest";
import { goodnessOfFit } from "../statistics/chi-square.ts";
import { armOf, fewestContacts, fewestUsers, leastShare } from "./arm.ts";

describe("armOf", () => {
  const users = Array.from({ length: 40_000 }, (_, i) => `user-${i}`);
  const controls = (campaign: string, share: number) =>
    users.filter((user) => armOf(campaign, user, share) === "control");

  it("always gives a user the same arm in one campaign", () => {
    expect(users.slice(0, 8).map((user) => armOf("spring", user, 0.5))).toEqual([
      ...["control", "control", "treatment", "treatment"],
      ...["treatment", "treatment", "control", "treatment"],
    ]);
  });

  it("gives as many as it should to the control group", () => {
    for (const share of [0.01, 0.1, 0.2, 0.5]) {
      const count = controls("spring", share).length;
      expect(goodnessOfFit([count, users.length - count], [share, 1 - share])).toBeGreaterThan(0.001);
    }
  });

  it("divides users of one campaign independently of another", () => {
    const inFirst = new Set(controls("spring", 0.2));
    const both = controls("autumn", 0.2).filter((user) => inFirst.has(user)).length;
    expect(goodnessOfFit([both, users.length - both], [0.04, 0.96])).toBeGreaterThan(0.001);
  });

  it("keeps those in the control group when its share grows", () => {
    const large = new Set(controls("spring", 0.3));
    expect(controls("spring", 0.2).every((user) => large.has(user))).toBe(true);
  });
});

describe("fewestUsers", () => {
  it("leaves an arm empty in one of 100 campaigns", () => {
    const campaigns = Array.from({ length: 4_000 }, (_, i) => `campaign-${i}`);
    for (const share of [0.2, 0.5, 0.9]) {
      const users = Array.from({ length: fewestUsers(share) }, (_, i) => `user-${i}`);
      const empty = campaigns.filter((id) => new Set(users.map((user) => armOf(id, user, share))).size < 2).length;
      expect(empty / campaigns.length).toBeLessThan(share === 0.5 ? 0.025 : 0.016);
    }
  });

  it("is what the least share takes, where any share is enough", () => {
    for (const users of [7, 100, 5_000]) expect(fewestUsers(leastShare(users)! + 1e-9)).toBe(users);
    expect(leastShare(6)).toBeUndefined();
  });
});

describe("fewestContacts", () => {
  it("leaves the control group of a list that it ends empty in at most one of 100 campaigns", () => {
    const campaigns = Array.from({ length: 4_000 }, (_, i) => `campaign-${i}`);
    for (const share of [0.2, 0.5, 0.9]) {
      // Without a control group, the user who would be one contact too many is treated as well.
      const users = Array.from({ length: fewestContacts(share) + 1 }, (_, i) => `user-${i}`);
      const empty = campaigns.filter((id) => users.every((user) => armOf(id, user, share) === "treatment")).length;
      expect(empty / campaigns.length).toBeLessThan(0.016);
    }
    expect(fewestContacts(0.2)).toBe(20);
  });
});
