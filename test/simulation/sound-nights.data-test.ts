import { describe, expect, it } from "vitest";
import { all, promotedWorse, small } from "./judged-nights.ts";
import { cleanNights, improvableNights } from "./scenarios.ts";

// As poisoned-nights.data-test.ts, in a file of its own so that both run at once.

const large = { ...small, users: 2000, others: 4000 };

describe("the gate, night after night", () => {
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
