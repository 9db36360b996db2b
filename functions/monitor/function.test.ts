import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { bucketOf } from "#churn/action.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { probabilityOf } from "#churn/model/predict.ts";
import { featuresUpdated, modelPromoted, modelRejected, usersScored } from "#runtime/event-kinds.ts";
import type { LapseEvent } from "#runtime/events.ts";
import { NotYet } from "#runtime/failures.ts";
import { backupMetrics } from "#runtime/metrics/backups.ts";
import { driftMetrics } from "#runtime/metrics/drift.ts";
import { aliasMetrics } from "#runtime/metrics/models.ts";
import { promiseMetrics } from "#runtime/metrics/promises.ts";
import { type AuditEntry, auditEntry, isWithin } from "#stores/audit/audit.ts";
import { StoreFull } from "#stores/failures.ts";
import type { FeatureRow } from "#stores/features/feature-store.ts";
import { exampleModel, vectorAway } from "#test/support/example-model.ts";
import { MemoryRuns } from "#test/support/memory-runs.ts";
import { psi } from "#test/support/psi.ts";
import { toldOf, toldSkips } from "#test/support/told-skips.ts";
import { handle, type MonitorServices } from "./function.ts";

const { manifest } = exampleModel();
const challenger: ModelManifest = { ...manifest, version: "other", created: "2024-07-01T02:00:00.000Z" };
const updated: LapseEvent = { id: "p1", source: "/lapse/features", type: featuresUpdated.type };
const now = Date.parse("2024-03-02T01:05:00Z");

