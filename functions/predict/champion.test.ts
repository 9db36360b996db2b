import { Registry } from "prom-client";
import { afterEach, describe, expect, it, vi } from "vitest";
import { modelMetrics } from "#runtime/metrics/model.ts";
import { StoreUnavailable } from "#stores/failures.ts";
import { CorruptModel } from "#stores/models/failures.ts";
import type { Alias, ModelStore } from "#stores/models/model-store.ts";
import { exampleModel } from "#test/support/example-model.ts";
import { Champion } from "./champion.ts";
import { ModelCache } from "./model-cache.ts";

type AliasesAndVersions = Pick<ModelStore, "alias" | "model" | "history">;

/** A model store whose alias and answers the test sets. */
class SettableModels implements AliasesAndVersions {
  version: string | undefined;
  moves = 0;
  down = false;
  corrupt = new Set<string>();
  /** Versions whose graph does not load, although it was held to the formula. */
  withoutGraph = new Set<string>();
  loads: string[] = [];
  standsInFor: string | undefined;
  /** The versions that were put into service one after the other, the last one last. */
  served: string[] = [];

  point(version: string): void {
    this.version = version;
    this.moves += 1;
  }

  async alias(): Promise<Alias | undefined> {
    if (this.down) throw new StoreUnavailable("reading the alias: no answer");
    const { version, moves } = this;
    if (version === undefined) return undefined;
    return { version, movedAt: "2024-06-01T00:00:00Z", revision: String(moves), standsInFor: this.standsInFor };
  }

  async history() {
    const moves = this.served.map((to, at) => ({ at: "2024-06-01T00:00:00Z", from: this.served[at - 1], to }));
    return moves.reverse().map((move) => ({ ...move, alias: "champion" as const, by: "train", reason: "better" }));
  }

  async model(version: string) {
    this.loads.push(version);
    if (this.corrupt.has(version)) throw new CorruptModel(`loading ${version}: the sha256 is another one`);
    const model = exampleModel({ version });
    return this.withoutGraph.has(version) ? { ...model, onnx: new Uint8Array() } : model;
  }
}

function setUp() {
  const models = new SettableModels();
  const metrics = new Registry();
  const warnings: string[] = [];
  const notes: string[] = [];
  const alarms: string[] = [];
  const clock = { time: 0 };
  const champion = new Champion({
    models,
    cache: new ModelCache(models),
    alias: "champion",
    metrics: modelMetrics(metrics),
    logger: {
      info: (...args: unknown[]) => void notes.push(String(args.at(-1))),
      warn: (_fields: unknown, message?: string) => void warnings.push(message ?? ""),
      error: (_fields: unknown, message?: string) => void alarms.push(message ?? ""),
    },
    now: () => clock.time,
  });
  const serving = () => {
    const model = champion.acquire();
    model?.release();
    return model?.manifest.version;
  };
  const failures = async () =>
    (await metrics.getSingleMetric("lapse_model_loads_total")?.get())?.values.find(
      ({ labels }) => labels.outcome === "failed",
    )?.value ?? 0;
  const standIn = async () => (await metrics.getSingleMetric("lapse_model_stand_in")?.get())?.values[0]?.value;
  const info = async () =>
    (await metrics.getSingleMetric("lapse_model_info")?.get())?.values.map(({ labels }) => labels.version);
  return { models, champion, warnings, notes, alarms, clock, serving, failures, standIn, info };
}

afterEach(() => void vi.useRealTimers());

/** A second passes, after which a champion opens the graph of what serves without. */
async function aSecondPasses(champion: Champion): Promise<void> {
  vi.advanceTimersByTime(1000);
  await champion.refresh();
}

