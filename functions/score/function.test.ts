import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import type { ChurnDefinition } from "#churn/definition.ts";
import type { ListedUser } from "#churn/list/listed-user.ts";
import { probabilityOf } from "#churn/model/predict.ts";
import { explainer } from "#churn/reasons/reasons.ts";
import type { Score } from "#churn/score.ts";
import type { UserHistory } from "#churn/user-history.ts";
import { costsOf } from "#runtime/cost-settings.ts";
import { featuresUpdated, modelPromoted, usersScored } from "#runtime/event-kinds.ts";
import { NotYet } from "#runtime/failures.ts";
import { scoreMetrics } from "#runtime/metrics/scores.ts";
import type { AuditEntry } from "#stores/audit/audit.ts";
import type { FeatureRow, RowRange } from "#stores/features/feature-store.ts";
import type { LedgerEntry } from "#stores/ledger/ledger.ts";
import { CorruptModel } from "#stores/models/failures.ts";
import { exampleModel, vectorAway } from "#test/support/example-model.ts";
import { listedUser } from "#test/support/listed-user.ts";
import { MemoryRuns } from "#test/support/memory-runs.ts";
import { toldOf, toldSkips } from "#test/support/told-skips.ts";
import { handle } from "./function.ts";
import type { ScoreServices } from "./services.ts";

const { manifest } = exampleModel();
const updated = featuresUpdated.make({
  id: "p1",
  source: "/lapse/features",
  data: { snapshot: "2024-03-02", users: 2, lapsed: 1, user_days: 9 },
});
const promoted = modelPromoted.make({ id: "p1", source: "/lapse/train", data: { version: manifest.version } });

