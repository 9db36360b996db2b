import { once } from "node:events";
import { createServer } from "node:http";
import { Counter, Registry } from "prom-client";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { createLogger } from "../logging.ts";
import { processRegistry } from "./process.ts";
import { metricsPush } from "./push.ts";
import { scoreMetrics } from "./scores.ts";
import { unsetGauge } from "./unset-gauge.ts";

const url = process.env.PUSHGATEWAY_URL ?? "";
if (url === "") throw new Error("PUSHGATEWAY_URL must name a Pushgateway for this suite.");

const names: string[] = [];
afterAll(() =>
  Promise.all(names.map((name) => fetch(`${url}/metrics/job/lapse/function/${name}`, { method: "DELETE" }))),
);

const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** What the Pushgateway holds of a function, without what it adds itself. */
async function heldOf(name: string): Promise<string[]> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return text
    .split("\n")
    .filter((line) => line.includes(`function="${name}"`) && line.includes('job="lapse"') && line.startsWith("lapse_"))
    .map((line) => line.replace(/\{.*\}/, ""));
}

function pod(name: string, { to = url, now = () => 0 }: { to?: string; now?: () => number } = {}) {
  names.push(name);
  const metrics = new Registry();
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ service: "test", level: "info" }, { stream, friendly: false });
  return { metrics, lines, push: metricsPush({ url: to, name, metrics, logger, now }) };
}

describe("pushing metrics", () => {
  it("keeps them at the Pushgateway under the function's own group", async () => {
    const name = `push-${process.pid}`;
    const { metrics, push } = pod(name);
    scoreMetrics(metrics).scored({ users: { low: 3, medium: 2, high: 1 }, seconds: 0.1, at: 7_000 });
    push.handled("success");
    await push.flush();
    expect(await heldOf(name)).toEqual(
      expect.arrayContaining(["lapse_score_last_success_timestamp_seconds 7", "lapse_score_duration_seconds_count 1"]),
    );
  });

  it("lets nothing stale linger after a success, and keeps the last success after a failure", async () => {
    const name = `group-${process.pid}`;
    const first = pod(name);
    unsetGauge(first.metrics, "lapse_old", "Of an older version").set(1);
    unsetGauge(first.metrics, "lapse_last_success", "When").set(1);
    first.push.handled("success");
    await first.push.flush();

    const failing = pod(name);
    unsetGauge(failing.metrics, "lapse_last_success", "When");
    new Counter({ name: "lapse_failures", help: "Failures", registers: [failing.metrics] }).inc();
    failing.push.handled("failure");
    await failing.push.flush();
    expect((await heldOf(name)).sort()).toEqual(["lapse_failures 1", "lapse_last_success 1", "lapse_old 1"]);

    const second = pod(name);
    unsetGauge(second.metrics, "lapse_last_success", "When").set(2);
    second.push.handled("success");
    await second.push.flush();
    expect(await heldOf(name)).toEqual(["lapse_last_success 2"]);
  });

  it("leaves out the process, which will be gone", async () => {
    const name = `process-${process.pid}`;
    names.push(name);
    const metricsRegistry = processRegistry();
    unsetGauge(metricsRegistry, "lapse_kept", "Kept").set(1);
    const log = createLogger({ service: "test", level: "silent" });
    const push = metricsPush({ url, name, metrics: metricsRegistry, logger: log, now: () => 0 });
    push.handled("success");
    await push.flush();
    expect(await heldOf(name)).toEqual(["lapse_kept 1"]);
  });
});

describe("a Pushgateway that is away", () => {
  it("costs no event anything, and is told of once a minute, without credentials", async () => {
    const server = createServer((_request, response) => response.writeHead(500).end("out of memory"));
    servers.push(server);
    await once(server.listen(0, "127.0.0.1"), "listening");
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    let time = 0;
    const { push, lines } = pod("away", { to: `http://user:secret@127.0.0.1:${port}`, now: () => time });
    for (time of [0, 59_999, 60_000]) {
      push.handled("success");
      await push.flush();
    }
    expect(lines).toHaveLength(2);
    expect(lines.join()).not.toContain("secret");
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      "log.level": "warn",
      message: "Could not push metrics to the Pushgateway.",
      error: { message: expect.stringMatching(/^127\.0\.0\.1:\d+\/: push failed with status 500, out of memory$/) },
    });
  });
});
