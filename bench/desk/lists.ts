/**
 * Fills the list of users, and prints how long pages of it take and how much memory an export of all takes, on the
 * embedded store or on Elasticsearch.
 *
 *     npx tsx bench/desk/lists.ts [--users 1000000]
 *     ELASTICSEARCH_URL=http://127.0.0.1:9200 npx tsx bench/desk/lists.ts --on elasticsearch
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import type { ListedUser } from "#churn/list/listed-user.ts";
import { quantile } from "#churn/quantile.ts";
import { randomFrom } from "#churn/random.ts";
import { openDuckDb } from "#stores/connections/duckdb/database.ts";
import { removePrefix } from "#stores/connections/elasticsearch/remove-prefix.ts";
import { DuckDbUserList } from "#stores/users/duckdb/user-list.ts";
import { ElasticsearchUserList } from "#stores/users/elasticsearch/user-list.ts";
import type { UserFilter, UserList, UserOrder } from "#stores/users/user-list.ts";
import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { listedUser } from "#test/support/listed-user.ts";

const { values: flags } = parseArgs({
  options: { users: { type: "string", default: "1000000" }, on: { type: "string", default: "duckdb" } },
});
const { users, on } = z
  .object({ users: z.coerce.number().int().positive(), on: z.enum(["duckdb", "elasticsearch"]) })
  .parse(flags);
const random = randomFrom("bench/desk/lists");
const times = 21;
const chunkSize = 20_000;
const megabyte = 2 ** 20;

const { list, dispose } = await open();
try {
  console.log(`${users.toLocaleString("en")} users on ${on}, Node ${process.versions.node}`);
  const began = performance.now();
  for (let from = 0; from < users; from += chunkSize)
    await list.put(
      Array.from({ length: Math.min(chunkSize, users - from) }, (_, i) => user(from + i)),
      1,
    );
  await list.prune(1);
  console.log(`filled in ${((performance.now() - began) / 1000).toFixed(0)} s\n`);
  await pages("here, by probability", { state: "here" }, "probability");
  await pages("at risk, by value at risk", { state: "at_risk" }, "value_at_risk");
  await pages(
    "at risk, of a reason, worth 100 or more",
    { state: "at_risk", reason: "rhythm", minValue: 100 },
    "value",
  );
  await pages("lapsed, by silence", { state: "lapsed" }, "silence");
  await pages("by the first letters of the id", { idPrefix: "user-77" }, "user_id");
  await timed("counts of all states", () => list.totals({}));
  await exportAll();
} finally {
  await list.close();
  await dispose();
}

async function pages(name: string, filter: UserFilter, order: UserOrder): Promise<void> {
  await timed(`${name}: first page`, () => list.page({ filter, order, limit: 50 }));
  const { next } = await list.page({ filter, order, limit: 50 });
  if (next !== undefined)
    await timed(`${name}: next page`, () => list.page({ filter, order, limit: 50, cursor: next }));
}

/** Prints the median and the slowest of several times. */
async function timed(name: string, work: () => Promise<unknown>): Promise<void> {
  const taken: number[] = [];
  for (let i = 0; i < times + 3; i++) {
    const start = performance.now();
    await work();
    // The first few warm up.
    if (i >= 3) taken.push(performance.now() - start);
  }
  taken.sort((a, b) => a - b);
  console.log(`${name}: ${quantile(taken, 0.5).toFixed(0)} ms (slowest ${taken.at(-1)?.toFixed(0)})`);
}

async function exportAll(): Promise<void> {
  const start = performance.now();
  const before = process.memoryUsage.rss();
  let [peak, half, seen] = [before, 0, 0];
  for await (const _ of list.stream({}, "probability")) {
    seen += 1;
    if (seen % 10_000 === 0) peak = Math.max(peak, process.memoryUsage.rss());
    if (seen === Math.floor(users / 2)) half = peak;
  }
  const inMegabytes = (bytes: number) => `${Math.round(bytes / megabyte)} MB`;
  console.log(
    `export of ${seen.toLocaleString("en")}: ${((performance.now() - start) / 1000).toFixed(0)} s; memory of the process ${inMegabytes(before)} before, ${inMegabytes(half)} at most in the first half, ${inMegabytes(peak)} in all`,
  );
}

function user(n: number): ListedUser {
  const userId = `user-${String(n).padStart(8, "0")}`;
  if (random() < 0.3)
    return listedUser(userId, {
      ...{ state: "lapsed", probability: undefined, risk: undefined, lapsedSince: 20_000 },
      silence: Math.floor(400 * random()),
    });
  const probability = random() ** 2;
  const reason = (feature: string) => ({
    ...{ feature, value: 12, typical: 3, contribution: random() },
    sentence: `${Math.ceil(30 * random())} of these in the last 30 days (typically 3)`,
  });
  return listedUser(userId, {
    probability,
    risk: probability > 0.7 ? "high" : probability > 0.4 ? "medium" : "low",
    value: Math.round(20_000 * random() ** 3) / 100,
    silence: Math.floor(30 * random()),
    tenure: Math.floor(900 * random()),
    activeDays: Math.floor(60 * random()),
    usualGap: 1 + 20 * random(),
    typicalGap: 4,
    reasons: [reason("days_since_last"), reason("actions_30d"), reason("value_30d")].slice(Math.floor(3 * random())),
  });
}

async function open(): Promise<{ readonly list: UserList; dispose(): Promise<void> }> {
  if (on === "elasticsearch") {
    const elasticsearch = testConnection();
    const dispose = async () => {
      await removePrefix(elasticsearch);
      await elasticsearch.close();
    };
    return { list: new ElasticsearchUserList(elasticsearch), dispose };
  }
  const folder = await mkdtemp(join(tmpdir(), "lapse-lists-"));
  const database = await openDuckDb(join(folder, "lapse.duckdb"));
  const dispose = async () => {
    await database.close();
    await rm(folder, { recursive: true });
  };
  return { list: await DuckDbUserList.open(database), dispose };
}