describe("Champion", () => {
  it("is not ready before an alias points at a version", async () => {
    const { models, champion, serving } = setUp();
    await champion.refresh();
    expect(champion.ready).toBe(false);
    expect(serving()).toBeUndefined();
    models.point("v1");
    await champion.refresh();
    expect(champion.ready).toBe(true);
    expect(serving()).toBe("v1");
  });

  it("follows the alias forwards and back, and goes back without loading anew", async () => {
    const { models, champion, serving } = setUp();
    for (const version of ["v1", "v2", "v1"]) {
      models.point(version);
      await champion.refresh();
      expect(serving()).toBe(version);
    }
    expect(models.loads).toEqual(["v1", "v2"]);
  });

  it("keeps the old model when the new one does not load, says so once and counts each attempt", async () => {
    const { models, champion, serving, warnings, clock, failures } = setUp();
    models.point("v1");
    await champion.refresh();
    models.corrupt.add("v2");
    models.point("v2");
    for (const time of [0, 500, 1000, 2999, 3000]) {
      clock.time = time;
      await champion.refresh();
    }
    expect(serving()).toBe("v1");
    // Tried at 0, then 1 s later, then 2 s later.
    expect(models.loads).toEqual(["v1", "v2", "v2", "v2"]);
    expect(await failures()).toBe(3);
    expect(warnings).toHaveLength(1);
  });

  it("opens the graph of a new version before it serves, but waits for none with nothing in service", async () => {
    const { models, champion, serving } = setUp();
    models.withoutGraph.add("v1").add("v2");
    models.point("v1");
    await champion.refresh();
    expect(serving()).toBe("v1");
    models.point("v2");
    await champion.refresh();
    expect(serving()).toBe("v1");
  });

  it("opens the graph a second after it serves, and treats a failure as that of any version, until it opens", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { models, champion, serving, warnings, alarms, clock, failures, info } = setUp();
    models.withoutGraph.add("v1");
    models.point("v1");
    await champion.refresh();
    vi.advanceTimersByTime(999);
    await champion.refresh();
    expect([serving(), await failures(), await info()]).toEqual(["v1", 0, ["v1"]]);
    await aSecondPasses(champion);
    expect([serving(), champion.ready, await failures(), await info()]).toEqual([undefined, false, 1, []]);
    expect(warnings).toEqual(["The model could not be loaded; it is out of service."]);
    expect(alarms).toEqual([]);
    // Tried again as others are: not on trust, and not at once.
    for (const time of [999, 1000, 2999, 3000]) {
      clock.time = time;
      await aSecondPasses(champion);
    }
    expect([serving(), await failures(), warnings.length]).toEqual([undefined, 3, 1]);
    expect(models.loads).toEqual(["v1", "v1", "v1"]);
    models.withoutGraph.clear();
    clock.time = 10_000;
    await champion.refresh();
    expect([serving(), await info()]).toEqual(["v1", ["v1"]]);
  });

  it("has another version stand in for one whose graph does not open a second after it serves", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { models, champion, serving, alarms, standIn } = setUp();
    models.served = ["v1", "v2", "v3"];
    models.withoutGraph.add("v3").add("v2");
    models.point("v3");
    await champion.refresh();
    expect(serving()).toBe("v3");
    await aSecondPasses(champion);
    expect([serving(), await standIn()]).toEqual(["v1", 1]);
    expect(alarms).toEqual([expect.stringMatching(/^Version v1 stands in for version v3, which cannot be loaded\./)]);
  });

  it("leaves a version in service whose graph opens, and opens none of one that has left service", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { models, champion, serving, failures } = setUp();
    models.withoutGraph.add("v1");
    models.point("v1");
    await champion.refresh();
    models.point("v2");
    await champion.refresh();
    await aSecondPasses(champion);
    expect([serving(), await failures()]).toEqual(["v2", 0]);
    const calm = setUp();
    calm.models.point("v1");
    await calm.champion.refresh();
    await aSecondPasses(calm.champion);
    expect([calm.serving(), await calm.failures()]).toEqual(["v1", 0]);
  });

  it("does not go back to a version that it served before its graph was opened, if that then fails", async () => {
    const { models, champion, serving, failures } = setUp();
    models.withoutGraph.add("v1");
    for (const version of ["v1", "v2", "v1"]) {
      models.point(version);
      await champion.refresh();
    }
    expect([serving(), await failures()]).toEqual(["v2", 1]);
  });

  it("takes a version that failed once it loads, and another one without delay", async () => {
    const { models, champion, serving, clock } = setUp();
    models.corrupt.add("v1");
    models.point("v1");
    await champion.refresh();
    models.point("v2");
    await champion.refresh();
    expect(serving()).toBe("v2");
    models.point("v1");
    await champion.refresh();
    models.corrupt.clear();
    clock.time = 1000;
    await champion.refresh();
    expect(serving()).toBe("v1");
  });

  it("has the last version that served before and loads stand in for one that does not, loudly, until it does", async () => {
    const { models, champion, serving, alarms, clock, standIn } = setUp();
    models.served = ["v1", "v2", "v3", "v4"];
    for (const version of ["v4", "v3"]) models.corrupt.add(version);
    models.point("v4");
    await champion.refresh();
    expect([serving(), await standIn()]).toEqual(["v2", 1]);
    clock.time = 1_000;
    await champion.refresh();
    expect(alarms).toEqual([
      "Version v2 stands in for version v4, which cannot be loaded. Restore its files, or choose a version with lapse models promote.",
    ]);
    models.corrupt.clear();
    clock.time = 10_000;
    await champion.refresh();
    expect([serving(), await standIn()]).toEqual(["v4", 0]);
  });

  it("says loudly what the store has put in place of a damaged version", async () => {
    const { models, champion, serving, alarms, standIn } = setUp();
    models.point("v1");
    models.standsInFor = "the alias champion, which cannot be read";
    for (let round = 0; round < 3; round++) await champion.refresh();
    expect([serving(), await standIn(), alarms.length]).toEqual(["v1", 1, 1]);
    models.standsInFor = undefined;
    models.point("v1");
    await champion.refresh();
    expect([await standIn(), alarms.length]).toEqual([0, 1]);
  });

  it("says loudly, once, that nothing is in service although a version was", async () => {
    const { models, champion, serving, alarms } = setUp();
    await champion.refresh();
    expect(alarms).toEqual([]);
    models.served = ["v1"];
    for (let round = 0; round < 3; round++) await champion.refresh();
    expect([serving(), champion.vacant]).toEqual([undefined, true]);
    expect(alarms).toEqual([
      expect.stringMatching(/^Version v1, which was in service, cannot be read, .* models promote VERSION\.$/),
    ]);
  });

  it("serves nothing where no version loads, and loads none in place of one that is only out of reach", async () => {
    const { models, champion, alarms } = setUp();
    models.served = ["v1", "v2"];
    for (const version of models.served) models.corrupt.add(version);
    models.point("v2");
    await champion.refresh();
    expect([champion.ready, alarms]).toEqual([false, []]);
  });

  it("changes nothing while the model store is down, and says so once a minute", async () => {
    const { models, champion, serving, warnings, notes, clock } = setUp();
    models.point("v1");
    await champion.refresh();
    models.down = true;
    const tenMinutes = 600;
    for (let second = 0; second < tenMinutes; second++) {
      clock.time = second * 1000;
      await champion.refresh();
    }
    expect(serving()).toBe("v1");
    expect(warnings).toHaveLength(10);
    models.down = false;
    await champion.refresh();
    await champion.refresh();
    expect(notes).toEqual(["The model is in service.", "The model store responds again."]);
  });

  it("does not fill the log when the model store comes and goes", async () => {
    const { models, champion, warnings, notes, clock } = setUp();
    for (let second = 0; second < 120; second++) {
      clock.time = second * 1000;
      models.down = second % 2 === 0;
      await champion.refresh();
    }
    expect([warnings.length, notes.length]).toEqual([2, 2]);
  });

  it("lets a request that began on the old version end on it", async () => {
    const { models, champion } = setUp();
    models.point("v1");
    await champion.refresh();
    const held = champion.acquire()!;
    models.point("v2");
    await champion.refresh();
    expect(await held.probabilities(Float64Array.from(held.manifest.typical))).toHaveLength(1);
    held.release();
  });

  it("looks again by itself while it follows, until it is closed", async () => {
    const { models, champion, serving } = setUp();
    models.point("v1");
    champion.follow(1);
    while (serving() !== "v1") await new Promise((resolve) => setTimeout(resolve, 1));
    await champion.close();
    models.point("v2");
    await champion.refresh();
    expect(champion.ready).toBe(false);
    expect(models.loads).toEqual(["v1"]);
  });
});
