import { describe, expect, it } from "vitest";
import { InvalidInput, TooLittleToLearn } from "#churn/failure.ts";
import { digest, usersScored } from "./event-kinds.ts";
import type { LapseEvent } from "./events.ts";
import type { EventHandler } from "./function-definition.ts";
import { type RunEntry, recordedRuns } from "./recorded-runs.ts";

const ping: LapseEvent = { id: "1", source: "/ping", type: "dev.example.ping" };
const scored = usersScored.make({
  ...{ id: "1", source: "/score" },
  data: { model_version: "v1", users: 3, high: 1, medium: 0, low: 2, lapsed: 4 },
});

function setUp(handle: EventHandler<LapseEvent, object>, options?: { always: boolean }, fails = false) {
  const entries: RunEntry[] = [];
  let time = 10_000;
  const audit = {
    append: async (entry: RunEntry) => {
      if (fails) throw new Error("The store is away.");
      entries.push(entry);
    },
  };
  const recorded = recordedRuns("score", handle, options);
  const services = { audit, now: () => (time += 1_500) };
  return { entries, run: () => recorded(ping, services) };
}

describe("recordedRuns", () => {
  it("keeps how long a run took and what it told in numbers", async () => {
    const { entries, run } = setUp(async () => scored);
    expect(await run()).toBe(scored);
    expect(entries).toMatchObject([
      {
        ...{ action: "run.ended", target: "score", at: 13_000 },
        details: { seconds: 1.5, users: 3, model_version: "v1", followed_by: usersScored.type },
      },
    ]);
  });

  it("counts all slices of a run that the last one ends", async () => {
    const { entries, run } = setUp(async () => ({ ...scored, time: new Date(4_000).toISOString() }));
    await run();
    expect(entries).toMatchObject([{ at: 13_000, details: { seconds: 9 } }]);
    // Delivered again: under the id that is there already, which the audit does not take twice.
    await run();
    expect(entries[1]?.id).toBe(entries[0]?.id);
  });

  it("names no user, neither of a list nor of a failure's message", async () => {
    const top = [{ user_id: "ann", probability: 0.9, reasons: [] }];
    const { entries, run } = setUp(async () => ({ ...ping, type: digest.type, data: { here: 1, top } }));
    await run();
    const failing = setUp(async () => {
      throw new InvalidInput("The history of ann cannot be read.");
    });
    await expect(failing.run()).rejects.toThrow("ann");
    expect(failing.entries).toMatchObject([{ action: "run.failed", details: { failure: "InvalidInput (invalid)" } }]);
    expect(JSON.stringify([entries, failing.entries])).not.toContain("ann");
  });

  it("tells in words that there is too little to learn from, which is about no user", async () => {
    const failing = setUp(async () => {
      throw new TooLittleToLearn("The log is too short.");
    });
    await expect(failing.run()).rejects.toThrow(TooLittleToLearn);
    expect(failing.entries).toMatchObject([{ action: "run.failed", details: { failure: "The log is too short." } }]);
  });

  it("keeps runs without an answer only where it is told to", async () => {
    const [quiet, always] = [setUp(async () => undefined), setUp(async () => undefined, { always: true })];
    await quiet.run();
    await always.run();
    expect([quiet.entries.length, always.entries.length]).toEqual([0, 1]);
  });

  it("does not fail a run that cannot be recorded", async () => {
    expect(await setUp(async () => scored, undefined, true).run()).toBe(scored);
  });
});