describe("monitor", () => {
  it("measures each feature and the probabilities against the champion's reference, and answers nothing", async () => {
    const rows = [1, 3, 40, 55, 60].map((days, n) => away(`u${n}`, days));
    const { services, samples } = setUp({ rows });
    expect(await handle(updated, services)).toBeUndefined();
    const j = manifest.features.indexOf("days_since_last");
    const expected = psi(
      manifest.reference.features[j]!,
      rows.map(({ values }) => values[j]!),
    );
    expect(expected).toBeGreaterThan(0);
    expect((await samples('lapse_drift_psi{feature="days_since_last"}'))[0]).toBeCloseTo(expected, 12);
    expect(await samples("lapse_drift_psi{")).toHaveLength(manifest.features.length);
    const probabilities = rows.map(({ values }) => probabilityOf(manifest.parameters, values));
    expect((await samples("lapse_score_drift_psi"))[0]).toBeCloseTo(
      psi(manifest.reference.probability, probabilities),
      12,
    );
    expect(await samples("lapse_drift_last_success_timestamp_seconds")).toEqual([now / 1000]);
  });

  it("leaves out a user whose stored features are no numbers, and tells who that is", async () => {
    const broken = { ...away("eve", 3), values: vectorAway(manifest, 3).map(() => Number.NaN) };
    const whole = setUp({ rows: [away("ann", 3)] });
    const { services, text } = setUp({ rows: [broken, away("ann", 3)] });
    const { skipping, told } = toldSkips();
    await handle(updated, { ...services, skipping });
    await handle(updated, whole.services);
    expect(await told()).toEqual(toldOf("monitor", "eve"));
    expect(await text()).toBe(await whole.text());
  });

  it("leaves out users who have lapsed by the champion's definition", async () => {
    const { services, samples } = setUp({ rows: [away("ann", 3), { ...away("bob", 40), lapsed: [19_780] }] });
    await handle(updated, services);
    const j = manifest.features.indexOf("days_since_last");
    const expected = psi(manifest.reference.features[j]!, [3]);
    expect((await samples('lapse_drift_psi{feature="days_since_last"}'))[0]).toBeCloseTo(expected, 12);
  });

  it("finds the model's features by name, and leaves out what the set lacks", async () => {
    const names = ["something_else", ...manifest.features.slice(1).toReversed()];
    const rows = [{ userId: "ann", lapsed: [null], values: [99, ...vectorAway(manifest, 40).slice(1).toReversed()] }];
    const { services, samples } = setUp({ rows, names });
    await handle(updated, services);
    const j = manifest.features.indexOf("days_since_last");
    expect((await samples('lapse_drift_psi{feature="days_since_last"}'))[0]).toBeCloseTo(
      psi(manifest.reference.features[j]!, [40]),
      12,
    );
    expect(await samples("lapse_drift_psi{")).toHaveLength(manifest.features.length - 1);
    expect(await samples("lapse_score_drift_psi")).toEqual([]);
  });

  it.each([usersScored.type, modelPromoted.type, modelRejected.type])(
    "tells on %s how good the models at the aliases are, and since when they are there",
    async (type) => {
      const { services, samples } = setUp({ rows: [], models: { champion: manifest, challenger } });
      await handle({ ...updated, type }, services);
      const { auc, logLoss } = manifest.test;
      expect(await samples('lapse_model_quality{alias="champion",metric="auc"}')).toEqual([auc.value]);
      expect(await samples('lapse_model_quality{alias="challenger",metric="log_loss"}')).toEqual([logLoss.value]);
      expect(await samples('lapse_model_peer_quality{alias="champion",peer="recency",metric="log_loss"}')).toEqual([
        manifest.peers?.recency.logLoss.value,
      ]);
      expect(await samples('lapse_model_peer_quality{alias="champion",peer="plain_rate",metric="auc"}')).toEqual([0.5]);
      expect(await samples("lapse_model_created_timestamp_seconds")).toEqual([
        Date.parse(manifest.created) / 1000,
        Date.parse(challenger.created) / 1000,
      ]);
      // Nobody has features: there is nothing to tell of drift.
      expect(await samples("lapse_drift")).toEqual([]);
    },
  );

  it("tells how good the champion is by now, from its comparison with the last model that was refused", async () => {
    const decision = { ...manifest.decision, champion: manifest.version, championAuc: 0.61, championLogLoss: 0.6 };
    const test = { ...manifest.test, snapshots: ["2025-03-01"] };
    const store = { champion: manifest, challenger: { ...challenger, decision, test } };
    const { services, samples } = setUp({ rows: [], models: store });
    await handle(updated, services);
    expect(await samples('lapse_champion_recent_quality{metric="auc"}')).toEqual([0.61]);
    expect(await samples('lapse_champion_recent_quality{metric="log_loss"}')).toEqual([0.6]);
    expect(await samples('lapse_champion_recent_peer_quality{peer="recency",metric="auc"}')).toEqual([
      challenger.peers?.recency.auc.value,
    ]);
    expect(await samples("lapse_champion_recent_snapshot_timestamp_seconds")).toEqual([
      Date.parse("2025-03-01") / 1000,
    ]);
  });

  it("tells what the last training found broken, and whether the champion stands, until another champion serves", async () => {
    const found = {
      frozen: [{ cause: "volume" as const, verdict: "half is missing" }],
      standing: { stands: false, reexamined: true, verdict: "not proved" },
    };
    const decision = {
      ...manifest.decision,
      champion: manifest.version,
      championAuc: 0.61,
      championLogLoss: 0.6,
      ...found,
    };
    const store = { champion: manifest, challenger: { ...challenger, decision } };
    const { services, samples } = setUp({ rows: [], models: store });
    await handle(updated, services);
    expect(await samples('lapse_promotion_frozen{cause="volume"}')).toEqual([1]);
    expect(await samples('lapse_promotion_frozen{cause="champion_loss"}')).toEqual([0]);
    expect(await samples("lapse_champion_stands")).toEqual([0]);
    const { services: later } = setUp({ rows: [], models: { champion: challenger, challenger: store.challenger } });
    await handle(updated, { ...services, models: later.models });
    expect(await samples("lapse_promotion_frozen")).toEqual([0, 0, 0]);
    expect(await samples("lapse_champion_stands")).toEqual([]);
  });

  it("forgets a challenger that is no more, and changes nothing when an event comes twice", async () => {
    const store = { champion: manifest, challenger };
    const { services, samples, text } = setUp({ rows: [away("ann", 3)], models: store });
    await handle(updated, services);
    const first = await text();
    await handle(updated, services);
    expect(await text()).toBe(first);
    const { services: later } = setUp({ rows: [away("ann", 3)] });
    await handle(updated, { ...services, models: later.models });
    expect(await samples('lapse_model_quality{alias="challenger"')).toEqual([]);
    expect(await samples('lapse_model_quality{alias="champion"')).toHaveLength(4);
  });

  it("keeps the drift of a day, once, with the features that have drifted most", async () => {
    const { services, entries } = setUp({ rows: [away("ann", 3)] });
    await handle(updated, services);
    // Another pod.
    await handle(updated, { ...services, drift: driftMetrics(new Registry()) });
    expect(entries).toHaveLength(2);
    expect(new Set(entries.map(({ id }) => id)).size).toBe(1);
    expect(entries[0]).toMatchObject({ action: "drift.measured", target: manifest.version });
    const { probability, ...features } = entries[0]?.details ?? {};
    expect(probability).toBeGreaterThan(0);
    expect(Object.keys(features)).toHaveLength(5);
    expect(auditEntry.safeParse(entries[0]).success).toBe(true);
  });

  it("keeps the drift when it is sent again what could not be kept at first", async () => {
    const { services, entries } = setUp({ rows: [away("ann", 3)] });
    const full = new StoreFull("adding to the audit", { cause: new Error("No room.") });
    const audit = { ...services.audit, append: () => Promise.reject(full) };
    await expect(handle(updated, { ...services, audit })).rejects.toBe(full);
    await handle(updated, services);
    expect(entries.map(({ action }) => action)).toEqual(["drift.measured"]);
  });

  it("reads the same rows once for a champion, as it is promoted and once its scores are there", async () => {
    const { services, samples, runs } = setUp({ rows: [away("ann", 3)] });
    let reads = 0;
    const rows: typeof services.features.rows = (id, range) => {
      reads += 1;
      return services.features.rows(id, range);
    };
    const counting = { ...services, features: { ...services.features, rows } };
    await handle({ ...updated, type: modelPromoted.type }, counting);
    expect(reads).toBe(1);
    const measured = await samples("lapse_drift_psi");
    await handle({ ...updated, type: usersScored.type }, { ...counting, now: () => now + 1_000 });
    expect(reads).toBe(1);
    expect(await samples("lapse_drift_psi")).toEqual(measured);
    expect(await samples("lapse_drift_last_success_timestamp_seconds")).toEqual([now / 1000 + 1]);
    await runs.begin("features", { id: "next", slices: 1, plan: {} });
    await runs.endSlice("features", "next", 0, {});
    await handle(updated, counting);
    expect(reads).toBe(2);
    const other = { ...challenger, version: "third" };
    const { models } = setUp({ rows: [], models: { champion: other } }).services;
    await handle(updated, { ...counting, models });
    expect(reads).toBe(3);
  });

  it("measures drift on whole buckets with 200,000 users of more", async () => {
    const rows = Array.from({ length: 8_000 }, (_, n) => away(`user-${n}`, n % 30));
    const all = setUp({ rows });
    await handle(updated, all.services);
    // Those of other buckets would be told.
    const broken = rows.map((row) =>
      bucketOf(row.userId) < 64 ? row : { ...row, values: row.values.map(() => Number.NaN) },
    );
    const { services, samples } = setUp({ rows: broken, users: 800_000 });
    const { skipping, told } = toldSkips();
    await handle(updated, { ...services, skipping });
    expect((await told()).messages).toEqual([]);
    const [sampled, whole] = [await samples("lapse_drift_psi"), await all.samples("lapse_drift_psi")];
    expect(sampled).toHaveLength(whole.length);
    for (const [i, psi] of sampled.entries()) expect(Math.abs(psi - whole[i]!)).toBeLessThan(0.3);
  });

  it("has nothing to tell without a model", async () => {
    const { services, samples } = setUp({ rows: [away("ann", 3)], models: {} });
    await handle(updated, services);
    expect(await samples("lapse_")).toEqual([]);
  });

  it("asks to come again when the features are replaced while it reads them", async () => {
    const { services, samples } = setUp({ rows: [away("ann", 3)] });
    let asked = 0;
    const currentSet = async () => {
      const set = await services.features.currentSet();
      return set && { ...set, id: asked++ === 0 ? "s1" : "s2" };
    };
    const racing = { ...services, features: { ...services.features, currentSet } };
    await expect(handle(updated, racing)).rejects.toThrow(NotYet);
    expect(await samples("lapse_drift")).toEqual([]);
  });

  it("waits while rows of the set make way for those of the next one", async () => {
    const { services, samples, runs } = setUp({ rows: [away("a", 1)] });
    await runs.begin("features", { id: "next", slices: 1, plan: {} });
    await handle(updated, services);
    expect(await samples("lapse_drift")).toEqual([]);
    await runs.endSlice("features", "next", 0, {});
    await handle(updated, services);
    expect(await samples("lapse_drift")).not.toEqual([]);
  });

  it("tells when the next backup is due, where backups are taken regularly", async () => {
    const { services, samples, entries } = setUp({ rows: [away("a", 1)] });
    const taken = { at: now - 3_600_000, action: "backup.taken", who: "ana", from: "host", target: "/backups/1" };
    entries.push({ ...taken, id: "b1", details: { bytes: 5 } });
    await handle(updated, services);
    expect(await samples("lapse_backup_due_timestamp_seconds")).toEqual([]);
    entries.push({ ...taken, id: "b2", details: { bytes: 5, everyDays: 1 } });
    await handle(updated, services);
    expect(await samples("lapse_backup_due_timestamp_seconds")).toEqual([now / 1000 + 23 * 3_600]);
  });

  it("measures what is left of the set when the run that replaces it was abandoned, whichever buckets that are", async () => {
    const last = Array.from({ length: 400 }, (_, n) => away(`user-${n}`, n % 60)).filter(
      ({ userId }) => bucketOf(userId) >= 250,
    );
    expect(last.length).toBeGreaterThan(0);
    const { services, samples, runs } = setUp({ rows: last, users: 4_000_000 });
    await runs.begin("features", { id: "next", slices: 2, plan: {} });
    await handle(updated, { ...services, now: () => now + 20 * 60_000 });
    expect(await samples("lapse_drift")).not.toEqual([]);
  });
});

