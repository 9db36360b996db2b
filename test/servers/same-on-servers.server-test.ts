import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseDay, startOf } from "#churn/day.ts";
import { createLapse, type Lapse } from "#local/lapse.ts";
import type { Environment } from "#runtime/config.ts";
import { pings } from "#runtime/event-kinds.ts";
import { eraseUsers } from "#scripts/erase/erase-users.ts";
import { generateLog } from "#scripts/generate/generate-log.ts";
import { ingestLog } from "#scripts/log/ingest-log.ts";
import { removePrefix } from "#stores/connections/elasticsearch/remove-prefix.ts";
import { type Stores, setUpStores } from "#stores/open-stores.ts";
import { StoreConnections } from "#stores/store-connections.ts";
import type { StoreOptions } from "#stores/store-options.ts";
import { testConnection } from "../support/elasticsearch-connection.ts";
import { makeTemporaryBucket, type TemporaryBucket } from "../support/temporary-bucket.ts";

const endDay = parseDay("2024-06-30") ?? 0;
/** Noon of the day after the log ends. */
const now = () => startOf(endDay + 1) + 43_200_000;
const churn = { churnDays: 14, leadDays: 0, observeDays: 28 };

/** One pipeline from the log to predictions, on the stores of `options`. */
class Pipeline {
  readonly stores: Stores;
  readonly lapse: Lapse;

  private constructor(stores: Stores, lapse: Lapse) {
    this.stores = stores;
    this.lapse = lapse;
  }

  static async run(options: StoreOptions, environment: Environment = {}): Promise<Pipeline> {
    const stores = await setUpStores(options, now);
    const report = await ingestLog(generateLog({ users: 500, months: 4, endDay, seed: 7 }), {
      actions: stores.actions,
      now,
    });
    expect(report.rejected).toBe(0);
    let id = 0;
    const lapse = await createLapse({
      stores,
      churn,
      environment,
      logger: pino({ level: "silent" }),
      now,
      newId: () => `id-${id++}`,
      drainMilliseconds: 1000,
    });
    for (const [job, { make }] of Object.entries(pings)) {
      // What the PingSource sends, at a time that is the same for both: versions are named after it.
      const time = new Date(now()).toISOString();
      lapse.wiring.broker.publish(make({ id: `${job}-1`, source: "/test", time, data: { through: "today" } }));
      await lapse.wiring.broker.idle();
    }
    await lapse.refresh();
    return new Pipeline(stores, lapse);
  }

  /** The response of the V1 route. */
  async ask(verb: "predict" | "explain", instances: unknown[]): Promise<unknown> {
    const response = await this.lapse.server.inject({
      method: "POST",
      url: `/v1/models/churn:${verb}`,
      payload: { instances },
    });
    return { status: response.statusCode, body: response.json() };
  }
}

const elasticsearch = testConnection();
let bucket: TemporaryBucket;
let folder: string;
let embedded: Pipeline;
let servers: Pipeline;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-same-"));
  bucket = await makeTemporaryBucket();
  embedded = await Pipeline.run({ dataDir: join(folder, "embedded") });
  // Here the roll-up, features and scores are cut into slices, and there they are not.
  servers = await Pipeline.run(
    { dataDir: join(folder, "servers"), elasticsearch: elasticsearch.options, minio: bucket.options },
    { SLICES: "4" },
  );
}, 180_000);

afterAll(async () => {
  await embedded?.lapse.close();
  await servers?.lapse.close();
  await bucket.remove();
  await removePrefix(elasticsearch);
  await elasticsearch.close();
  await rm(folder, { recursive: true });
});

describe("Elasticsearch and MinIO give the same results for the same log as the embedded stores:", () => {
  const both = async <T>(read: (stores: Stores) => Promise<T>) => [
    await read(servers.stores),
    await read(embedded.stores),
  ];

  it("user-days", async () => {
    const [there, here] = await both((stores) => allOf(stores.actions.histories()));
    expect(here?.length).toBeGreaterThan(400);
    expect(there).toEqual(here);
    for (const read of [(s: Stores) => s.actions.extent(), (s: Stores) => s.actions.actionFrequencies()]) {
      const [theirs, ours] = await both<unknown>(read);
      expect(theirs).toEqual(ours);
    }
  });

  it("features", async () => {
    const [there, here] = await both(async ({ features }) => {
      const set = await features.currentSet();
      return { set, rows: await allOf(features.rows(set?.id ?? "")) };
    });
    expect(here?.rows.length).toBeGreaterThan(100);
    expect(there).toEqual(here);
  });

  it("model: its description, its bytes and its report", async () => {
    const [there, here] = await both(async ({ models }) => {
      const champion = await models.alias("champion");
      const { manifest, onnx } = await models.model(champion?.version ?? "");
      return { manifest, onnx: Buffer.from(onnx).toString("base64"), report: await models.report(manifest.version) };
    });
    expect(there).toEqual(here);
  });

  it("scores, predictions and explanations", async () => {
    const [there, here] = await both(({ features }) => features.topScores(1000));
    expect(here?.length).toBeGreaterThan(100);
    expect(there).toEqual(here);
    const instances = [...(here ?? []).slice(0, 50).map(({ userId }) => ({ user_id: userId })), { user_id: "nobody" }];
    for (const verb of ["predict", "explain"] as const) {
      const answer = await embedded.ask(verb, instances);
      expect(answer).toMatchObject({ status: 200 });
      expect(await servers.ask(verb, instances)).toEqual(answer);
    }
  });

  it("ledger", async () => {
    const [there, here] = await both(async ({ ledger }) => ({
      batches: await ledger.batches(),
      entries: await allOf(ledger.entries()),
    }));
    expect(here?.entries.length).toBeGreaterThan(100);
    expect(there).toEqual(here);
  });

  it("everything, after all indices and the bucket were dropped and a backup restored", async () => {
    const top = await servers.stores.features.topScores(20);
    const instances = top.map(({ userId }) => ({ user_id: userId }));
    const told = async () => ({
      scores: await servers.stores.features.topScores(100_000),
      history: await servers.stores.models.history(),
      champion: (await servers.stores.models.alias("champion"))?.version,
      ledger: await allOf(servers.stores.ledger.entries()),
      predicted: await servers.ask("explain", instances),
    });
    const before = await told();
    const to = join(folder, "backup");
    const { contents } = await servers.stores.backUp(to, { lapse: "0.0.0" });
    expect(contents).toMatchObject({ actions: expect.any(Number), scores: before.scores.length, versions: 1 });
    await removePrefix(elasticsearch);
    await bucket.remove();
    const restoring = new StoreConnections(
      { dataDir: join(folder, "servers"), elasticsearch: elasticsearch.options, minio: bucket.options },
      now,
    );
    await restoring.restore(to, { replace: false, kept: [] });
    await restoring.close();
    expect(await told()).toEqual(before);
    await servers.stores.actions.rollUp();
    const [theirs, ours] = await both((stores) => stores.actions.extent());
    expect(theirs).toEqual(ours);
  }, 240_000);

  it("what remains, and how much was deleted, when users are erased", async () => {
    const users = (await embedded.stores.features.topScores(3)).map(({ userId }) => userId);
    const [there, here] = await both((stores) => eraseUsers(users, stores));
    expect(here).toMatchObject({ features: 3, scores: 3, ledgerEntries: 3 });
    expect(there).toEqual(here);
    const [theirs, ours] = await both((stores) => stores.actions.extent());
    expect(theirs).toEqual(ours);
  });
});

async function allOf<T>(source: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of source) found.push(one);
  return found;
}
