import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { bucketOf } from "#churn/action.ts";
import { dayOf, parseDay } from "#churn/day.ts";
import { featureNames } from "#churn/features/features.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { planSplit } from "#churn/training/split.ts";
import type { UserHistory } from "#churn/user-history.ts";
import { featuresPing, featuresUpdated } from "#runtime/event-kinds.ts";
import { createLogger } from "#runtime/logging.ts";
import { skippedUserMetrics } from "#runtime/metrics/skipped-users.ts";
import type { FeatureRow, FeatureSet, NewFeatureRow } from "#stores/features/feature-store.ts";
import type { AliasName } from "#stores/models/model-store.ts";
import { exampleModel } from "#test/support/example-model.ts";
import { featuresOf } from "#test/support/features-of.ts";
import { MemoryRuns } from "#test/support/memory-runs.ts";
import { handle } from "./function.ts";
import type { FeaturesServices } from "./services.ts";

const churn = { churnDays: 30, leadDays: 0, observeDays: 60 };
const snapshot = parseDay("2024-03-02")!;
const ping = featuresPing.make({
  id: "p1",
  source: "/ping",
  time: "2024-03-02T01:00:00Z",
  data: { through: "yesterday" },
});
/** Last seen 1, 30, 31 and 200 days before the snapshot. */
const histories = [
  history("ann", [1, "login"], [70, "purchase"]),
  history("bob", [30, "login"]),
  history("cat", [31, "login"]),
  history("dan", [200, "purchase"]),
];

