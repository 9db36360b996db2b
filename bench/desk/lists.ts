/**
 * Fills the list of users and the ledger of its nights, starts the desk on them, and prints how long first and next pages take,
 * as a browser and as a tool ask for them, in every order and by every filter that the page offers; then exports all users as
 * CSV, and the list to contact of a campaign with all of them, to a fast and to a slow reader, and prints how much memory the
 * desk takes meanwhile.
 *
 *     npx tsx bench/desk/lists.ts [--users 1000000] [--nights 30] [--keep FOLDER]
 *     ELASTICSEARCH_URL=http://127.0.0.1:9200 npx tsx bench/desk/lists.ts --on elasticsearch [--keep FOLDER]
 *
 * With --keep all stays for the next run, which continues a fill that was cut off; --only fill, pages or export does
 * one of the three, --only plan prints how long it takes to plan whom of all to contact, where no campaign has taken them, --only night writes the list as the next night does and prints what that takes, and --filter names one of the
 * filters, such as state=here.
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
import { fillCampaign } from "./fill-campaign.ts";
import { fillLedger } from "./fill-ledger.ts";
import { fillList } from "./fill-list.ts";
import { environmentOf, withStores } from "./list-home.ts";
import { measureExport } from "./measure-export.ts";
import { measureNight } from "./measure-night.ts";
import { measurePages } from "./measure-pages.ts";
import { measurePlan } from "./measure-plan.ts";

const { values: flags } = parseArgs({
  options: {
    users: { type: "string", default: "1000000" },
    nights: { type: "string", default: "30" },
    filter: { type: "string" },
    on: { type: "string", default: "duckdb" },
    keep: { type: "string" },
    only: { type: "string" },
  },
});
const { users, nights, on, keep, only, filter } = z
  .object({
    users: z.coerce.number().int().positive(),
    nights: z.coerce.number().int().nonnegative(),
    filter: z.string().optional(),
    on: z.enum(["duckdb", "elasticsearch"]),
    keep: z.string().optional(),
    only: z.enum(["fill", "pages", "export", "night", "plan"]).optional(),
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

const slowReader = { bytesPerSecond: 200_000, seconds: 30 };

const folder = keep ?? (await mkdtemp(join(tmpdir(), "lapse-lists-")));
await mkdir(folder, { recursive: true });
const home = { folder, prefix: on === "elasticsearch" ? `bench-desk-${users}` : undefined };
const exports = [{ name: "all users", path: "/v1/users", rows: users }];
try {
  console.log(`${users.toLocaleString("en")} users and ${nights} nights on ${on}, Node ${process.versions.node}`);
  await withStores(home, async (stores) => {
    await fillList(stores, users);
    await fillLedger(stores.ledger, users, nights);
    if (only === "night") return measureNight(stores.list, users);
    if (only === "pages" || only === "plan") return;
    const campaign = await fillCampaign(stores.campaigns, users);
    exports.push({
      name: "the list to contact",
      path: `/v1/campaigns/${campaign.id}/audience`,
      rows: campaign.treated,
    });
  });
  if (only !== "fill" && only !== "night") await measure();
} finally {
  if (keep === undefined) await forget();
}

async function measure(): Promise<void> {
  const port = await freePort();
  const desk = RunningProgram.ofFunction("desk/main.ts", { ...environmentOf(home), PORT: String(port) });
  const url = `http://127.0.0.1:${port}`;
  try {
    await desk.answers(`${url}/v1/users?limit=1`);
    const pid = desk.process.pid ?? 0;
    if (only === "plan") return await measurePlan(url, pid);
    if (only !== "export") await measurePages(url, pid, filter === undefined ? filters : [filter], userOrders);
    if (only !== "pages")
      for (const { name, path, rows } of exports)
        for (const reader of [undefined, slowReader]) await measureExport({ name, url: url + path, rows }, pid, reader);
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
