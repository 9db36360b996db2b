import { describe, expect, it } from "vitest";
import { all, promotedWorse, small } from "./judged-nights.ts";
import { type PoisonName, poisons } from "./poison.ts";
import { poisonedNights } from "./scenarios.ts";

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
});