describe("features", () => {
  it("stores the features of every user who is here, and since when the others have lapsed", async () => {
    const { services, stored, sets } = setUp({ histories });
    expect(await handle(ping, services)).toEqual({
      id: "p1",
      source: "/lapse/features",
      type: featuresUpdated.type,
      time: "2024-03-02T01:05:00.000Z",
      data: { snapshot: "2024-03-02", users: 2, lapsed: 2, user_days: 5 },
    });
    const definition = { churn, actions: ["login", "purchase"] };
    const names = featureNames(definition);
    expect(sets).toEqual([{ id: expect.any(String), snapshot, definition, populations: [churn], names }]);
    expect([...stored.values()]).toEqual([
      { userId: "ann", lapsed: [null], values: [...featuresOf(histories[0]!, snapshot, definition)] },
      { userId: "bob", lapsed: [null], values: [...featuresOf(histories[1]!, snapshot, definition)] },
      { userId: "cat", lapsed: [snapshot], values: [] },
      { userId: "dan", lapsed: [snapshot - 169], values: [] },
    ]);
  });

  it("deletes nobody's features after a run that could not read some users, who would pass for former ones", async () => {
    const { services, calls } = setUp({ histories });
    const { histories: readAll } = services.actions;
    const actions: FeaturesServices["actions"] = {
      ...services.actions,
      async *histories(range) {
        yield* readAll(range);
        range?.onLeftOut?.(1);
      },
    };
    await handle(ping, { ...services, actions });
    expect(calls).toEqual(["rollUp", "putSet", "put 4", "completeSet"]);
    expect((await services.runs.newest("features"))?.ended).toMatchObject([{ counts: { leftOut: 1 } }]);
  });

  it("reads nothing of the day that has begun", async () => {
    const today = { userId: "eve", days: [{ day: snapshot, action: "login", count: 1, value: 0 }] };
    const { services, stored } = setUp({ histories: [...histories, today], lastDay: snapshot });
    expect((await handle(ping, services))?.data).toMatchObject({ snapshot: "2024-03-02" });
    expect(stored.has("eve")).toBe(false);
  });

  it("takes the day after the last action where the log ends earlier", async () => {
    const { services } = setUp({ histories, lastDay: snapshot - 1 });
    const answer = await handle({ ...ping, time: "2026-01-01T01:00:00Z" }, services);
    expect(answer?.data).toMatchObject({ snapshot: "2024-03-02" });
  });

  it("gives features to actions that were frequent before the first day that the next model is judged on", async () => {
    const later = setUp({ histories, firstDay: snapshot - 200, lastDay: snapshot + 1 });
    await handle(ping, later.services);
    expect(later.chosenAt).toEqual([planSplit(snapshot - 200, snapshot - 1, churn).test[0]]);
    expect(later.chosenAt[0]).toBeLessThanOrEqual(snapshot - 30);
    const short = setUp({ histories, firstDay: snapshot - 89 });
    await handle(ping, short.services);
    expect(short.chosenAt).toEqual([snapshot]);
  });

  it("goes by the clock when the event has no time", async () => {
    const { services } = setUp({ histories, lastDay: snapshot + 5 });
    const { time, ...timeless } = ping;
    expect((await handle(timeless, services))?.data).toMatchObject({ snapshot: "2024-03-02" });
  });

  it("computes what the champion and the challenger need as well, each name once", async () => {
    const own = { churnDays: 31, leadDays: 0, observeDays: 61 };
    const champion = exampleModel({ definition: { churn: own, actions: ["search"] } }).manifest;
    const { services, stored, sets } = setUp({ histories, models: { champion, challenger: champion } });
    await handle(ping, services);
    const { names } = sets[0]!;
    const expected = [...featureNames({ churn: own, actions: ["search"] }), ...featureNames(sets[0]!.definition)];
    expect([...names].sort()).toEqual([...new Set(expected)].sort());
    expect(sets[0]?.populations).toEqual([own, churn]);
    // Cat is here by the champion's definition only.
    expect([...stored.values()].map(({ lapsed }) => lapsed)).toEqual([
      [null, null],
      [null, null],
      [null, snapshot],
      [snapshot - 168, snapshot - 169],
    ]);
    const champions = featureNames({ churn: own, actions: ["search"] });
    const wanted = featuresOf(histories[2]!, snapshot, { churn: own, actions: ["search"] });
    expect(champions.map((name) => stored.get("cat")?.values[names.indexOf(name)])).toEqual([...wanted]);
  });

  it("keeps what the champion needs when other actions become passive, and takes them for nothing in the next model", async () => {
    const passive = ["search*"];
    const champion = exampleModel({ definition: { churn, actions: ["login"] } }).manifest;
    const searching = history("sam", [40, "login"], [2, "search_result"]);
    const { services, stored, sets } = setUp({
      histories: [...histories, searching, history("tim", [1, "search"])],
      models: { champion },
    });
    await handle(ping, { ...services, churn: { ...churn, passive } });
    const { definition, populations, names } = sets[0]!;
    expect(definition.churn).toEqual({ ...churn, passive });
    expect(populations).toEqual([churn, { ...churn, passive }]);
    const sam = stored.get("sam")!;
    expect(sam.lapsed).toEqual([null, snapshot - 9]);
    expect(sam.values[names.indexOf("days_since_last")]).toBe(2);
    expect(sam.values[names.indexOf("days_since_last without search*")]).toBe(40);
    // Here for the champion only: for the next model they have never been.
    expect(stored.get("tim")?.lapsed).toEqual([null, snapshot - 1]);
  });

  it("knows nothing of users who have passive actions only, and says of those who left by an action since when", async () => {
    const users = [
      history("ann", [90, "login"]),
      history("tim", [1, "search"]),
      history("una", [9, "stop"], [2, "login"]),
    ];
    const { services, stored, sets } = setUp({ histories: users });
    await handle(ping, { ...services, churn: { ...churn, action: "stop", passive: ["search"] } });
    expect([...stored.keys()]).toEqual(["ann", "una"]);
    expect([...stored.values()].map(({ lapsed }) => lapsed)).toEqual([[null], [snapshot - 9]]);
    expect(sets[0]?.definition.actions).toEqual(["login", "purchase"]);
  });

  it("has no feature of the action that churn is", async () => {
    const { services, sets } = setUp({ histories });
    await handle(ping, { ...services, churn: { ...churn, action: "login" } });
    // One action is left, of which the features of all say the same.
    expect(sets[0]?.definition.actions).toEqual([]);
  });

  it("tells the state once for definitions with the same outcome", async () => {
    const champion = exampleModel({ definition: { churn: { ...churn, observeDays: 90 }, actions: [] } }).manifest;
    const { services, sets } = setUp({ histories, models: { champion } });
    await handle(ping, services);
    expect(sets[0]?.populations).toEqual([{ ...churn, observeDays: 90 }]);
  });

  it("has features look back on what the log allows, unless that is set", async () => {
    const { services, sets } = setUp({ histories });
    await handle(ping, { ...services, churn: { churnDays: 30, leadDays: 0 } });
    expect(sets[0]?.definition.churn).toEqual({ churnDays: 30, leadDays: 0, observeDays: 120 });
  });

  it("names the set by what asked for it, and by definitions", async () => {
    const ids = new Set<string>();
    const { manifest } = exampleModel();
    for (const options of [{ histories }, { histories }, { histories, models: { champion: manifest } }]) {
      const { services, sets } = setUp(options);
      await handle(ping, services);
      ids.add(sets[0]!.id);
    }
    expect(ids.size).toBe(2);
    const { services, sets } = setUp({ histories });
    await handle({ ...ping, id: "p2" }, services);
    expect(ids).not.toContain(sets[0]!.id);
  });

  it("rolls up first, writes in parts, prunes last, and tells how far it is", async () => {
    const many = Array.from({ length: 17_000 }, (_, n) => history(`u${n}`, [3, "login"]));
    const { services, calls, progress } = setUp({ histories: many });
    await handle(ping, services);
    expect(calls).toEqual(["rollUp", "putSet", "put 8192", "put 8192", "put 616", "prune", "completeSet"]);
    expect(progress.at(-1)).toEqual([17_000, 17_000]);
  });

  it("leaves out a user whose features cannot be computed, and tells who that is", async () => {
    const eve = { userId: "eve", days: [{ day: snapshot - 2, action: "purchase", count: 1, value: Number.NaN }] };
    const { services, stored } = setUp({ histories: [eve, ...histories] });
    const lines: string[] = [];
    const logger = createLogger(
      { service: "t", level: "warn" },
      { stream: { write: (line) => void lines.push(line) }, friendly: false },
    );
    const metrics = new Registry();
    const answer = await handle(ping, { ...services, skipping: { logger, skippedUsers: skippedUserMetrics(metrics) } });
    expect(answer?.data).toMatchObject({ users: 2, lapsed: 2 });
    expect([...stored.keys()]).toEqual(["ann", "bob", "cat", "dan"]);
    expect(lines.join()).toContain("features left out users with whom it cannot work: 1.");
    expect(lines.join()).toContain('"user.id":"eve"');
    expect(await metrics.metrics()).toContain('lapse_users_skipped_total{function="features"} 1');
  });

  it("has nothing to say of an empty log", async () => {
    const { services, calls } = setUp({ histories: [] });
    expect(await handle(ping, services)).toBeUndefined();
    expect(calls).toEqual(["rollUp"]);
  });
});

