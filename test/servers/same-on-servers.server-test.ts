import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Action } from "#churn/action.ts";
import { type Day, dayOf, formatDay, parseDay, startOf } from "#churn/day.ts";
import type { ChurnSettings } from "#churn/definition.ts";
import { createLapse, type Lapse } from "#local/lapse.ts";
import type { Environment } from "#runtime/config.ts";
import { pings } from "#runtime/event-kinds.ts";
import { eraseUsers } from "#scripts/erase/erase-users.ts";
import { generateActions } from "#scripts/generate/generate-actions.ts";
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
const bySilence = { churnDays: 14, leadDays: 0, observeDays: 28 };
const generated = { users: 500, months: 4, endDay, seed: 7 };

/** One pipeline from the log to predictions, on the stores of `options`. */
class Pipeline {
  readonly stores: Stores;
  readonly lapse: Lapse;

  private constructor(stores: Stores, lapse: Lapse) {
    this.stores = stores;
    this.lapse = lapse;
  }

  static async run(
    options: StoreOptions,
    environment: Environment = {},
    { churn, more }: { readonly churn: ChurnSettings; readonly more?: readonly Action[] } = { churn: bySilence },
  ): Promise<Pipeline> {
    const stores = await setUpStores(options, now);
    const log = generateLog(generated);
    const report = await ingestLog(log, { actions: stores.actions, now });
    await log.close();
    expect(report.rejected).toBe(0);
    if (more !== undefined) await stores.actions.append(more);
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
});

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
  });

  it("what remains, and how much was deleted, when users are erased", async () => {
    const users = (await embedded.stores.features.topScores(3)).map(({ userId }) => userId);
    const [there, here] = await both((stores) => eraseUsers(users, stores));
    expect(here).toMatchObject({ features: 3, scores: 3, ledgerEntries: 3 });
    expect(there).toEqual(here);
    const [theirs, ours] = await both((stores) => stores.actions.extent());
    expect(theirs).toEqual(ours);
  });
});

describe("Where users leave by an action,", () => {
  const servers = testConnection();
  const churn = { ...bySilence, action: "unregister" };
  const nineDays = 9 * 86_400_000;
  let home: string;
  let pipelines: readonly Pipeline[];
  /** The first day on which each user who did so had unregistered. */
  const left = new Map<string, Day>();

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "lapse-leaving-"));
    const more: Action[] = [];
    // Half of the users unregister once they have been silent for nine days.
    const last = new Map<string, number>();
    const leave = (userId: string, at: number) => {
      if (left.has(userId) || Number(userId.slice(-1)) % 2 === 1 || at >= startOf(endDay + 1)) return;
      left.set(userId, dayOf(at));
      more.push({ userId, action: "unregister", time: at });
    };
    for (const { userId, time } of [...generateActions(generated)].flat()) {
      const silentSince = last.get(userId) ?? time;
      if (time - silentSince > nineDays) leave(userId, silentSince + nineDays);
      last.set(userId, time);
    }
    for (const [userId, time] of last) leave(userId, time + nineDays);
    pipelines = [
      await Pipeline.run({ dataDir: join(home, "embedded") }, {}, { churn, more }),
      await Pipeline.run(
        { dataDir: join(home, "servers"), elasticsearch: servers.options },
        { SLICES: "4" },
        { churn, more },
      ),
    ];
  });

  afterAll(async () => {
    for (const { lapse } of pipelines ?? []) await lapse.close();
    await removePrefix(servers);
    await servers.close();
    await rm(home, { recursive: true });
  });

  it("nobody who has left is scored, listed or kept in the ledger as here, on either store, and the silent are", async () => {
    const told = await Promise.all(
      pipelines.map(async ({ stores, lapse }) => {
        const scores = await stores.features.topScores(1000);
        const csv = await lapse.server.inject({
          ...{ method: "GET", url: "/v1/users?state=lapsed", headers: { accept: "text/csv" } },
        });
        return { scores, lapsed: csv.payload, entries: await allOf(stores.ledger.entries()) };
      }),
    );
    expect(told[1]).toEqual(told[0]);
    const { scores, entries, lapsed } = told[0]!;
    expect(left.size).toBeGreaterThan(30);
    expect(scores.length).toBeGreaterThan(100);
    expect(scores.filter(({ userId }) => left.has(userId))).toEqual([]);
    expect(entries.filter(({ userId, state }) => state === "here" && left.has(userId))).toEqual([]);
    const listed = lapsed.trim().split("\n").slice(1);
    expect(listed).toHaveLength(left.size);
    for (const line of listed) {
      const [userId = ""] = line.split(",");
      expect(line).toContain(`,${formatDay(left.get(userId) ?? 0)},`);
    }
    // Silent for longer than the churn window, and here.
    const { features } = pipelines[0]!.stores;
    const silent = await features.get(scores.map(({ userId }) => userId));
    const at = (await features.currentSet())?.names.indexOf("days_since_last") ?? -1;
    expect([...silent.values()].filter(({ values }) => (values[at] ?? 0) > churn.churnDays).length).toBeGreaterThan(20);
  });
});

async function allOf<T>(source: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of source) found.push(one);
  return found;
}
