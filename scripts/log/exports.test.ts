import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { contentOf } from "#test/support/log-content.ts";
import { addStartOptions, startFlags } from "../start/flags.ts";
import { readLog } from "./read-log.ts";

// Exports of known tools, made here in the shape that each tool gives them, read by the very lines of docs/integrate.md.

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-exports-"));
});
afterAll(() => rm(folder, { recursive: true }));

const now = Date.parse("2026-03-01T00:00:00Z");
const integrate = fileURLToPath(new URL("../../docs/integrate.md", import.meta.url));

/** The lines to paste for a tool, in the order of the page. */
async function linesFor(tool: string): Promise<string[]> {
  const rows = (await readFile(integrate, "utf8")).split("\n").filter((line) => line.startsWith(`| ${tool} |`));
  return rows.map((row) => /`npm start -- (.*)` \|$/.exec(row)?.[1] ?? "");
}

async function readBy(line: string) {
  const args = Array.from(line.matchAll(/'([^']*)'|(\S+)/g), ([, quoted, plain]) => quoted ?? plain ?? "");
  const { choice, options } = startFlags(addStartOptions(new Command()).parse(args, { from: "user" }).opts(), {});
  const log = await readLog(
    (choice.files ?? []).map((path) => join(folder, path)),
    options,
    now,
  );
  return contentOf(log);
}

async function write(name: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), content);
}

const ndjson = (objects: readonly object[]) => objects.map((object) => `${JSON.stringify(object)}\n`).join("");
const noon = Date.parse("2025-03-01T12:00:00Z");

