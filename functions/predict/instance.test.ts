import { describe, expect, it } from "vitest";
import { exampleManifest } from "#test/support/example-model.ts";
import { parseInstance } from "./instance.ts";

const manifest = exampleManifest({ features: ["days_since_last", "trend_90d", "actions_30d"] });
const now = Date.UTC(2024, 5, 1, 12);

function parse(instance: unknown) {
  return parseInstance(instance, manifest, now);
}

function errorOf(instance: unknown): string {
  const parsed = parse(instance);
  return parsed.kind === "invalid" ? parsed.error : `no error but ${parsed.kind}`;
}

describe("an instance", () => {
  it("is a vector in the model's order", () => {
    expect(parse([5, -0.5, 1e3])).toEqual({ kind: "vector", values: Float64Array.of(5, -0.5, 1000) });
  });

  it("is features by name, in any order", () => {
    const features = { actions_30d: 12, days_since_last: 5, trend_90d: 0 };
    expect(parse({ features })).toEqual({ kind: "vector", values: Float64Array.of(5, 0, 12) });
    expect(parse({ features, user_id: "ana" })).toMatchObject({ kind: "vector", userId: "ana" });
  });

  it("is the id of a stored user, as text or as a whole number", () => {
    expect(parse({ user_id: "ana" })).toEqual({ kind: "stored", userId: "ana" });
    expect(parse({ user_id: 17 })).toEqual({ kind: "stored", userId: "17" });
  });

  it("is of a user who has lapsed where the days since the last action say so", () => {
    expect(parse([30, 0, 12])).toMatchObject({ kind: "vector" });
    expect(parse([31, 0, 12])).toEqual({ kind: "lapsed", userId: undefined });
    expect(parse({ user_id: "ana", features: { actions_30d: 0, days_since_last: 31, trend_90d: 0 } })).toEqual({
      kind: "lapsed",
      userId: "ana",
    });
  });

  it("names the value of a vector that is wrong", () => {
    expect(errorOf([5, "x", 1])).toContain("Value 1 of the vector, trend_90d,");
    expect(errorOf([5, null, 1])).toContain("trend_90d");
    expect(errorOf([5, 1, Number.POSITIVE_INFINITY])).toContain("actions_30d");
    expect(errorOf([5, 1])).toContain("takes 3");
  });

  it("names the features that are missing, no numbers, or unknown", () => {
    expect(errorOf({ features: { trend_90d: "up", days_since_last: 1, shoe_size: 44, hat: 3 } })).toBe(
      "features: missing: actions_30d; not a finite number: trend_90d; not of this model: shoe_size, hat.",
    );
    expect(errorOf({ features: { trend_90d: null, days_since_last: 1, actions_30d: 2 } })).toBe(
      "features: not a finite number: trend_90d.",
    );
    expect(errorOf({ features: [1, 2, 3] })).toContain("must be an object");
  });

  it("is refused when it says nothing, too much or something strange", () => {
    for (const instance of [null, 3, "ana", true]) expect(errorOf(instance)).toContain("must be an object or a vector");
    expect(errorOf({})).toContain("needs user_id, features or actions");
    expect(errorOf({ features: {}, actions: [] })).toContain("not both");
    expect(errorOf({ user_id: "ana", at: "2024-01-01" })).toContain("at goes with actions");
    expect(errorOf({ userid: "ana" })).toContain("no field userid");
    for (const user_id of ["", "x".repeat(257), 1.5, 2 ** 60, {}, null]) {
      expect(errorOf({ user_id })).toContain("user_id must be");
    }
  });
});
