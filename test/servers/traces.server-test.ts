import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  actionEvent,
  featuresPing,
  featuresSlice,
  featuresUpdated,
  rollUpSlice,
  scoreSlice,
  usersScored,
} from "#runtime/event-kinds.ts";
import { type LapseEvent, toBinary } from "#runtime/events.ts";
import { removePrefix } from "#stores/connections/elasticsearch/remove-prefix.ts";
import { StoreConnections } from "#stores/store-connections.ts";
import { testConnection } from "../support/elasticsearch-connection.ts";
import { exampleModel } from "../support/example-model.ts";
import { exampleNote } from "../support/example-note.ts";
import { RunningProgram } from "../support/running-program.ts";
import { makeTemporaryBucket, type TemporaryBucket } from "../support/temporary-bucket.ts";
import { Collector, pathsOf as pathsOfTrace, type ReceivedSpan } from "./collector.ts";
import { PassingBroker } from "./passing-broker.ts";

const binary = process.env.OTELCOL ?? "";
if (binary === "") throw new Error("OTELCOL must be the path of an OpenTelemetry collector for this suite.");

const names = ["ingest", "features", "score", "predict"] as const;
const traces = { lines: "1".repeat(32), event: "2".repeat(32), ping: "3".repeat(32), prediction: "4".repeat(32) };
const traceparent = (trace: keyof typeof traces) => `00-${traces[trace]}-b7ad6b7169203331-01`;

const elasticsearch = testConnection();
let bucket: TemporaryBucket;
let broker: PassingBroker;
let folder: string;
const running = new Map<string, RunningProgram>();
let spans: readonly ReceivedSpan[];
let entries: readonly Record<string, unknown>[];
const statuses: (number | null)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-traces-"));
  bucket = await makeTemporaryBucket();
  const { url, prefix } = elasticsearch.options;
  const stores = new StoreConnections(
    { dataDir: folder, elasticsearch: elasticsearch.options, minio: bucket.options },
    Date.now,
  );
  await stores.setUp();
  const models = await stores.modelStore();
  await models.publish({ ...exampleModel({ version: "v1" }), report: "" });
  await models.moveAlias("champion", "v1", undefined, exampleNote);
  await stores.close();

  const collector = await Collector.start(binary, folder);
  broker = await PassingBroker.start();
  const environment = {
    PORT: "0",
    DATA_DIR: folder,
    CHURN_DAYS: "14",
    ...{ SLICES: "2", BROKER_URL: broker.url },
    // Of the predictor it is two seconds otherwise, in which a busy machine does not even load the client.
    ELASTICSEARCH_TIMEOUT_MS: "20000",
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    ...{ ELASTICSEARCH_URL: url, ELASTICSEARCH_PREFIX: prefix },
    ...{ MINIO_URL: bucket.options.url, MINIO_BUCKET: bucket.options.bucket },
    ...{ MINIO_ACCESS_KEY: bucket.options.accessKey, MINIO_SECRET_KEY: bucket.options.secretKey },
  };
  for (const name of names) running.set(name, RunningProgram.ofFunction(`${name}/main.ts`, environment));
  const ports = await Promise.all([...running.values()].map((program) => program.says(/"server\.port":(\d+)/)));
  const post = async (name: (typeof names)[number], path: string, body: string, headers: Record<string, string>) => {
    const response = await fetch(`http://127.0.0.1:${ports[names.indexOf(name)]}${path}`, {
      method: "POST",
      headers,
      body,
    });
    return { status: response.status, headers: Object.fromEntries(response.headers), text: await response.text() };
  };
  const send = (name: (typeof names)[number], event: LapseEvent) => {
    const { headers, body } = toBinary(event);
    return post(name, "/", String(body), headers);
  };

  const day = (back: number) => new Date(Date.now() - back * 86_400_000).toISOString();
  const lines = [3, 2, 1].map((back) => JSON.stringify({ user_id: "eve", action: "login", timestamp: day(back) }));
  const type = { "content-type": "application/x-ndjson", traceparent: traceparent("lines") };
  expect(await post("ingest", "/events", lines.join("\n"), type)).toMatchObject({ status: 200 });
  const action = { id: "a1", source: "/shop", type: actionEvent.type, subject: "ann", time: day(1) };
  const ofEvent = { extensions: { traceparent: traceparent("event") } };
  expect(await send("ingest", { ...action, ...ofEvent, data: { action: "login" } })).toMatchObject({ status: 204 });

  const ping = featuresPing.make({
    ...{ id: "p1", source: "/ping", time: day(0), data: { through: "today" } },
    extensions: { traceparent: traceparent("ping") },
  });
  const urlOf = (name: (typeof names)[number]) => `http://127.0.0.1:${ports[names.indexOf(name)]}/`;
  for (const { type } of [featuresPing, rollUpSlice, featuresSlice]) broker.triggers.set(type, [urlOf("features")]);
  for (const { type } of [featuresUpdated, scoreSlice]) broker.triggers.set(type, [urlOf("score")]);
  broker.take(ping);
  await broker.idle();
  const asked = JSON.stringify({ instances: [{ user_id: "eve" }] });
  const json = { "content-type": "application/json", traceparent: traceparent("prediction") };
  expect(await post("predict", "/v1/models/churn:predict", asked, json)).toMatchObject({ status: 200 });

  for (const program of running.values()) statuses.push(await program.end());
  spans = await collector.received();
  entries = [...running.values()].flatMap((program) => program.lines.map((line) => JSON.parse(line)));
});

