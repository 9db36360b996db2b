import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { monthsOf } from "#stores/connections/elasticsearch/monthly-indices.ts";
import { removePrefix } from "#stores/connections/elasticsearch/remove-prefix.ts";
import { contactIndices } from "#stores/contacts/elasticsearch/indices.ts";
import { testConnection } from "../support/elasticsearch-connection.ts";
import { RunningProgram } from "../support/running-program.ts";

/** Ten years, and the month that has begun. */
const mostMonths = 121;

const elasticsearch = testConnection();
let folder: string;
let programs: RunningProgram[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-months-"));
});

afterAll(async () => {
  await Promise.all(programs.map((program) => program.end("SIGKILL")));
  await removePrefix(elasticsearch);
  await elasticsearch.close();
  await rm(folder, { recursive: true });
});

async function start(path: string): Promise<string> {
  const { url, prefix } = elasticsearch.options;
  const stores = { ELASTICSEARCH_URL: url, ELASTICSEARCH_PREFIX: prefix, DATA_DIR: folder };
  // Ingest has more than a hundred indices made by one request.
  const program = RunningProgram.ofFunction(path, { ...stores, ELASTICSEARCH_TIMEOUT_MS: "240000", PORT: "0" });
  programs = [...programs, program];
  return `http://127.0.0.1:${await program.says(/listens on port (\d+)/)}`;
}

async function post(url: string, items: readonly object[]): Promise<number> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(items) });
  await response.arrayBuffer();
  return response.status;
}

/** The first moment of each month from 1970 on, that of this month included. */
function months(): string[] {
  const now = new Date();
  const count = 12 * (now.getUTCFullYear() - 1970) + now.getUTCMonth() + 1;
  return Array.from({ length: count }, (_, month) => new Date(Date.UTC(1970, month, 1)).toISOString());
}

it("actions and contacts of every month since 1970 make no more indices than ten years have months", async () => {
  const [ingest, desk] = await Promise.all([start("ingest/main.ts"), start("desk/main.ts")]);
  const items = months().map((timestamp) => ({ user_id: "ann", timestamp }));
  const actions = items.map((item) => ({ ...item, action: "login" }));
  expect(await post(`${ingest}/events`, actions)).toBe(200);
  // All of them at once are refused for the first; each by itself is taken or not.
  expect(await post(`${desk}/v1/contacts`, items)).toBe(400);
  const statuses: number[] = [];
  for (const item of items) statuses.push(await post(`${desk}/v1/contacts`, [item]));
  const taken = statuses.filter((status) => status === 200).length;
  expect(statuses.filter((status) => status === 400)).toHaveLength(items.length - taken);
  expect(taken).toBeGreaterThan(mostMonths - 3);
  expect(taken).toBeLessThanOrEqual(mostMonths);
  for (const name of ["actions", contactIndices.contacts]) {
    const found = await monthsOf(elasticsearch, name);
    expect(found.length).toBeGreaterThan(mostMonths - 3);
    expect(found.length).toBeLessThanOrEqual(mostMonths);
  }
});
