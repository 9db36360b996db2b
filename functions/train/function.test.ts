import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serialize } from "node:v8";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Action } from "#churn/action.ts";
import { parseDay, startOf } from "#churn/day.ts";
import { InvalidInput } from "#churn/failure.ts";
import { randomFrom } from "#churn/random.ts";
import { growHere } from "#churn/training/fit-family.ts";
import { type TrainingResult, trainAndJudge } from "#churn/training/train-and-judge.ts";
import { modelPromoted, modelRejected, trainPing } from "#runtime/event-kinds.ts";
import { NotYet } from "#runtime/failures.ts";
import type { ActionStore } from "#stores/actions/action-store.ts";
import { DuckDbActionStore } from "#stores/actions/duckdb/action-store.ts";
import { openDuckDb } from "#stores/connections/duckdb/database.ts";
import { DuckDbFeatureStore } from "#stores/features/duckdb/feature-store.ts";
import type { FeatureStore } from "#stores/features/feature-store.ts";
import { DirectoryModelStore } from "#stores/models/directory/model-store.ts";
import { CorruptModel } from "#stores/models/failures.ts";
import { comparedIn } from "#stores/models/graph.ts";
import type { ModelStore } from "#stores/models/model-store.ts";
import { exampleNote } from "#test/support/example-note.ts";
import { handle, type TrainServices } from "./function.ts";
import type { Trainer } from "./learn.ts";

const churn = { churnDays: 10, leadDays: 0, observeDays: 20 };
const firstDay = parseDay("2024-01-01") ?? 0;
let folder: string;
let services: TrainServices & { readonly actions: ActionStore; readonly features: FeatureStore };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-train-"));
  const now = () => startOf(firstDay + 200);
  const database = await openDuckDb(":memory:");
  services = {
    actions: await DuckDbActionStore.open(database, { now }),
    features: await DuckDbFeatureStore.open(database),
    models: await DirectoryModelStore.open(folder, { now }),
    now,
    // As good as a thread, and sooner begun; two tests train in one.
    trainer: trainOnce,
  };
});

const trained = new Map<string, Promise<TrainingResult>>();

/** Most tests begin with the same task, of which the same model comes each time. */
const trainOnce: Trainer = (task, progress) => {
  const key = createHash("sha256").update(serialize(task)).digest("hex");
  const result = trained.get(key) ?? trainAndJudge(task, growHere, progress);
  trained.set(key, result);
  return result;
};

const inThread = { trainer: undefined };

afterEach(async () => {
  await services.actions.close();
  await rm(folder, { recursive: true });
});

function ping(id: string) {
  const time = `2024-07-01T02:30:0${id}Z`;
  return trainPing.make({ id, source: "/pingsources/train", time, data: { through: "yesterday" } });
}

/** Users who come nearly daily, and from some day on hardly or not at all; slower ones are nearer to leaving. */
function actionsOf(users: number, days: number): Action[] {
  const random = randomFrom("train");
  return Array.from({ length: users }, (_, u) => {
    const leaves = random() * 1.5 * days;
    return Array.from({ length: days }, (_, day) => day)
      .filter((day) => random() < (day < leaves - 15 ? 0.7 : day < leaves ? 0.25 : 0))
      .map((day) => ({
        userId: `user ${u}`,
        action: random() < 0.5 ? "read" : "write",
        time: startOf(firstDay + day),
      }));
  }).flat();
}

async function fill(actions: readonly Action[]): Promise<void> {
  await services.actions.append(actions);
  await services.actions.rollUp();
  const definition = { churn, actions: ["read", "write"] };
  await services.features.putSet({ id: "set", snapshot: firstDay + 100, definition, populations: [churn], names: [] });
  await services.features.completeSet("set");
}