afterAll(async () => {
  broker.close();
  for (const program of running.values()) await program.end("SIGKILL");
  await removePrefix(elasticsearch);
  await elasticsearch.close();
  await bucket.remove();
  await rm(folder, { recursive: true });
});

const pathsOf = (trace: keyof typeof traces) => pathsOfTrace(traces[trace], spans);

describe("one trace in a real collector", () => {
  it("leads from lines that are sent to their documents", () => {
    const [root] = pathsOf("lines").filter((path) => !path.includes(">"));
    expect(root).toBe("[lapse-ingest] POST /events");
    expect(pathsOf("lines")).toContain(`${root} > actions.append`);
    const bulk = spans.find(({ traceId, attributes }) => {
      return traceId === traces.lines && attributes["db.operation.name"] === "bulk";
    });
    expect(bulk?.attributes).toMatchObject({
      "db.system.name": "elasticsearch",
      "db.collection.name": expect.stringContaining(`${elasticsearch.options.prefix}-actions-`),
    });
  });

  it("leads from a CloudEvent to its document", () => {
    expect(pathsOf("event")).toEqual(
      expect.arrayContaining(["[lapse-ingest] POST /", "[lapse-ingest] POST / > actions.append"]),
    );
  });

  it("leads from a ping through every slice of the roll-up, the features and the scores to the last score", () => {
    const types = broker.taken.map(({ type }) => type);
    const two = [rollUpSlice, featuresSlice, scoreSlice].flatMap(({ type }) => [type, type]);
    expect(types.toSorted()).toEqual([featuresPing.type, ...two, featuresUpdated.type, usersScored.type].toSorted());
    const handles = (name: string, { type }: { readonly type: string }) =>
      `[lapse-${name}] POST / > ${name} handles ${type}`;
    const rollUp = `${handles("features", featuresPing)} > ${handles("features", rollUpSlice).replace("[lapse-features] ", "")}`;
    const paths = pathsOf("ping");
    const count = (path: string) => paths.filter((one) => one === path).length;
    expect(count(rollUp)).toBe(2);
    expect(count(`${rollUp} > actions.rollUp`)).toBe(2);
    const features = `${rollUp} > POST / > features handles ${featuresSlice.type}`;
    expect(count(features)).toBe(2);
    expect(count(`${features} > features.completeSet`)).toBe(1);
    const plan = `${features} > ${handles("score", featuresUpdated)}`;
    const aliases = paths.filter((path) => path.startsWith(`${plan} > models.`));
    expect(aliases).toEqual(expect.arrayContaining([expect.stringMatching(/> read .*champion/)]));
    const score = `${plan} > POST / > score handles ${scoreSlice.type}`;
    expect(count(score)).toBe(2);
    expect(paths).toContain(`${score} > ledger.append`);
    expect(count(`${score} > users.prune`)).toBe(1);
    // There is one root, and nothing hangs in the air.
    expect(paths.filter((path) => !path.startsWith(handles("features", featuresPing).split(" > ")[0]!))).toEqual([]);
  });

  it("leads from a question to the features that it is answered by", () => {
    const [root] = pathsOf("prediction").filter((path) => !path.includes(">"));
    expect(root).toMatch(/^\[lapse-predict\] POST \/v1\/models\//);
    expect(pathsOf("prediction").join()).toContain(`${root} > features.`);
  });

  it("is that of the log entries, by trace and span", () => {
    const ids = new Set(spans.map(({ traceId, spanId }) => `${traceId} ${spanId}`));
    const told = entries.filter((entry) => entry["trace.id"] !== undefined);
    expect(told.length).toBeGreaterThanOrEqual(4);
    for (const entry of told) expect(ids).toContain(`${entry["trace.id"]} ${entry["span.id"]}`);
  });

  it("is all that is recorded, and names no user and no action", () => {
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set(Object.values(traces)));
    expect(JSON.stringify(spans)).not.toMatch(/eve"|ann"|login/);
  });

  it("is sent before a function ends", () => {
    expect(statuses).toEqual([0, 0, 0, 0]);
    expect(new Set(spans.map(({ service }) => service)).size).toBe(4);
  });
});
