import { describe, expect, it } from "vitest";
import { dayOf, parseDay } from "#churn/day.ts";
import { exampleManifest } from "#test/support/example-model.ts";
import { featuresOf } from "#test/support/features-of.ts";
import { readActions } from "./actions-instance.ts";

const manifest = exampleManifest();
const now = Date.UTC(2024, 5, 1, 12);

const actions = [
  { action: "login", timestamp: "2024-05-08T09:00:00Z" },
  { action: "purchase", timestamp: "2024-05-30T23:30:00-02:00", value: 12.5 },
  { action: "login", timestamp: "2024-06-01T08:00:00Z" },
];

const history = {
  userId: "",
  days: [
    { day: parseDay("2024-05-08")!, action: "login", count: 1, value: 0 },
    { day: parseDay("2024-05-31")!, action: "purchase", count: 1, value: 12.5 },
    { day: parseDay("2024-06-01")!, action: "login", count: 1, value: 0 },
  ],
};

function vector(instance: { actions: unknown; at?: unknown }, of = manifest) {
  const read = readActions({ actions: instance.actions, at: instance.at }, of, now);
  return read.kind === "vector" ? read.values : read.kind === "invalid" ? read.error : read;
}

describe("an instance of actions", () => {
  it("has the features of the rolled-up history, up to and with today", () => {
    expect(vector({ actions })).toEqual(featuresOf(history, dayOf(now) + 1, manifest.definition));
    expect(vector({ actions: actions.toReversed() })).toEqual(vector({ actions }));
  });

  it("has those before the start of the day of `at`, a date or a moment", () => {
    const expected = featuresOf(history, parseDay("2024-05-31")!, manifest.definition);
    expect(vector({ actions, at: "2024-05-31" })).toEqual(expected);
    expect(vector({ actions, at: "2024-05-31T22:00:00Z" })).toEqual(expected);
    expect(expected).not.toEqual(vector({ actions }));
  });

  it("is brought into the order of the model's features", () => {
    const features = ["trend_90d", "days_since_last"];
    const all = featuresOf(history, dayOf(now) + 1, manifest.definition);
    const expected = features.map((name) => all[manifest.features.indexOf(name)]);
    expect(vector({ actions }, exampleManifest({ features }))).toEqual(Float64Array.from(expected as number[]));
  });

  it("takes what ingest takes: times as numbers, and further fields", () => {
    const seconds = { user_id: "ana", action: "login", timestamp: Date.UTC(2024, 4, 30) / 1000, value: null };
    const milliseconds = { action: "login", timestamp: Date.UTC(2024, 4, 30), shop: 7 };
    expect(vector({ actions: [seconds] })).toEqual(vector({ actions: [milliseconds] }));
    expect(vector({ actions: [seconds, milliseconds] })).toEqual(vector({ actions: [seconds] }));
    for (const timestamp of [20_240_530, "2024-05-30", "2024-05-30 00:00:00", Date.UTC(2024, 4, 30) * 1000])
      expect(vector({ actions: [{ ...milliseconds, timestamp }] })).toEqual(vector({ actions: [milliseconds] }));
    const valued = { ...milliseconds, action: " login ", value: "12.5", passive: "no" };
    expect(vector({ actions: [valued] })).toEqual(vector({ actions: [{ ...milliseconds, value: 12.5 }] }));
  });

  it("says which action is wrong, and how", () => {
    const errorWith = (action: object) => vector({ actions: [actions[0], { ...actions[1], ...action }] });
    expect(errorWith({ timestamp: "yesterday" })).toMatch(/^actions\[1\]\.timestamp must be an ISO 8601 time/);
    expect(errorWith({ timestamp: " NULL " })).toBe("actions[1].timestamp is required.");
    expect(errorWith({ timestamp: -5 })).toMatch(/^actions\[1\]\.timestamp/);
    expect(errorWith({ timestamp: "2024-06-02T12:00:01Z" })).toMatch(/^actions\[1\]\.timestamp is more than a day/);
    expect(errorWith({ action: "" })).toMatch(/^actions\[1\]\.action/);
    expect(errorWith({ action: "x".repeat(129) })).toMatch(/^actions\[1\]\.action/);
    expect(errorWith({ value: "cheap" })).toMatch(/^actions\[1\]\.value must be a number/);
    expect(errorWith({ event_id: "x".repeat(1025) })).toMatch(/^actions\[1\]\.event_id is longer/);
    expect(errorWith({ passive: "perhaps" })).toMatch(/^actions\[1\]\.passive must be true or false/);
    expect(vector({ actions: [7] })).toBe("actions[0] must be an object.");
    expect(vector({ actions: [] })).toMatch(/^actions/);
    expect(vector({ actions: "login" })).toMatch(/^actions/);
    expect(vector({ actions, at: "soon" })).toMatch(/^at: must be an ISO 8601 date/);
  });

  it("is of a user who has lapsed after a churn window without an action", () => {
    expect(vector({ actions, at: "2024-07-01" })).toBeInstanceOf(Float64Array);
    const lapsed = { kind: "lapsed", since: parseDay("2024-07-02") };
    expect(vector({ actions, at: "2024-07-02" })).toEqual(lapsed);
    expect(vector({ actions, at: "2025-07-02" })).toEqual(lapsed);
  });

  it("is the same whatever the business did to the user", () => {
    const sent = [
      { action: "email", timestamp: "2024-05-31T09:00:00Z", passive: true },
      { action: "login", timestamp: "2024-05-31T10:00:00Z", value: 9, passive: true },
    ];
    expect(vector({ actions: [...actions, ...sent] })).toEqual(vector({ actions }));
    expect(vector({ actions: sent })).toMatch(/no action of the user's own before/);
    const named = sent.map(({ passive, ...action }) => ({ ...action, action: "email_offer" }));
    const { churn } = manifest.definition;
    const owner = exampleManifest({
      definition: { ...manifest.definition, churn: { ...churn, passive: ["email_*"] } },
    });
    expect(vector({ actions: [...actions, ...named] }, owner)).toEqual(vector({ actions }));
    expect(vector({ actions: [...actions, ...named] })).not.toEqual(vector({ actions }));
  });

  it("has lapsed by the action that churn is, and not by silence", () => {
    const { definition } = manifest;
    const leaving = exampleManifest({ definition: { ...definition, churn: { ...definition.churn, action: "stop" } } });
    const read = (more: object[], at: string) => readActions({ actions: [...actions, ...more], at }, leaving, now).kind;
    expect(read([], "2024-12-31")).toBe("vector");
    const stopped = [{ action: "stop", timestamp: "2024-05-20T09:00:00Z" }];
    expect(read(stopped, "2024-05-20")).toBe("vector");
    expect(readActions({ actions: [...actions, ...stopped], at: "2024-05-31" }, leaving, now)).toEqual({
      kind: "lapsed",
      since: parseDay("2024-05-20"),
    });
  });

  it("is of a user of whom nothing is known before their first action", () => {
    expect(vector({ actions, at: "2024-05-08" })).toBe(
      "There is no action of the user's own before 2024-05-08: nothing is known of them then.",
    );
  });
});
