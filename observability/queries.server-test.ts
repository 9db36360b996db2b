import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { dashboardPicture } from "#test/observability/picture.ts";
import { Prometheus } from "#test/observability/prometheus.ts";
import { makeTraffic } from "#test/observability/traffic.ts";
import { freePort } from "#test/support/free-port.ts";
import { RunningProgram } from "#test/support/running-program.ts";
import { dashboards } from "./dashboards/dashboards.ts";
import { selectorsIn } from "./metrics-in.ts";
import { alertsOf, readRuleGroups } from "./read-rules.ts";

const binary = process.env.PROMETHEUS ?? "";
if (binary === "") throw new Error("PROMETHEUS must be the path of the program prometheus for this suite.");

const root = fileURLToPath(new URL("..", import.meta.url));
/** Whether to redraw docs/images. */
const draws = process.env.WRITE_PICTURES !== undefined;
const seconds = draws ? 150 : 40;

/** Knative's own metrics, which need a cluster. */
const withoutCluster = "knative";

/** Series that only a fault creates. Where the metric exists without it, the metric itself is queried. */
const afterFaults = new Map([
  ['lapse_training_total{outcome="failed"}', "lapse_training_total"],
  ['lapse_model_loads_total{outcome="failed"}', "lapse_model_loads_total"],
  [
    'lapse_requests_total{function="predict",route=~".*(:predict|:explain|/infer)",status=~"5.."}',
    'lapse_requests_total{function="predict",route=~".*(:predict|:explain|/infer)"}',
  ],
  ["lapse_store_errors_total", undefined],
  // Where DATA_LIMIT is set.
  ["lapse_data_limit_bytes", undefined],
  // Elasticsearch only.
  ["lapse_store_retries_total", undefined],
  // From `lapse backup --every`.
  ["lapse_backup_due_timestamp_seconds", undefined],
  // From a Pushgateway, which the single process of `npm start` does not need.
  ["push_time_seconds", undefined],
]);

const groups = await readRuleGroups();
const shown = dashboards.filter(({ name }) => name !== withoutCluster);
const queries = shown.flatMap(({ name, rows }) =>
  rows.flatMap(({ panels }) =>
    panels.flatMap(({ title, queries: all }) => all.map(({ expr }) => ({ name, title, expr: inTest(expr) }))),
  ),
);

const itemSchema = z.object({ timestamp: z.string() });
const day = 86_400_000;

let folder: string;
let lapse: RunningProgram | undefined;
let prometheus: Prometheus;
let begin: number;
let end: number;

/** Grafana's rate interval at one scrape a second. */
function inTest(expression: string): string {
  return expression.replaceAll("$__rate_interval", "10s");
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-observability-"));
  const log = join(folder, "log.ndjson");
  const run = (...args: string[]) => [join(root, "scripts", "run.mjs"), ...args];
  await promisify(execFile)(process.execPath, run("generate", "--out", log, "--users", "600", "--months", "6"));
  const lines = (await readFile(log, "utf8")).trimEnd().split("\n");
  // lapse starts as it would have 18 days ago. When the actions since then come in, the window of its first list has closed.
  const isEarlier = (line: string) => Date.parse(itemSchema.parse(JSON.parse(line)).timestamp) < Date.now() - 18 * day;
  const earlier = join(folder, "earlier.ndjson");
  await writeFile(earlier, `${lines.filter(isEarlier).join("\n")}\n`);
  const port = await freePort();
  lapse = new RunningProgram(process.execPath, run("start", "--log", earlier, "--churn-days", "14"), {
    PORT: String(port),
    DATA_DIR: join(folder, "data"),
    LOG_LEVEL: "warn",
  });
  await lapse.answers(`http://localhost:${port}/readyz`);
  const since = await fetch(`http://localhost:${port}/events`, {
    method: "POST",
    headers: { "content-type": "application/x-ndjson" },
    body: lines.filter((line) => !isEarlier(line)).join("\n"),
  });
  expect(await since.json()).toMatchObject({ rejected: [] });
  // As if it were one of lapse's pods.
  const scrapeConfig = { job_name: "lapse/functions", static_configs: [{ targets: [`localhost:${port}`] }] };
  prometheus = await Prometheus.start(binary, folder, [scrapeConfig]);
  begin = Math.ceil(Date.now() / 1000) + 2;
  await makeTraffic(`http://localhost:${port}`, seconds);
  end = Math.floor(Date.now() / 1000);
}, 420_000);

afterAll(async () => {
  await prometheus?.stop();
  await lapse?.end();
  await rm(folder, { recursive: true });
});

describe("with a pipeline that runs, and traffic", () => {
  it.each(queries)("$name, $title: $expr", async ({ expr }) => {
    const result = await prometheus.query(expr);
    expect(result.filter(({ value: [, value] }) => value !== "NaN")).not.toEqual([]);
  });

  it("every recorded series is there", async () => {
    for (const rule of groups.flatMap(({ rules }) => rules)) {
      if (!("record" in rule)) continue;
      const matchers = Object.entries(rule.labels ?? {}).map(([label, value]) => `${label}="${value}"`);
      expect(await prometheus.query(`${rule.record}{${matchers}}`), rule.expr).toHaveLength(1);
    }
  });

  it.each(alertsOf(groups))("$alert can be evaluated, on series that are there: $expr", async ({ expr }) => {
    await prometheus.query(expr);
    for (const selector of selectorsIn(expr)) {
      const asked = afterFaults.has(selector) ? afterFaults.get(selector) : selector;
      if (asked !== undefined) expect(await prometheus.query(asked), asked).not.toEqual([]);
    }
  });

  it("only the alert for the event that no function accepted fires", async () => {
    const firing = await prometheus.query('ALERTS{alertstate="firing"}');
    expect(firing.map(({ metric }) => metric.alertname)).toEqual(["LapseDeadLetters"]);
  });

  it("Knative's panels ask in a way that Prometheus takes", async () => {
    const knative = dashboards.find(({ name }) => name === withoutCluster);
    const all = knative?.rows.flatMap(({ panels }) => panels.flatMap((panel) => panel.queries)) ?? [];
    expect(all.length).toBeGreaterThan(5);
    for (const { expr } of all) await prometheus.query(inTest(expr).replaceAll("$namespace", "lapse"));
  });
});

describe("pictures", () => {
  it.each(shown)("of $name are drawn from the same results", async (dashboard) => {
    const panels = dashboard.rows.flatMap((row) => row.panels);
    const ask = (expression: string) => prometheus.queryRange(inTest(expression), begin, end, 2);
    const picture = await dashboardPicture(dashboard, ask, begin);
    for (const { title } of panels) expect(picture).toContain(title.replaceAll("'", "&#39;"));
    expect(picture.split("<path").length - 1).toBeGreaterThanOrEqual(panels.length);
    if (draws) await writeFile(join(root, "docs", "images", `dashboard-${dashboard.name}.svg`), picture);
  });
});