describe("train", () => {
  it("publishes a first model that is better than the plain rate, and puts it into service", async () => {
    await fill(actionsOf(300, 100));
    const answer = await handle(ping("1"), { ...services, ...inThread });
    expect(answer).toMatchObject({ type: modelPromoted.type, source: "/lapse/train" });
    const champion = await services.models.alias("champion");
    expect(answer?.subject).toBe(champion?.version);
    const { manifest } = await services.models.model(champion?.version ?? "");
    expect(manifest.heldTo).toBe(comparedIn(manifest));
    expect(manifest.test.auc.value).toBeGreaterThan(0.7);
    const { recency } = manifest.peers ?? {};
    const { auc, logLoss, rows: judged, snapshots } = manifest.test;
    expect(answer?.data).toMatchObject({
      ...{ auc_low: auc.low, auc_high: auc.high, log_loss_low: logLoss.low, log_loss_high: logLoss.high },
      ...{ rows: judged, snapshots },
      ...{ recency_auc: recency?.auc.value, recency_log_loss: recency?.logLoss.value },
      plain_rate_log_loss: manifest.peers?.plainRate.logLoss.value,
    });
    expect(manifest.test.snapshots).toEqual(["2024-03-15", "2024-03-19", "2024-03-23", "2024-03-27", "2024-03-31"]);
    // What serves has learned from the snapshots of the test; what was judged on them knew of no outcome after the first.
    expect(manifest.training.snapshots).toContain("2024-03-31");
    expect(manifest.proof?.snapshots.at(-1)).toBe("2024-03-05");
    expect(manifest.proof?.parameters).not.toEqual(manifest.parameters);
    expect(manifest.peers?.recency.rows).toBe(manifest.test.rows);
    expect(manifest.training.gradientNorm).toBeLessThan(1e-8);
    expect(await services.models.report(manifest.version)).toContain(manifest.version);
    // At risk as on the desk: a tenth of who is here, and not the third who are at medium risk or more.
    const bands = (manifest.segments ?? []).flatMap((segments) => segments.bands);
    const known = bands.filter(({ shareAtRisk }) => shareAtRisk !== null);
    const rows = known.reduce((sum, band) => sum + band.rows, 0);
    const atRisk = known.reduce((sum, band) => sum + band.rows * (band.shareAtRisk?.value ?? 0), 0);
    expect(atRisk / rows).toBeGreaterThan(0.02);
    expect(atRisk / rows).toBeLessThan(0.2);
    for (const { quality } of bands) if (quality !== null) expect(quality.recencyAuc?.low).toBeGreaterThan(0);
  });

  it("handles the same event again without another version", async () => {
    await fill(actionsOf(300, 100));
    const first = await handle(ping("1"), services);
    expect(await handle(ping("1"), services)).toEqual(first);
    expect(await services.models.versions()).toHaveLength(1);
  });

  it("refuses a second model that proves no better, and makes it the challenger", async () => {
    await fill(actionsOf(300, 100));
    const first = await handle(ping("1"), services);
    const second = await handle(ping("2"), services);
    expect(second?.type).toBe(modelRejected.type);
    expect((await services.models.alias("champion"))?.version).toBe(first?.subject);
    expect((await services.models.alias("challenger"))?.version).toBe(second?.subject);
  });

  it("records each move that it makes: from, to, why, and on what evidence", async () => {
    await fill(actionsOf(300, 100));
    const first = await handle(ping("1"), services);
    const second = await handle(ping("2"), services);
    const { decision, test } = await services.models.manifest(second?.subject ?? "");
    const history = await services.models.history();
    // Both at the same time by the test's clock.
    expect(history.toSorted((a, b) => (a.alias < b.alias ? -1 : 1))).toMatchObject([
      {
        ...{ alias: "challenger", from: undefined, to: second?.subject, by: "train", reason: decision.reason },
        evidence: { logLoss: test.logLoss.value, championLogLoss: decision.championLogLoss },
      },
      { alias: "champion", from: undefined, to: first?.subject, evidence: { championLogLoss: null, difference: null } },
    ]);
  });

  it("does not put back a version that was rolled back, when its event comes again", async () => {
    await fill(actionsOf(300, 100));
    const first = await handle(ping("1"), services);
    const second = await handle(ping("2"), services);
    const champion = await services.models.alias("champion");
    const moved = await services.models.moveAlias("champion", second?.subject ?? "", champion?.revision, exampleNote);
    expect(await handle(ping("1"), services)).toMatchObject({
      type: modelRejected.type,
      subject: first?.subject,
    });
    expect((await services.models.alias("champion"))?.version).toBe(moved.version);
  });

  it("finishes what a crash between publishing and promoting has left", async () => {
    await fill(actionsOf(300, 100));
    const real = services.models;
    const crashing: ModelStore = {
      publish: (artifact) => real.publish(artifact),
      versions: () => real.versions(),
      manifest: (version) => real.manifest(version),
      model: (version) => real.model(version),
      report: (version) => real.report(version),
      alias: (name) => real.alias(name),
      history: () => real.history(),
      moveAlias: () => Promise.reject(new Error("the process ended here")),
    };
    await expect(handle(ping("1"), { ...services, models: crashing })).rejects.toThrow("the process ended here");
    expect(await real.alias("champion")).toBeUndefined();
    expect(await handle(ping("1"), services)).toMatchObject({ type: modelPromoted.type });
    expect(await real.versions()).toEqual([(await real.alias("champion"))?.version]);
  });

  it("publishes no version whose graph disagrees with its formula", async () => {
    await fill(actionsOf(300, 100));
    const trainer: Trainer = async (task, progress) => {
      const result = await trainOnce(task, progress);
      const { model } = result;
      const { parameters } = model;
      if (parameters.kind === "trees") throw new Error("The example's model has a regression.");
      const linear = { ...parameters.linear, intercept: parameters.linear.intercept + 0.01 };
      return { ...result, model: { ...model, parameters: { ...parameters, linear } } };
    };
    await expect(handle(ping("1"), { ...services, trainer })).rejects.toThrow(CorruptModel);
    expect([await services.models.versions(), await services.models.alias("champion")]).toEqual([[], undefined]);
  });

  it("asks to be sent again while there are no features", async () => {
    await expect(handle(ping("1"), services)).rejects.toThrow(NotYet);
  });

  it("says what is wrong with a log that is too short, or in which nobody churned", async () => {
    await fill(actionsOf(50, 25));
    await expect(handle(ping("1"), services)).rejects.toThrow(/at least 30 days/);
    await fill(
      Array.from({ length: 60 }, (_, day) => ({ userId: "ana", action: "read", time: startOf(firstDay + day) })),
    );
    await expect(handle(ping("2"), { ...services, ...inThread })).rejects.toThrow(InvalidInput);
  });
});