describe("docs/integrate.md has the line that reads", () => {
  it("Google Analytics 4 from BigQuery, as Parquet", async () => {
    await mkdir(join(folder, "ga4"), { recursive: true });
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    await connection.run(`COPY (
      SELECT '20250301' AS event_date, 1740830400000000 + range * 1000000 AS event_timestamp, 'page_view' AS event_name,
        [{'key': 'page', 'value': {'string_value': '/', 'int_value': NULL::BIGINT}}] AS event_params,
        CASE range WHEN 1 THEN 2.5 END AS event_value_in_usd, NULL::VARCHAR AS user_id, '1234567890.174083000' || range AS user_pseudo_id,
        {'category': 'mobile', 'language': 'de'} AS device FROM range(3)) TO '${join(folder, "ga4", "events_20250301.parquet")}'`);
    const [line = ""] = await linesFor("Google Analytics 4");
    const { items } = await readBy(line);
    expect(items).toHaveLength(3);
    expect(items[1]).toEqual({
      user_id: "1234567890.1740830001",
      action: "page_view",
      timestamp: noon + 1000,
      value: 2.5,
    });
  });

  it("Google Analytics 4 from BigQuery, as JSON, which has numbers of 64 bits as texts", async () => {
    const event = (n: number) => ({
      event_date: "20250301",
      event_timestamp: String(1000 * (noon + n)),
      event_name: "page_view",
      event_params: [{ key: "ga_session_id", value: { int_value: "1740830400" } }],
      ...(n === 2 && { event_value_in_usd: 2.5 }),
      user_pseudo_id: `1234567890.174083000${n}`,
      user_first_touch_timestamp: "1740830000000000",
      items: [],
    });
    await write("ga4/events-000.json", ndjson([event(1), event(2)]));
    const [line = ""] = await linesFor("Google Analytics 4");
    const { items } = await readBy(line.replace("*.parquet", "*.json"));
    expect(items).toEqual([
      { user_id: "1234567890.1740830001", action: "page_view", timestamp: noon + 1 },
      { user_id: "1234567890.1740830002", action: "page_view", timestamp: noon + 2, value: 2.5 },
    ]);
  });

  it("Segment", async () => {
    const track = (n: number) => ({
      anonymousId: `anon-${n}`,
      context: { library: { name: "analytics.js" }, page: { path: "/" } },
      event: "Order Completed",
      integrations: {},
      messageId: `ajs-${n}`,
      originalTimestamp: "2025-03-01T11:59:59.000Z",
      properties: { revenue: 9.5, currency: "USD" },
      receivedAt: "2025-03-01T12:00:05.000Z",
      sentAt: "2025-03-01T12:00:01.000Z",
      timestamp: "2025-03-01T12:00:00.000Z",
      type: "track",
      userId: `user-${n}`,
    });
    await write("segment/1740830400.gz", gzipSync(ndjson([track(1), track(2)])));
    const [line = ""] = await linesFor("Segment");
    const { items } = await readBy(line);
    expect(items[1]).toEqual({
      user_id: "user-2",
      action: "Order Completed",
      timestamp: noon,
      value: 9.5,
      event_id: "ajs-2",
    });
  });

  it("Amplitude", async () => {
    const event = (n: number) => ({
      $insert_id: `insert-${n}`,
      amplitude_id: 738_529_527_931 + n,
      app: 1,
      client_event_time: "2025-03-01 11:59:58.000000",
      event_id: n,
      event_properties: { plan: "pro" },
      event_time: "2025-03-01 12:00:00.000000",
      event_type: "song_played",
      server_upload_time: "2025-03-01 12:00:09.000000",
      user_id: `user-${n}`,
      uuid: `0000-${n}`,
    });
    await write("amplitude/1_2025-03-01_12#0.json.gz", gzipSync(ndjson([event(1), event(2)])));
    const [line = ""] = await linesFor("Amplitude");
    const { items } = await readBy(line);
    expect(items[0]).toMatchObject({ user_id: "user-1", action: "song_played", timestamp: noon });
  });

  it("Mixpanel", async () => {
    const event = (n: number) => ({
      event: "Signed up",
      properties: { time: noon / 1000, distinct_id: `d-${n}`, $insert_id: `i-${n}`, mp_country_code: "DE" },
    });
    await write("mixpanel.json", ndjson([event(1), event(2)]));
    const [line = ""] = await linesFor("Mixpanel");
    const { items } = await readBy(line);
    expect(items[1]).toEqual({ user_id: "d-2", action: "Signed up", timestamp: noon, event_id: "i-2" });
  });

  it("PostHog", async () => {
    const row = (n: number) =>
      `0190-${n},$pageview,"{""$browser"": ""Firefox"", ""a"": [1, 2]}",2025-03-01 12:00:00.000000,1,d-${n},,2025-03-01 12:00:02.000000`;
    await write(
      "posthog.csv",
      `uuid,event,properties,timestamp,team_id,distinct_id,elements_chain,created_at\n${row(1)}\n${row(2)}\n`,
    );
    const [line = ""] = await linesFor("PostHog");
    const { items } = await readBy(line);
    expect(items[1]).toEqual({ user_id: "d-2", action: "$pageview", timestamp: noon, event_id: "0190-2" });
  });

  it("PostHog and Snowplow, as Parquet", async () => {
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const at = "TIMESTAMPTZ '2025-03-01 12:00:00+00'";
    await connection.run(`
      COPY (SELECT uuid() AS uuid, '$pageview' AS event, '{"$browser": "Firefox"}' AS properties, 'd-' || range AS distinct_id, 1 AS team_id,
        ${at} AS timestamp, ${at} AS created_at FROM range(2)) TO '${join(folder, "posthog.parquet")}';
      COPY (SELECT 'shop' AS app_id, ${at} AS collector_tstamp, 'struct' AS event, 'e-' || range AS event_id, NULL::VARCHAR AS user_id,
        'u-' || range AS domain_userid, 'add_to_cart' AS event_name, [{'a': 1}] AS contexts FROM range(2)) TO '${join(folder, "events.parquet")}'`);
    const [posthog = ""] = await linesFor("PostHog");
    const [, warehouse = ""] = await linesFor("Snowplow");
    const views = await readBy(posthog.replace(".csv", ".parquet"));
    expect(views.items[1]).toMatchObject({ user_id: "d-1", action: "$pageview", timestamp: noon });
    const events = await readBy(warehouse.replace(".csv", ".parquet"));
    expect(events.items[1]).toEqual({ user_id: "u-1", action: "add_to_cart", timestamp: noon, event_id: "e-1" });
  });

  it("Snowplow, enriched and from the warehouse", async () => {
    const event = (n: number) => {
      const fields = Array.from({ length: 131 }, () => "");
      const set = {
        0: "shop",
        1: "web",
        2: "2025-03-01 12:00:03.000",
        3: "2025-03-01 12:00:00.000",
        5: "page_view",
        6: `e-${n}`,
        15: `u-${n}`,
        126: "page_view",
        124: "2025-03-01 11:59:59.000",
        52: '{"schema":"iglu:…","data":[]}',
      };
      for (const [at, text] of Object.entries(set)) fields[Number(at)] = text;
      return `${fields.join("\t")}\n`;
    };
    await write("enriched/part-0.gz", gzipSync(event(1) + event(2) + event(3)));
    await write(
      "events.csv",
      "app_id,collector_tstamp,event,event_id,user_id,domain_userid,event_name\nshop,2025-03-01 12:00:00.000,struct,e-1,,u-1,add_to_cart\n",
    );
    const [enriched = "", warehouse = ""] = await linesFor("Snowplow");
    expect((await readBy(enriched)).items[2]).toEqual({
      user_id: "u-3",
      action: "page_view",
      timestamp: noon,
      event_id: "e-3",
    });
    expect((await readBy(warehouse)).items[0]).toMatchObject({
      user_id: "u-1",
      action: "add_to_cart",
      timestamp: noon,
      event_id: "e-1",
    });
  });

  it("Stripe, payments and events", async () => {
    const header = "id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Status,Customer ID,Customer Email";
    await write(
      "payments.csv",
      `${header}\npy_1,2025-03-01 12:00:00,"1,249.00",0.00,eur,true,Paid,cus_1,ann@example.org\n`,
    );
    const event = (n: number) => ({
      id: `evt_${n}`,
      object: "event",
      created: noon / 1000,
      type: "charge.succeeded",
      data: { object: { id: `ch_${n}`, customer: `cus_${n}`, amount: 2000 } },
    });
    await write(
      "events.json",
      JSON.stringify({ object: "list", url: "/v1/events", has_more: false, data: [event(1), event(2)] }, null, 2),
    );
    const [payments = "", events = ""] = await linesFor("Stripe");
    expect((await readBy(payments)).items).toEqual([
      { user_id: "cus_1", action: "payment", timestamp: noon, value: 1249 },
    ]);
    expect((await readBy(events)).items[1]).toEqual({
      user_id: "cus_2",
      action: "charge.succeeded",
      timestamp: noon,
      value: 2000,
      event_id: "evt_2",
    });
  });

  it("access logs, by login and by address", async () => {
    const line = (n: number, user: string) =>
      `10.0.0.${n} - ${user} [01/Mar/2025:13:00:00 +0100] "GET /p/${n}?q=1 HTTP/1.1" 200 512 "https://example.org/" "Mozilla/5.0 (X11; Linux \\"x\\")"\n`;
    await write("access.log", line(1, "ann") + line(2, "bob"));
    await write("access.log.1.gz", gzipSync(line(3, "ann")));
    const [byLogin = "", byAddress = ""] = await linesFor("Apache, nginx");
    expect((await readBy(byLogin)).items[0]).toEqual({ user_id: "ann", action: "GET", timestamp: noon });
    expect((await readBy(byAddress)).items.map(({ user_id }) => user_id)).toEqual(["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
  });
});
