import { describe, expect, it } from "vitest";
import { backoff, parseDuration } from "./delivery.ts";

describe("backoff", () => {
  const delivery = { retries: 4, backoffDelay: 200, timeout: 1000 };

  it("doubles from the delay itself when exponential", () => {
    const waits = [0, 1, 2, 3].map((made) => backoff({ ...delivery, backoff: "exponential" }, made));
    expect(waits).toEqual([200, 400, 800, 1600]);
  });

  it("grows by the delay from nothing when linear", () => {
    const waits = [0, 1, 2, 3].map((made) => backoff({ ...delivery, backoff: "linear" }, made));
    expect(waits).toEqual([0, 200, 400, 600]);
  });
});

describe("a duration", () => {
  it.each([
    ["PT0.5S", 500],
    ["PT605S", 605_000],
    ["PT1M", 60_000],
    ["PT1H30M", 5_400_000],
    ["P1DT2H", 93_600_000],
    ["P2D", 172_800_000],
  ])("of %s has %i milliseconds", (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each(["", "P", "PT", "P1DT", "5s", "PT5", "P1M", "P1Y", "-PT5S", "PT5S ", "pt5s"])("is not %j", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});
