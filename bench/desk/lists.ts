/**
 * Fills the list of users, starts the desk on it, and prints how long first and next pages take, as a browser and as a tool
 * ask for them, in every order and by every filter that the page offers; then exports all users as CSV, and prints how much
 * memory the desk takes meanwhile.
 *
 *     npx tsx bench/desk/lists.ts [--users 1000000] [--keep FOLDER]
 *     ELASTICSEARCH_URL=http://127.0.0.1:9200 npx tsx bench/desk/lists.ts --on elasticsearch [--keep FOLDER]
 *
 * With --keep the list stays for the next run, which continues a fill that was cut off; --only fill, pages or export does
 * one of the three.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { listMoves, listStates } from "#churn/list/listed-user.ts";
import { removePrefix } from "#stores/connections/elasticsearch/remove-prefix.ts";
import { userOrders } from "#stores/users/user-list.ts";
import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { freePort } from "#test/support/free-port.ts";
import { RunningProgram } from "#test/support/running-program.ts";
import { fillList } from "./fill-list.ts";
import { environmentOf, withList } from "./list-home.ts";
import { measureExport } from "./measure-export.ts";
import { measurePages } from "./measure-pages.ts";

const { values: flags } = parseArgs({
  options: {
    users: { type: "string", default: "1000000" },
    on: { type: "string", default: "duckdb" },
    keep: { type: "string" },
    only: { type: "string" },
  },
});
const { users, on, keep, only } = z
  .object({
    users: z.coerce.number().int().positive(),
    on: z.enum(["duckdb", "elasticsearch"]),
    keep: z.string().optional(),
    only: z.enum(["fill", "pages", "export"]).optional(),
  })
  .parse(flags);

/** What the page offers, one by one and as people combine it. */
const filters = [
  "",
  ...listStates.map((state) => `state=${state}`),
  ...listMoves.map((moved) => `moved=${moved}`),
  "state=here&reason=rhythm",
  "state=here&min_probability=0.5",
  "state=here&min_value=100&max_value=150",
  "state=here&min_silence=20",
  "state=here&max_tenure=30",
  "state=at_risk&reason=rhythm&min_value=100",
  "id=user-0077",
];

const folder = keep ?? (await mkdtemp(join(tmpdir(), "lapse-lists-")));
await mkdir(folder, { recursive: true });
const home = { folder, prefix: on === "elasticsearch" ? `bench-desk-${users}` : undefined };
try {
  console.log(`${users.toLocaleString("en")} users on ${on}, Node ${process.versions.node}`);
  await withList(home, (list) => fillList(list, users));
  if (only !== "fill") await measure();
} finally {
  if (keep === undefined) await forget();
}

async function measure(): Promise<void> {
  const port = await freePort();
  const desk = RunningProgram.ofFunction("desk/main.ts", { ...environmentOf(home), PORT: String(port) });
  const url = `http://127.0.0.1:${port}`;
  try {
    await desk.answers(`${url}/v1/users?limit=1`);
    if (only !== "export") await measurePages(url, desk.process.pid ?? 0, filters, userOrders);
    if (only !== "pages") await measureExport(url, users, desk.process.pid ?? 0);
  } finally {
    await desk.end();
  }
}

async function forget(): Promise<void> {
  await rm(folder, { recursive: true });
  if (home.prefix === undefined) return;
  const elasticsearch = testConnection({ prefix: home.prefix });
  await removePrefix(elasticsearch);
  await elasticsearch.close();
}
