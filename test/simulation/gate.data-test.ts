import { describe, expect, it } from "vitest";
import { type PoisonName, poisons } from "./poison.ts";
import { cleanNights, improvableNights, type JudgedNight, poisonedNights, type Size } from "./scenarios.ts";

// Real trainings, on small logs so that all nights together take minutes; `npm run simulate` runs them on larger ones.

const small: Size = { users: 300, others: 2000, seed: "1" };
const large: Size = { ...small, users: 2000, others: 4000 };

async function all(nights: AsyncIterable<JudgedNight>): Promise<JudgedNight[]> {
  const found: JudgedNight[] = [];
  for await (const night of nights) found.push(night);
  return found;
}

/** Nights whose model took the champion's place, and really is worse. */
function promotedWorse(nights: readonly JudgedNight[]): JudgedNight[] {
  return nights.filter(({ isPromoted, truth }) => isPromoted && truth !== undefined && truth.value > 0);
}

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

  it("promotes nothing worse in ninety nights on a sound log", async () => {
    const nights = await all(cleanNights(small, 90));
    expect(nights.filter(({ champion }) => champion !== undefined)).toHaveLength(90);
    expect(promotedWorse(nights)).toEqual([]);
  });

  it("takes a real improvement of .01 within thirty nights on 2,000 users", async () => {
    for await (const { isPromoted, champion, truth } of improvableNights(large, 30)) {
      if (!isPromoted || champion === undefined) continue;
      // What is taken is no greater than it is said to be.
      expect(truth?.value).toBeGreaterThan(-0.011);
      expect(truth?.value).toBeLessThan(0);
      return;
    }
    expect.unreachable("No night's model took the champion's place.");
  });
});