function history(userId: string, ...days: readonly (readonly [number, string])[]): UserHistory {
  const sorted = days.toSorted(([a], [b]) => b - a);
  return { userId, days: sorted.map(([ago, action]) => ({ day: snapshot - ago, action, count: 1, value: 0 })) };
}

interface SetUp {
  readonly histories: readonly UserHistory[];
  readonly firstDay?: number;
  readonly lastDay?: number;
  readonly models?: Partial<Record<AliasName, ModelManifest>>;
}

/** Stores in memory, and what was done to them. */
function setUp({ histories, firstDay = 0, lastDay = snapshot - 1, models = {} }: SetUp) {
  const chosenAt: number[] = [];
  const calls: string[] = [];
  const sets: FeatureSet[] = [];
  const stored = new Map<string, FeatureRow>();
  const progress: [number, number][] = [];
  const told: string[] = [];
  const now = Date.parse("2024-03-02T01:05:00Z");
  const users = histories.length;
  const services: FeaturesServices = {
    actions: {
      rollUp: async () => {
        calls.push("rollUp");
        return { userDays: 5, users };
      },
      extent: async () => (users === 0 ? undefined : { actions: 9, users, firstDay, lastDay }),
      usersBefore: async (day) => {
        chosenAt.push(day);
        return {
          users,
          actions: [
            { action: "login", users: 3 },
            { action: "purchase", users: 2 },
          ],
        };
      },
      async *histories(range = {}) {
        const before = range.before ?? Number.POSITIVE_INFINITY;
        const { fromBucket = 0, beforeBucket = 256 } = range;
        for (const { userId, days } of histories) {
          if (bucketOf(userId) < fromBucket || bucketOf(userId) >= beforeBucket) continue;
          const seen = days.filter(({ day }) => day < before);
          if (seen.length > 0) yield { userId, days: seen };
        }
      },
    },
    features: {
      putSet: async (set) => {
        calls.push("putSet");
        sets.push(set);
      },
      lastNumber: async () => 0,
      put: async (id: string, rows: readonly NewFeatureRow[]) => {
        expect(id).toBe(sets[0]?.id);
        calls.push(`put ${rows.length}`);
        for (const row of rows) stored.set(row.userId, { ...row, values: Array.from(row.values) });
      },
      completeSet: async (id) => {
        expect(id).toBe(sets[0]?.id);
        calls.push("completeSet");
      },
      prune: async (id) => {
        expect(id).toBe(sets[0]?.id);
        calls.push("prune");
        return 0;
      },
    },
    models: {
      alias: async (name) => (models[name] ? { version: name, movedAt: "", revision: "1" } : undefined),
      manifest: async (version) => models[version as AliasName]!,
    },
    runs: new MemoryRuns(() => now),
    slicing: { slices: undefined, publish: undefined },
    logger: { info: (_: unknown, message?: string) => void told.push(message ?? "") },
    churn,
    now: () => now,
    progress: (done, total) => void progress.push([done, total]),
  };
  expect(dayOf(services.now())).toBe(snapshot);
  return { services, calls, sets, stored, progress, told, chosenAt };
}
