import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { knative } from "#observability/dashboards/knative.ts";
import { actionEvent } from "#runtime/event-kinds.ts";
import { toBinary } from "#runtime/events.ts";
import { dashboardPicture } from "#test/observability/picture.ts";
import type { Prometheus } from "#test/observability/prometheus.ts";
import { jobOf, readPodMonitors } from "#test/observability/scrape-pods.ts";
import { useBroker } from "../broker.ts";
import { ClusterPrometheus } from "../discovery.ts";
import { configure } from "../handed-on.ts";
import { kubectlAnywhere } from "../kubectl.ts";
import { underLoad } from "../load.ts";
import { brokerUrl, eventually, predict, publish, throughGateway } from "../requests.ts";

// The dashboard shows the metrics of Knative's own broker.

const channel = "MTChannelBasedBroker";
const binary = process.env.PROMETHEUS ?? "";
const namespace = "lapse";
/** Whether to redraw docs/images. */
const draws = process.env.WRITE_PICTURES !== undefined;
/** Of traffic in two waves. */
const seconds = draws ? 120 : 20;

// In these tests the predictor is a Knative Service; of RabbitMQ's Broker see metrics-of-rabbitmq.cluster-test.ts.
const absent = ["predictor-standard", "rabbitmq-dispatchers", "rabbitmq-ingress"];
const monitors = (await readPodMonitors()).filter(({ metadata }) => !absent.includes(metadata.name));
const panels = knative.rows.flatMap((row) => row.panels);
const queries = panels.flatMap(({ title, queries: all }) => all.map(({ expr }) => ({ title, expr: inTest(expr) })));

let folder: string;
let started: ClusterPrometheus | undefined;
let prometheus: Prometheus;
let begin: number;
let end: number;

/** Fills in the namespace, and Grafana's rate interval at one scrape a second. */
function inTest(expression: string): string {
  return expression.replaceAll("$__rate_interval", "10s").replaceAll("$namespace", namespace);
}

beforeAll(async () => {
  if (binary === "") throw new Error("PROMETHEUS must be the path of Prometheus: nothing was tested.");
  await useBroker(channel);
  await turnMetricsOn();
  folder = await mkdtemp(join(tmpdir(), "lapse-cluster-"));
  started = await ClusterPrometheus.start(binary, folder, { monitors, namespace });
  prometheus = started.prometheus;
  begin = Math.ceil(Date.now() / 1000);
  await makeTraffic();
  end = Math.floor(Date.now() / 1000);
}, 420_000);

afterAll(async () => {
  await started?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

describe("a Prometheus with the monitors of observability/, and traffic", () => {
  it.each(monitors.map((monitor) => jobOf(monitor, namespace)))(
    "finds the pods of %s and gets their metrics",
    async (job) => {
      const [found] = await prometheus.query(`max_over_time(sum(up{job="${job}"})[${seconds}s:1s])`);
      expect(Number(found?.value[1])).toBeGreaterThan(0);
    },
  );

  it("tells functions apart by the labels of their pods", async () => {
    const found = await prometheus.query(
      `sum by (serving_knative_dev_service) (last_over_time(lapse_requests_total[${seconds}s]))`,
    );
    const services = found.map(({ metric }) => metric.serving_knative_dev_service);
    expect(services).toEqual(expect.arrayContaining(["churn-predictor", "ingest"]));
  });

  it.each(queries)("has data for the dashboard Knative, $title: $expr", async ({ expr }) => {
    const results = await prometheus.queryRange(expr, begin, end, 1);
    const numbers = results.flatMap(({ values }) => values.map(([, value]) => Number(value)));
    expect(numbers.filter(Number.isFinite)).not.toEqual([]);
  });

  it("draws the dashboard from the same results", async () => {
    const ask = (expression: string) => prometheus.queryRange(inTest(expression), begin, end, 2);
    const picture = await dashboardPicture(knative, ask, begin);
    expect(picture.split("<path").length - 1).toBeGreaterThanOrEqual(panels.length);
    const file = fileURLToPath(new URL("../../../docs/images/dashboard-knative.svg", import.meta.url));
    if (draws) await writeFile(file, picture);
  });
});

/** As in docs/observe.md, since Knative serves no metrics by default. */
async function turnMetricsOn(): Promise<void> {
  const metrics = { "metrics-protocol": "prometheus" };
  const turnOn = async (
    part: Parameters<typeof configure>[0],
    settings: Readonly<Record<string, string>>,
    ...names: readonly string[]
  ) => {
    await configure(part, settings);
    const where = ["--namespace", `knative-${part}`];
    const deployments = names.map((name) => `deployment/${name}`);
    await kubectlAnywhere(...where, "rollout", "restart", ...deployments);
    for (const deployment of deployments)
      await kubectlAnywhere(...where, "rollout", "status", "--timeout=120s", deployment);
  };
  await Promise.all([
    turnOn("serving", { ...metrics, "request-metrics-protocol": "prometheus" }, "activator", "autoscaler"),
    turnOn("eventing", metrics, "mt-broker-ingress", "mt-broker-filter"),
  ]);
}

/** Predictions and actions through the gateway, and actions to the Broker: a wave, a break, a higher wave. */
async function makeTraffic(): Promise<void> {
  const headers = { "content-type": "application/json" };
  const action = () => ({ event_id: randomUUID(), user_id: "observed", action: "login", timestamp: Date.now() });
  const ask = () => predict([{ user_id: "observed" }]);
  const send = () => throughGateway("ingest", "/events", { headers, body: JSON.stringify(action()) });
  const event = async () => {
    const id = randomUUID();
    const [type, time] = [actionEvent.type, new Date().toISOString()];
    const sent = { id, type, time, source: "/observed", subject: "observed", data: { action: "login" } };
    await publish(sent, toBinary, brokerUrl(channel));
    return { status: 200, body: undefined };
  };
  // Knative's components may refuse requests just after their restart.
  await eventually(async () => expect((await ask()).status).toBe(200));
  await eventually(event);
  for (const callers of [2, 6]) {
    await Promise.all([ask, send, event].map((call) => underLoad(callers, call, () => pause(seconds * 400))));
    await pause(seconds * 100);
  }
}
