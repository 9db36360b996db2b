import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { createLogger } from "./logging.ts";
import { skippedUserMetrics } from "./metrics/skipped-users.ts";
import { SkippedUsers } from "./skipped-users.ts";

function setUp() {
  const metrics = new Registry();
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ service: "test", level: "info" }, { stream, friendly: false });
  const skipped = new SkippedUsers("features", { logger, skippedUsers: skippedUserMetrics(metrics) });
  return { skipped, lines, text: () => metrics.metrics() };
}

const fail = (reason: string) => () => {
  throw new RangeError(reason);
};

describe("users that a run leaves out", () => {
  it("are counted and named, with what was wrong with the first", async () => {
    const { skipped, lines, text } = setUp();
    expect(skipped.attempt("ann", () => 4)).toBe(4);
    expect(skipped.attempt("bob", fail("too large"))).toBeUndefined();
    expect(skipped.attempt("cy", fail("too old"))).toBeUndefined();
    skipped.tell({ "event.id": "e1" });
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      "log.level": "warn",
      "event.id": "e1",
      message: "features left out users with whom it cannot work: 2. This is the first.",
      "user.id": "bob",
      error: { message: "too large" },
    });
    // A person can find, and erase, whatever a log holds of one user.
    expect(JSON.parse(lines[1] ?? "")).toMatchObject({
      "event.id": "e1",
      message: "features left out this user as well.",
      "user.id": "cy",
    });
    expect(await text()).toContain('lapse_users_skipped_total{function="features"} 2');
  });

  it("are not told of where there are none, and not all named where there are many", () => {
    const { skipped, lines } = setUp();
    skipped.tell();
    expect(lines).toEqual([]);
    for (let n = 0; n < 5_000; n++) skipped.attempt(`u${n}`, fail("x"));
    skipped.tell();
    const entries = lines.map((line) => JSON.parse(line));
    expect(entries[0].message).toMatch(/: 5000\./);
    expect(entries.map((entry) => entry["user.id"])).toEqual(Array.from({ length: 10 }, (_, n) => `u${n}`));
    for (const { message } of entries) expect(message).not.toMatch(/\bu\d/);
  });
});
