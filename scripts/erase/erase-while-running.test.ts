import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, it } from "vitest";
import * as z from "zod";
import { parseConfig } from "#runtime/config.ts";
import { storeSettings } from "#runtime/store-settings.ts";
import { openDuckDb } from "#stores/connections/duckdb/database.ts";
import { readRows } from "#stores/connections/duckdb/read.ts";
import { type LocalLapse, startLocalLapse } from "#test/support/local-lapse.ts";
import { handOver } from "../call/hand-over.ts";
import { Inputs } from "../call/inputs.ts";
import { ownCall } from "../call/own-call.ts";
import { type CallServer, serveCalls } from "../call/serve-calls.ts";
import { commands } from "../commands.ts";
import { runCommand } from "../terminal/program.ts";

let running: LocalLapse;
let calls: CallServer;

beforeEach(async () => {
  running = await startLocalLapse();
  const { lapse, stores, folder } = running;
  calls = await serveCalls({
    dataDir: folder,
    version: "1",
    stores,
    settings: { ...parseConfig(z.object(storeSettings), {}), DATA_DIR: folder },
    work: lapse.work,
    run: (args, call) => runCommand(args, call, commands),
    logger: { warn: () => undefined, error: () => undefined },
    drainMilliseconds: 1000,
  });
});

afterEach(async () => {
  await calls.close();
  await running.close();
});

const day = 86_400_000;

it("leaves nothing of a user behind in a lapse that is busy with this user and others", async () => {
  const { url, folder, stores, lapse } = running;
  const now = Date.now();
  const users = Array.from({ length: 1_000 }, (_, i) => `user-${i}`);
  await stores.actions.append(
    [...users, "gone"].flatMap((userId) =>
      Array.from({ length: 8 }, (_, i) => ({ userId, action: "login", time: now - (1 + 5 * i) * day })),
    ),
  );
  lapse.wiring.schedule.due("features", { through: "today" });
  await lapse.wiring.broker.idle();
  expect((await stores.features.get(["gone"])).size).toBe(1);

  // Acknowledged, and still on their way when the erasure begins: runs of features that read the user, actions in the broker.
  let isLoad = true;
  const load = Promise.allSettled([
    untilOver(async (i) => void (await post(`${url}/events`, { user_id: `user-${i % 1_000}`, ...login() }))),
    untilOver(async () => {
      await post(`${url}/run/features`, {});
      await lapse.work.settled();
    }),
  ]);
  async function untilOver(send: (i: number) => Promise<void>): Promise<void> {
    for (let i = 0; isLoad; i++) await send(i);
  }
  for (let i = 0; i < 25; i++) {
    const event = { specversion: "1.0", id: `late-${i}`, source: "app", type: "dev.lapse.action", subject: "gone" };
    const sent = await post(`${url}/broker`, { ...event, data: login() }, "application/cloudevents+json");
    expect(sent.status).toBe(202);
    expect((await post(`${url}/events`, { user_id: "gone", ...login() })).status).toBe(200);
  }
  await post(`${url}/run/features`, {});
  expect(lapse.wiring.broker.pending).toBeGreaterThan(0);

  const lines: string[] = [];
  const call = {
    ...ownCall(process, new Inputs(new PassThrough()), Date.now),
    print: (line: string) => lines.push(line),
  };
  const written = { ...call, write: async (text: string) => void lines.push(text) };
  expect(await handOver(["erase", "--user", "gone"], written, { dataDir: folder, version: "1" })).toBe(0);
  expect(lines.join("")).toMatch(/Looked again: nothing is left/);
  expect(await rowsOf("gone")).toEqual([]);

  isLoad = false;
  expect((await load).map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
  await post(`${url}/run/features`, {});
  await lapse.wiring.broker.idle();
  expect(await rowsOf("gone")).toEqual([]);
  expect(await rowsOf("user-0")).toContain("features");
  expect((await stores.deadLetters.list()).filter(({ event }) => event.subject === "gone")).toEqual([]);
  const answer = await post(`${url}/v1/models/churn:predict`, { instances: [{ user_id: "gone" }] });
  expect(await answer.text()).toMatch(/This user is not known/);
});

function login() {
  return { action: "login", timestamp: new Date().toISOString() };
}

async function post(url: string, body: unknown, type = "application/json"): Promise<Response> {
  return fetch(url, { method: "POST", headers: { "content-type": type }, body: JSON.stringify(body) });
}

/** The tables that hold a row of the user. */
async function rowsOf(userId: string): Promise<string[]> {
  const database = await openDuckDb(join(running.folder, "lapse.duckdb"));
  const session = await database.session();
  const found = await session.run("look for a user", async (connection) => {
    const sql =
      "SELECT DISTINCT table_name FROM duckdb_columns() WHERE column_name = 'user_id' AND schema_name = 'main' AND database_name = 'lapse'";
    const tables = await readRows(await connection.run(sql), z.tuple([z.string()]));
    expect(tables.length).toBeGreaterThan(5);
    const names: string[] = [];
    for (const [table] of tables) {
      const count = await connection.run(`SELECT count(*)::INTEGER FROM "${table}" WHERE user_id = $1`, [userId]);
      const [rows] = await readRows(count, z.tuple([z.int()]));
      if ((rows?.[0] ?? 0) > 0) names.push(table);
    }
    return names;
  });
  await session.close();
  return found;
}