function away(userId: string, daysSinceLast: number): FeatureRow {
  return { userId, lapsed: [null], values: vectorAway(manifest, daysSinceLast) };
}

interface SetUp {
  readonly rows: readonly FeatureRow[];
  /** How many users the store says that there are; as many as `rows` by default. */
  readonly users?: number;
  readonly names?: readonly string[];
  readonly models?: { readonly champion?: ModelManifest; readonly challenger?: ModelManifest };
}

function setUp({ rows, users, names = manifest.features, models = { champion: manifest } }: SetUp) {
  const metrics = new Registry();
  const manifests = Object.values(models);
  const entries: AuditEntry[] = [];
  const runs = new MemoryRuns(() => now);
  const services: MonitorServices = {
    features: {
      currentSet: async () => ({
        id: "s1",
        snapshot: 19_784,
        definition: manifest.definition,
        populations: [manifest.definition.churn],
        names,
      }),
      async *rows(id, range) {
        expect(id).toBe("s1");
        const { fromBucket = 0, beforeBucket = 256 } = range ?? {};
        yield* rows.filter(({ userId }) => bucketOf(userId) >= fromBucket && bucketOf(userId) < beforeBucket);
      },
      countUsers: async () => ({ here: users ?? rows.length, lapsed: 0 }),
    },
    models: {
      alias: async (name) => models[name] && { version: models[name].version, movedAt: "", revision: "1" },
      manifest: async (version) => manifests.find((one) => one.version === version)!,
    },
    runs,
    now: () => now,
    actions: { extent: async () => undefined, historiesOf: async () => new Map() },
    campaigns: {
      campaigns: async () => [],
      assignmentsOf: async () => new Map(),
      async *assignments() {},
      recordResult: async () => undefined,
    },
    logger: { info: () => undefined },
    ledger: {
      batches: async () => [],
      nights: async () => [],
      async *entries() {},
      appendOutcomes: async () => undefined,
      appendNights: async () => undefined,
    },
    audit: {
      append: async (entry) => void entries.push(entry),
      async *entries(range) {
        yield* entries.toReversed().filter((entry) => isWithin(entry, range ?? {}));
      },
    },
    backups: backupMetrics(metrics),
    drift: driftMetrics(metrics),
    aliasMetrics: aliasMetrics(metrics),
    promises: promiseMetrics(metrics),
  };
  /** The values of the series whose line begins so. */
  const samples = async (start: string) =>
    (await metrics.metrics())
      .split("\n")
      .filter((line) => line.startsWith(start))
      .map((line) => Number(line.slice(line.lastIndexOf(" ") + 1)));
  return { runs, services, samples, entries, text: () => metrics.metrics() };
}