describe("score", () => {
  it("stores the probability, risk and reasons of every user who is here, and answers with the numbers", async () => {
    const { services, scores } = setUp({ rows: [away("ann", 1), away("bob", 30)], lapsed: 7 });
    const answer = await handle(updated, services);
    expect(scores.map(({ userId, risk }) => [userId, risk])).toEqual([
      ["ann", "low"],
      ["bob", "high"],
    ]);
    expect(answer).toEqual({
      id: "p1",
      source: "/lapse/score/dev.lapse.features.updated",
      type: usersScored.type,
      time: "2024-03-02T01:05:00.000Z",
      data: {
        ...{ model_version: manifest.version, run: Date.parse("2024-03-02T01:05:00.000Z") },
        ...{ users: 2, high: 1, medium: 0, low: 1, lapsed: 7 },
        ...{
          at_risk_from: manifest.thresholds.high,
          slipping_from: manifest.thresholds.medium,
          thresholds_by: "tenth",
        },
      },
    });
  });

  it.each(["rows", "lapsedRows"] as const)(
    "takes nobody from the list after a run that could not read some of the %s",
    async (method) => {
      const { services, listed, pruned } = setUp({ rows: [away("ann", 1), away("bob", 30)] });
      const readAll = services.features[method];
      const features: ScoreServices["features"] = {
        ...services.features,
        async *[method](id: string, range?: RowRange) {
          yield* readAll(id, range);
          range?.onLeftOut?.(1);
        },
      };
      await handle(updated, { ...services, features });
      expect(listed).toHaveLength(2);
      expect(pruned).toEqual([]);
    },
  );

  it("takes nobody from the list after a run of features that could not read some users", async () => {
    const { services, pruned } = setUp({ rows: [away("ann", 1), away("bob", 30)] });
    await services.runs.begin("features", { id: "f1", slices: 1, plan: {} });
    await services.runs.endSlice("features", "f1", 0, { leftOut: 1 });
    await handle(updated, services);
    expect(pruned).toEqual([]);
    await services.runs.begin("features", { id: "f2", slices: 1, plan: {} });
    await services.runs.endSlice("features", "f2", 0, { leftOut: 0 });
    await handle({ ...updated, id: "p2" }, services);
    expect(pruned).toHaveLength(1);
  });

  it("calls at risk whom it pays to contact where costs are set, and keeps by what", async () => {
    const rows = [away("ann", 1), away("bob", 20), away("cat", 30)];
    const [, ofBob = 0] = rows.map(({ values }) => probabilityOf(manifest.parameters, values));
    // 1 is paid for a tenth of what a user is worth.
    const costs = { CONTACT_COST: 1, SAVE_RATE: 0.1, USER_WORTH: 10 / ofBob };
    const { services, scores, audited } = setUp({ rows, costs });
    expect((await handle(updated, services))?.data).toMatchObject({
      ...{ high: 2, thresholds_by: "costs", at_risk_from: expect.closeTo(ofBob, 9) },
    });
    expect(scores.map(({ risk }) => risk)).toEqual([expect.not.stringMatching("high"), "high", "high"]);
    expect(audited).toEqual([
      expect.objectContaining({
        ...{ action: "thresholds.set", target: manifest.version },
        details: expect.objectContaining({ snapshot: "2024-03-02", high: expect.closeTo(ofBob, 9), by: "costs" }),
      }),
    ]);
    // The same run again goes by what it was planned with.
    const again = await handle(updated, { ...services, costs: costsOf({}) });
    expect(again?.data).toMatchObject({ high: 2, thresholds_by: "costs", at_risk_from: expect.closeTo(ofBob, 9) });
  });

  it("calls as many at risk as can be contacted, and tells where values are missing", async () => {
    const rows = [away("ann", 1), away("bob", 20), away("cat", 30)];
    const high = async (costs: Parameters<typeof costsOf>[0], some = rows) => {
      const reply = await handle(updated, setUp({ rows: some, costs }).services);
      return usersScored.read(reply ?? promoted)?.data;
    };
    expect(await high({ CONTACT_COST: 0, CONTACT_CAPACITY: 2, USER_WORTH: 1 })).toMatchObject({
      ...{ high: 2, thresholds_by: "capacity" },
    });
    const worthless = rows.map((row) => ({
      ...row,
      values: row.values.map((value, i) => (manifest.features[i]?.startsWith("value_") ? 0 : value)),
    }));
    expect(await high({ CONTACT_COST: 1 }, worthless)).toMatchObject({
      ...{ thresholds_by: "no-values", at_risk_from: manifest.thresholds.high },
    });
    expect(await high({ CONTACT_COST: 1, USER_WORTH: 1 })).toMatchObject({ high: 0, thresholds_by: "costs" });
    expect(await high({ CONTACT_COST: 0, USER_WORTH: 1 })).toMatchObject({ high: 3, thresholds_by: "costs" });
  });

  it("leaves out a user whose stored features are no numbers, scores all others, and tells who that is", async () => {
    const broken = { ...away("eve", 3), values: vectorAway(manifest, 3).map(() => Number.NaN) };
    const { services, scores } = setUp({ rows: [away("ann", 1), broken, away("bob", 30)] });
    const { skipping, told } = toldSkips();
    expect((await handle(updated, { ...services, skipping }))?.data).toMatchObject({ users: 2 });
    expect(scores.map(({ userId }) => userId)).toEqual(["ann", "bob"]);
    expect(await told()).toEqual(toldOf("score", "eve"));
  });

  it("adds every score to the ledger, before it is shown", async () => {
    const { services, scores, entries } = setUp({ rows: [away("ann", 1), away("bob", 30)] });
    const ledger = {
      ...services.ledger,
      append: async (part: readonly LedgerEntry[]) => {
        expect(scores).toEqual([]);
        entries.push(...part);
      },
    };
    await handle(updated, { ...services, ledger });
    const same = { snapshot: 19_784, modelVersion: manifest.version, role: "champion", state: "here" };
    expect(entries).toEqual(scores.map(({ userId, probability }) => ({ ...same, userId, probability })));
    expect(entries).toHaveLength(2);
  });

  it("lists what lapsed users were worth, by the list before, and by their history where that tells nothing", async () => {
    const gone = ["ann", "bob", "dan", "eve"].map((userId) => ({ userId, lapsed: [19_700], values: [] }));
    const first = 19_700 - manifest.definition.churn.churnDays - 1;
    const known = { state: "lapsed", snapshot: 19_780, value: 7, tenure: 100 } as const;
    const { services, listed, asked } = setUp({
      ...{ rows: [], gone, lapsed: 4 },
      before: [
        listedUser("ann", { ...known, modelVersion: manifest.version }),
        listedUser("dan", { ...known, modelVersion: "another" }),
      ],
      histories: ["bob", "dan"].map((userId) => ({
        ...{ userId, days: [{ day: first, action: "buy", count: 1, value: 30 }] },
      })),
    });
    await handle(updated, services);
    expect(asked).toEqual(["bob", "dan", "eve"]);
    expect(listed.map(({ userId, value, tenure }) => ({ userId, value, tenure }))).toEqual([
      { userId: "ann", value: 7, tenure: 104 },
      { userId: "bob", value: 30, tenure: 19_784 - first },
      { userId: "dan", value: 30, tenure: 19_784 - first },
      { userId: "eve", value: undefined, tenure: undefined },
    ]);
  });

  it("scores with the champion as ever when the challenger cannot be read, and tells so", async () => {
    const { services, scores, entries, warnings } = setUp({ rows: [away("ann", 1)] });
    const metrics = new Registry();
    const models: ScoreServices["models"] = {
      alias: async (name) => ({ version: name === "champion" ? manifest.version : name, movedAt: "", revision: "1" }),
      manifest: async (version) => {
        if (version === manifest.version) return manifest;
        throw new CorruptModel("its sha256 differs");
      },
    };
    const answer = await handle(updated, { ...services, models, metrics: scoreMetrics(metrics) });
    expect(answer?.data).toMatchObject({ model_version: manifest.version, users: 1 });
    expect([scores.length, entries.length, warnings.length]).toEqual([1, 1, 1]);
    expect(await metrics.metrics()).toContain("lapse_shadow_failures_total 1\n");
  });

  it("says so when the champion stands in for a version that cannot be read", async () => {
    const { services, scores, warnings } = setUp({ rows: [away("ann", 1)] });
    const standsInFor = "version v9, which cannot be read";
    const models: ScoreServices["models"] = {
      alias: async (name) =>
        name === "champion" ? { version: manifest.version, movedAt: "", revision: "1", standsInFor } : undefined,
      manifest: async () => manifest,
    };
    await handle(updated, { ...services, models });
    expect(scores.map(({ modelVersion }) => modelVersion)).toEqual([manifest.version]);
    expect(warnings).toEqual([expect.stringContaining(standsInFor)]);
  });

  it("never shows what the challenger scored", async () => {
    const { services, scores, entries } = setUp({ rows: [away("ann", 1), away("bob", 30)] });
    const challenger = { ...manifest, version: "20240602T020000Z-other" };
    const models: ScoreServices["models"] = {
      alias: async (name) => ({ version: name, movedAt: "", revision: "1" }),
      manifest: async (version) => (version === "champion" ? manifest : challenger),
    };
    await handle(updated, { ...services, models });
    expect(scores.map(({ modelVersion }) => modelVersion)).toEqual([manifest.version, manifest.version]);
    expect(entries.filter(({ role }) => role === "challenger").map(({ modelVersion }) => modelVersion)).toEqual([
      challenger.version,
      challenger.version,
    ]);
  });

  it("gives the model its features by name, and what adds most to the risk as reasons", async () => {
    // The set holds one value more than the model knows, and all of them in another order.
    const names = ["something_else", ...manifest.features.toReversed()];
    const vector = vectorAway(manifest, 40);
    const rows = [{ userId: "ann", lapsed: [null], values: [99, ...vector.toReversed()] }];
    const { services, scores } = setUp({ rows, names });
    await handle(updated, services);
    const [score] = scores;
    expect(score).toMatchObject({ userId: "ann", snapshot: 19_784, modelVersion: manifest.version });
    expect(score?.probability).toBe(probabilityOf(manifest.parameters, vector));
    const increasing = explainer(manifest)
      .explain(vector)
      .told.filter(({ contribution }) => contribution > 0);
    expect(increasing.length).toBeGreaterThan(0);
    expect(score?.reasons).toEqual(increasing.slice(0, 3));
  });

  it("scores anew when a model was promoted", async () => {
    const { services, scores } = setUp({ rows: [away("ann", 1)] });
    const answer = await handle(promoted, services);
    expect(scores).toHaveLength(1);
    // Not the identity of the answer to another event of that id.
    expect(answer?.source).not.toBe((await handle(updated, services))?.source);
  });

  it("writes in parts and tells how far it is", async () => {
    const done: number[] = [];
    const rows = Array.from({ length: 4_100 }, (_, n) => away(`u${n}`, 1));
    const { services } = setUp({ rows });
    await handle(updated, { ...services, progress: (count) => void done.push(count) });
    expect(done).toEqual([2_000, 4_000, 4_100]);
  });

  it("has nothing to do without a champion or without features", async () => {
    for (const absent of ["champion", "set"] as const) {
      const { services, scores } = setUp({ rows: [away("ann", 1)], absent });
      expect(await handle(updated, services)).toBeUndefined();
      expect(scores).toEqual([]);
    }
  });

  it("takes scores from users who are here by another definition than the champion's", async () => {
    const populations = [{ churnDays: 60, leadDays: 0, observeDays: 90 }, manifest.definition.churn];
    const rows = [
      { ...away("ann", 1), lapsed: [null, null] },
      { ...away("bob", 55), lapsed: [null, 19_780] },
    ];
    const { services, scores, dropped } = setUp({ rows, lapsed: 3, populations });
    expect((await handle(updated, services))?.data).toMatchObject({ users: 1, lapsed: 4 });
    expect(scores.map(({ userId }) => userId)).toEqual(["ann"]);
    expect(dropped).toEqual(["bob"]);
  });

  it("lists every user, here or lapsed, with what people filter by, and then drops who is no longer stored", async () => {
    const gone = [{ userId: "dan", lapsed: [19_700], values: [] }];
    const { services, scores, listed, pruned } = setUp({ rows: [away("ann", 1), away("bob", 30)], gone });
    await handle(updated, services);
    expect(listed.map(({ userId }) => userId)).toEqual(["ann", "bob", "dan"]);
    expect(listed[1]).toMatchObject({ ...scores[1], state: "here", silence: 30, lapsedSince: undefined });
    const { churnDays } = manifest.definition.churn;
    expect(listed[2]).toMatchObject({ state: "lapsed", lapsedSince: 19_700, silence: 84 + churnDays + 1, reasons: [] });
    expect(listed[2]?.probability).toBeUndefined();
    expect(pruned).toEqual([3]);
  });

  it("waits for a set that knows who is here by the champion's definition", async () => {
    const { services, scores } = setUp({ rows: [away("ann", 1)], populations: [] });
    await expect(handle(updated, services)).rejects.toThrow(NotYet);
    expect(scores).toEqual([]);
  });

  it("waits for features that the champion needs and the set lacks", async () => {
    const { services } = setUp({ rows: [], names: manifest.features.slice(1) });
    await expect(handle(updated, services)).rejects.toThrow(NotYet);
    await expect(handle(updated, services)).rejects.toThrow(`${manifest.features[0]} is not computed yet`);
  });
});

