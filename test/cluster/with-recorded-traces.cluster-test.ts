import { randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, it } from "vitest";
import { featuresSlice, featuresUpdated, pingType, rollUpSlice, scoreSlice } from "#runtime/event-kinds.ts";
import { Collector, pathsOf } from "#test/servers/collector.ts";
import { allTraces, configure, endpoint, untilHandedOn, without } from "./handed-on.ts";
import { kubectl } from "./kubectl.ts";
import { untilTaken } from "./load.ts";
import { applyOverlay, brokerClass } from "./overlay.ts";
import { eventually, ping, publish, throughGateway } from "./requests.ts";

// On the actions and the model that lapse.cluster-test.ts left, and with the collector on the node that overlays/traces names. The pods of the
// Broker record from the beginning of the suites on what others do (deploy.ts): those of RabbitMQ's that do not record take the trace out of
// what they deliver.

const binary = process.env.OTELCOL ?? "";
if (binary === "") throw new Error("OTELCOL must be the path of an OpenTelemetry collector for this suite.");

const traces = { action: randomBytes(16).toString("hex"), night: randomBytes(16).toString("hex") };
const traceparent = (trace: keyof typeof traces) => `00-${traces[trace]}-b7ad6b7169203331-01`;
let folder: string;
let collector: Collector;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-cluster-traces-"));
  collector = await Collector.start(binary, folder, "0.0.0.0:4318");
  await configure("serving", allTraces);
  await applyOverlay("traces");
  await kubectl("wait", "--for=condition=ready", "--timeout=180s", "ksvc", "--all");
  await untilHandedOn(endpoint, "proxies");
  if (brokerClass === "RabbitMQBroker") await untilHandedOn(endpoint, "broker");
});

afterAll(async () => {
  await configure("serving", without(allTraces));
  await collector.stop();
  await rm(folder, { recursive: true });
});

/** Waits for a path of a trace from its root to its end. What each part of the way has recorded arrives on its own, seconds later. */
async function untilTraced(trace: keyof typeof traces, path: RegExp): Promise<void> {
  await eventually(async () => {
    const spans = await collector.receivedSoFar();
    const paths = pathsOf(traces[trace], spans);
    if (paths.some((one) => path.test(one))) return;
    const senders = [...new Set(spans.map(({ service }) => service))].sort().join(", ");
    throw new Error(`${path} is not yet among\n${paths.join("\n")}\nof ${spans.length} spans from ${senders}`);
  });
}

it("follows an action from its sender through Knative to the store", async () => {
  const user = `traced-${randomUUID()}`;
  const body = JSON.stringify({ user_id: user, action: "login", timestamp: new Date().toISOString() });
  const headers = { "content-type": "application/json", traceparent: traceparent("action") };
  await untilTaken(() => throughGateway("ingest", "/", { body, headers }));
  await untilTraced("action", /^\[ingest\] queue > .* > \[lapse-ingest\] POST \/ > actions\.append > store actions$/);
});

it("follows a ping through the Broker and every slice to the last score", async () => {
  const event = ping("features", `traced-${randomUUID()}`, new Date().toISOString());
  await publish({ ...event, extensions: { ...event.extensions, traceparent: traceparent("night") } });
  const way = [
    `features handles ${pingType}`,
    `features handles ${rollUpSlice.type}`,
    `features handles ${featuresSlice.type}`,
    `score handles ${featuresUpdated.type}`,
    `score handles ${scoreSlice.type}`,
  ];
  // Between them stands Knative's proxy beside each function, and the Broker where it records.
  await untilTraced("night", new RegExp(`${way.join(" > .*queue > .* > ")} > users\\.prune$`));
});
