import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { featureExtractor } from "#churn/features/features.ts";
import { buffersOf, eachHistory } from "#churn/history-columns.ts";
import { toFormerUserDays } from "#test/support/former-user-days.ts";
import { argumentsOf, RunningProgram } from "#test/support/running-program.ts";
import { openDuckDb } from "../../connections/duckdb/database.ts";
import { monthNumber } from "../../month.ts";
import { StoreConnections } from "../../store-connections.ts";
import type { ActionStore } from "../action-store.ts";
import { DuckDbActionStore } from "./action-store.ts";

const [users, days, firstDay] = [30_000, 40, 19_700];

let folder: string;
/** A data folder of before users had numbers, which is converted when it is opened, in about a second. */
let former: string;
let before: Content;

interface Content {
  readonly extent: unknown;
  readonly frequencies: unknown;
  /** Of every history and its features, in their order. */
  readonly histories: string;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-conversion-"));
  former = join(folder, "former");
  await mkdir(former);
  const database = await openDuckDb(fileIn(former));
  const store = await DuckDbActionStore.open(database, { now: () => 0 });
  const session = await database.session();
  await session.run("fill", (connection) =>
    connection.run(`
      INSERT INTO actions SELECT 1, make_timestamp_ms(0), 0, n, ${monthNumber(firstDay)}, ${firstDay} + n, 0, 'user-' || i,
        chr((97 + (i + n) % 3)::INTEGER), CASE WHEN n % 3 = 0 THEN i / 8 END, false
      FROM range(${users}) AS every(i), range(${days}) AS own(n)`),
  );
  expect(await store.rollUp()).toEqual({ userDays: users * days, users });
  before = await contentOf(store);
  await session.run("make it a former file", (connection) => connection.run(toFormerUserDays));
  await store.close();
  await database.close();
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

it("is begun anew by the next one to open the folder where the process is killed in the middle of it", async () => {
  const undisturbed = await copied("undisturbed");
  const { lasts, writes } = await converting(undisturbed);
  const whole = await sizesOf(undisturbed);
  // Up to its first write it has read and sorted; then it writes blocks, and commits.
  const rest = lasts - writes;
  let [cut, cutWhileWriting] = [0, 0];
  const killedAfter = async (since: "begin" | "write", wait: number): Promise<void> => {
    const killed = await copied("killed");
    const running = await opening(killed);
    if (since === "write") await written(killed);
    await sleep(wait);
    await running.end("SIGKILL");
    if (!running.lines.includes("open")) {
      cut += 1;
      if (since === "write") cutWhileWriting += 1;
    }
    const stores = new StoreConnections({ dataDir: killed }, Date.now);
    expect(await contentOf(await stores.actionStore())).toEqual(before);
    await stores.close();
    expect(await sizesOf(killed)).toEqual(whole);
    await rm(killed, { recursive: true });
  };
  await killedAfter("begin", writes / 2);
  for (const share of [0, 0.3, 0.6, 0.9]) await killedAfter("write", share * rest);
  // A busy machine converts now faster and now slower, and then the process had ended what it did.
  for (let more = 0; more < 20 && cutWhileWriting < 2; more++) await killedAfter("write", 0);
  expect(cutWhileWriting).toBeGreaterThanOrEqual(2);
  for (let more = 0; more < 20 && cut < 3; more++) await killedAfter("begin", 0);
  expect(cut).toBeGreaterThanOrEqual(3);
}, 300_000);

/** Converts a folder undisturbed: milliseconds until all of it is done, and until something of it is in the file. */
async function converting(dataDir: string): Promise<{ lasts: number; writes: number }> {
  const running = await opening(dataDir);
  const begun = performance.now();
  const writes = written(dataDir).then(() => performance.now() - begun);
  await running.says(/^(open)$/);
  const lasts = performance.now() - begun;
  await running.end("SIGKILL");
  return { lasts, writes: await writes };
}

/** Resolves once the file of a folder is written to. */
async function written(dataDir: string): Promise<void> {
  const at = async () => (await stat(fileIn(dataDir), { bigint: true })).mtimeNs;
  for (const first = await at(); (await at()) === first; ) await sleep(1);
}

function fileIn(dataDir: string): string {
  return join(dataDir, "lapse.duckdb");
}

async function copied(name: string): Promise<string> {
  const copy = join(folder, name);
  await cp(former, copy, { recursive: true });
  return copy;
}

/** A process that has begun to open the folder. */
async function opening(dataDir: string): Promise<RunningProgram> {
  const running = new RunningProgram(process.execPath, argumentsOf("open-duckdb-actions", fileIn(dataDir)));
  await running.says(/^(opening)$/);
  return running;
}

/** The number of rows by table, once every block agrees with its checksum. */
async function sizesOf(dataDir: string): Promise<ReadonlyMap<string, number>> {
  const database = await openDuckDb(fileIn(dataDir));
  const store = await DuckDbActionStore.open(database, { now: () => 0 });
  await database.verify();
  const sizes = await database.countRows();
  await store.close();
  await database.close();
  return sizes;
}

async function contentOf(store: ActionStore): Promise<Content> {
  const hash = createHash("sha256");
  const features = featureExtractor({
    churn: { churnDays: 7, leadDays: 0, observeDays: 14 },
    actions: ["a", "b", "c"],
  });
  for await (const columns of store.historyColumns?.() ?? []) {
    hash.update(JSON.stringify([columns.names, columns.userIds]));
    for (const buffer of buffersOf(columns)) hash.update(new Uint8Array(buffer));
    eachHistory(columns, (history) => void hash.update(features.extract(history, firstDay + days)));
  }
  return {
    extent: await store.extent(),
    frequencies: await store.actionFrequencies(),
    histories: hash.digest("hex"),
  };
}