const now = Date.parse("2024-03-02T01:05:00Z");

function away(userId: string, daysSinceLast: number): FeatureRow {
  return { userId, lapsed: [null], values: vectorAway(manifest, daysSinceLast) };
}

interface SetUp {
  readonly rows: readonly FeatureRow[];
  readonly names?: readonly string[];
  readonly absent?: "champion" | "set";
  readonly populations?: readonly ChurnDefinition[];
  /** How many users have no values. */
  readonly lapsed?: number;
  /** Their rows. */
  readonly gone?: readonly FeatureRow[];
  /** What they did. */
  readonly histories?: readonly UserHistory[];
  /** What contacts cost and bring, as settings. */
  readonly costs?: Parameters<typeof costsOf>[0];
  /** The list before. */
  readonly before?: readonly ListedUser[];
}

function setUp(options: SetUp) {
  const { rows, names = manifest.features, absent, populations = [manifest.definition.churn] } = options;
  const { lapsed = 0, histories = [], before = [] } = options;
  const {
    gone = Array.from({ length: lapsed }, (_, n) => ({
      userId: `gone ${n}`,
      lapsed: populations.map(() => 19_700),
      values: [],
    })),
  } = options;
  /** How many were listed when the list was pruned. */
  const pruned: number[] = [];
  const scores: Score[] = [];
  const dropped: string[] = [];
  const entries: LedgerEntry[] = [];
  const listed: ListedUser[] = [];
  const warnings: unknown[] = [];
  const audited: AuditEntry[] = [];
  /** Whose histories were read. */
  const asked: string[] = [];
  const set = { id: "s1", snapshot: 19_784, definition: manifest.definition, populations, names };
  const services: ScoreServices = {
    actions: {
      historiesOf: async (userIds) => {
        asked.push(...userIds);
        return new Map(histories.filter(({ userId }) => userIds.includes(userId)).map((one) => [one.userId, one]));
      },
    },
    features: {
      currentSet: async () => (absent === "set" ? undefined : set),
      latestSet: async () => (absent === "set" ? undefined : set),
      async *rows(id) {
        expect(id).toBe("s1");
        yield* rows;
      },
      async *lapsedRows(id) {
        expect(id).toBe("s1");
        yield* gone;
      },
      countUsers: async () => ({ here: rows.length, lapsed }),
      putScores: async (part) => void scores.push(...part),
      dropScores: async (userIds) => void dropped.push(...userIds),
      lastScoring: async () => 0,
    },
    models: {
      alias: async (name) =>
        absent === "champion" || name !== "champion"
          ? undefined
          : { version: manifest.version, movedAt: "", revision: "1" },
      manifest: async () => manifest,
    },
    ledger: { append: async (part) => void entries.push(...part), firstSnapshot: async () => undefined },
    users: {
      get: async (userIds) =>
        new Map(before.filter(({ userId }) => userIds.includes(userId)).map((one) => [one.userId, one])),
      put: async (part, writtenAt) => {
        // A second run in the same millisecond has the next number.
        expect([now, now + 1]).toContain(writtenAt);
        listed.push(...part);
      },
      prune: async (writtenBefore) => {
        expect([now, now + 1]).toContain(writtenBefore);
        pruned.push(listed.length);
        return 0;
      },
      lastWritten: async () => 0,
    },
    campaigns: { campaigns: async () => [] },
    audit: { append: async (entry) => void audited.push(entry), entries: async function* () {} },
    costs: costsOf(options.costs ?? {}),
    runs: new MemoryRuns(() => now),
    slicing: { slices: undefined, publish: undefined },
    logger: {
      info: () => undefined,
      warn: (_: unknown, message?: string) => void warnings.push(message),
    },
    now: () => now,
  };
  return { services, scores, dropped, entries, listed, pruned, warnings, asked, audited };
}
