import { describe, expect, it } from "vitest";
import { all, promotedWorse, small } from "./judged-nights.ts";
import { cleanNights, improvableNights, othersOf } from "./scenarios.ts";
import { expectedDifference } from "./truth.ts";

// As poisoned-nights.data-test.ts, in a file of its own so that both run at once.

/** Of whom 2,000 are here at a time. */
const large = { ...small, users: 4400 };

describe("the gate, night after night", () => {
  it("promotes nothing worse in ninety nights on a sound log", async () => {
    const nights = await all(cleanNights(small, 90));
    expect(nights.filter(({ champion }) => champion !== undefined)).toHaveLength(90);
    expect(promotedWorse(nights)).toEqual([]);
  });

  it("takes a real improvement of .01 within thirty nights on 2,000 users", async () => {
    for await (const { morning, version, isPromoted, champion } of improvableNights(large, 30)) {
      if (!isPromoted || champion === undefined) continue;
      // Really .01, to the rounding: neither greater, which would be easier to find, nor just anything that is better.
      const truth = expectedDifference(version, champion, othersOf({ ...large, others: 10_000 }), morning);
      expect(truth.value).toBeLessThan(-0.007);
      expect(truth.value).toBeGreaterThan(-0.012);
      expect(truth.high).toBeLessThan(-0.005);
      return;
    }
    expect.unreachable("No night's model took the champion's place.");
  });
});
