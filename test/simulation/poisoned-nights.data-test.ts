import { describe, expect, it } from "vitest";
import { all, promotedWorse, small } from "./judged-nights.ts";
import { type PoisonName, poisons } from "./poison.ts";
import { forgetfulNights, poisonedNights } from "./scenarios.ts";

// Real trainings, on small logs so that all nights together take minutes; `npm run simulate` runs them on larger ones.

describe("the gate, night after night", () => {
  it.each(Object.keys(poisons).filter((name): name is PoisonName => Object.hasOwn(poisons, name)))(
    "promotes nothing worse in ten nights on a log that goes wrong for a month: %s",
    async (poison) => {
      const nights = await all(poisonedNights(small, poison, 10));
      expect(nights.filter(({ champion }) => champion !== undefined)).toHaveLength(10);
      expect(promotedWorse(nights)).toEqual([]);
      expect(nights.some(({ version }) => (version.decision.frozen ?? []).length > 0)).toBe(true);
    },
  );

  it("promotes nothing worse where the contest alone would: a model that knows less, after three months of outcomes inverted", async () => {
    const nights = await all(forgetfulNights({ ...small, users: 1000 }, 4));
    // Surely better than the plain rate, recency alone and the champion, and yet surely worse.
    const wouldServe = nights.filter(
      ({ champion, version, truth }) =>
        champion !== undefined && (truth()?.low ?? 0) > 0 && version.decision.checks?.every(({ passed }) => passed),
    );
    expect(wouldServe.length).toBeGreaterThan(0);
    for (const { isPromoted, version } of wouldServe) {
      expect(isPromoted).toBe(false);
      expect(version.decision.frozen?.map(({ cause }) => cause)).toContain("champion_loss");
    }
    expect(promotedWorse(nights)).toEqual([]);
  });
});
