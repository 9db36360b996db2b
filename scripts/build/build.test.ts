import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { CloudEvent, HTTP } from "cloudevents";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { probabilityOf } from "#churn/model/predict.ts";
import { actionEvent, featuresUpdated, modelPromoted, pingType } from "#runtime/event-kinds.ts";
import { DirectoryModelStore } from "#stores/models/directory/model-store.ts";
import { exampleModel } from "#test/support/example-model.ts";
import { freePort } from "#test/support/free-port.ts";
import { RunningProgram } from "#test/support/running-program.ts";
import { buildFunctions } from "./bundles.ts";
import { writeCodeCaches } from "./code-cache.ts";

let directory: string;
let built: readonly string[];
const running = new Set<RunningProgram>();

beforeAll(async () => {
  // As in an image: the bundles, and beside them the packages with native parts.
  directory = await mkdtemp(join(tmpdir(), "lapse-build-"));
  await symlink(resolve("node_modules"), join(directory, "node_modules"));
  built = await buildFunctions(resolve("."), join(directory, "dist"));
  await writeCodeCaches(join(directory, "dist"), built);
});

afterEach(async () => {
  const said = [...running].flatMap(({ lines }) => lines);
  await Promise.all([...running].map((program) => program.end("SIGKILL")));
  running.clear();
  // All that a function says is a log entry.
  for (const line of said) JSON.parse(line);
});

afterAll(() => rm(directory, { recursive: true, force: true }));

const action = new CloudEvent({
  type: actionEvent.type,
  source: "/shop",
  id: "e1",
  subject: "u1",
  time: "2024-03-01T11:00:00Z",
  data: { action: "purchase", value: 9.5 },
});
const ping = (job: string) =>
  new CloudEvent({
    type: pingType,
    source: "/ping",
    id: job,
    time: "2024-03-02T01:00:00Z",
    lapsejob: job,
  });

describe("the bundles", () => {
  it("are one file per function, with a source map and V8's code of it", async () => {
    expect(built).toEqual(expect.arrayContaining(["features", "ingest", "predict", "score", "train"]));
    for (const name of built)
      for (const file of [`${name}.cjs`, `${name}.cjs.map`, `${name}.cache`])
        expect((await stat(join(directory, "dist", file))).size).toBeGreaterThan(10_000);
  });

  it("take an action, compute its features, and stop with status 0", async () => {
    const ingest = await start("ingest");
    expect((await post(ingest.url, action)).status).toBe(204);
    const lines = '{"user_id":"u2","action":"login","timestamp":1709290800}\n{"user_id":"u3"}\n';
    const report = await fetch(`${ingest.url}/events`, {
      method: "POST",
      headers: { "content-type": "application/x-ndjson" },
      body: lines,
    });
    expect(await report.json()).toMatchObject({ created: 1, rejected: [{ index: 1, field: "action" }] });
    expect(await (await fetch(`${ingest.url}/metrics`)).text()).toContain(
      'lapse_actions_total{outcome="created",reason="none"} 2',
    );
    expect(await ingest.stop()).toBe(0);

    const features = await start("features");
    const answer = await post(features.url, ping("features"));
    expect(answer.status).toBe(200);
    expect(answer.headers.get("ce-type")).toBe(featuresUpdated.type);
    expect(await answer.json()).toEqual({ snapshot: "2024-03-02", users: 2, lapsed: 0, user_days: 2 });
    expect(await features.stop()).toBe(0);
  });

  it("read the file of OpenTelemetry where a collector is named, and nowhere else", async () => {
    const file = join(directory, "dist", "open-telemetry.cjs");
    const whole = await readFile(file, "utf8");
    const told = '{"test":"OpenTelemetry is loaded"}';
    await writeFile(file, `console.log(${JSON.stringify(told)});\n${whole}`);
    try {
      for (const [settings, loads] of [
        [{}, false],
        [{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1", OTEL_SDK_DISABLED: "true" }, false],
        [{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1" }, true],
      ] as const) {
        const ingest = await start("ingest", { DATA_DIR: join(directory, "telemetry"), ...settings });
        expect((await post(ingest.url, action)).status).toBe(204);
        expect(await ingest.stop()).toBe(0);
        expect(ingest.lines.includes(told)).toBe(loads);
      }
    } finally {
      await writeFile(file, whole);
    }
  });

  it("predict few rows without ONNX Runtime, by a version whose graph was held to the formula, and many with it", async () => {
    const data = join(directory, "predict");
    const models = await DirectoryModelStore.open(join(data, "models"), { now: Date.now });
    const { manifest, onnx } = exampleModel();
    await models.publish({ manifest, onnx, report: "" });
    await models.moveAlias("champion", manifest.version, undefined, { by: "test", reason: "to predict with" });
    const predictor = await start("predict", { DATA_DIR: data, NODE_DEBUG: "module" });
    const ask = async (rows: number): Promise<unknown> => {
      const body = JSON.stringify({ instances: Array.from({ length: rows }, () => manifest.typical) });
      const headers = { "content-type": "application/json" };
      const answer = await fetch(`${predictor.url}/v1/models/churn:predict`, { method: "POST", headers, body });
      return answer.json();
    };
    const one = { predictions: [expect.objectContaining({ model_version: manifest.version })] };
    expect(await ask(1)).toMatchObject(one);
    expect(predictor.messages.join()).toContain("node:http");
    expect(predictor.messages.join()).not.toContain("onnxruntime");
    const many = (await ask(5)) as { predictions: { probability: number }[] };
    await expect.poll(() => predictor.messages.join()).toContain("onnxruntime");
    const probability = expect.closeTo(probabilityOf(manifest.parameters, manifest.typical), 6);
    expect(many.predictions.map((prediction) => prediction.probability)).toEqual(Array(5).fill(probability));
    // By a path with parameters, which are found by what is loaded for the first of them.
    const version = await fetch(`${predictor.url}/v2/models/churn/versions/${manifest.version}/ready`);
    expect(await version.json()).toEqual({ name: "churn", ready: true });
    expect(await predictor.stop()).toBe(0);
  });

  it("answer an event that they can do nothing with", async () => {
    const score = await start("score", { DATA_DIR: join(directory, "score") });
    const updated = new CloudEvent({
      type: featuresUpdated.type,
      source: "/lapse/features",
      id: "1",
      data: { snapshot: "2024-03-02", users: 0, lapsed: 0, user_days: 0 },
    });
    expect((await post(score.url, updated)).status).toBe(204);
    expect((await post(score.url, action)).status).toBe(400);
    expect(await score.stop()).toBe(0);

    const train = await start("train", { DATA_DIR: join(directory, "train") });
    const answer = await post(train.url, ping("train"));
    expect(answer.status).toBe(503);
    expect(answer.headers.get("content-type")).toContain("application/json");
    expect(await train.stop()).toBe(0);
  });

  it("train in a thread that is inside the bundle", async () => {
    const settings = { DATA_DIR: join(directory, "learn"), CHURN_DAYS: "10", OBSERVE_DAYS: "20" };
    const ingest = await start("ingest", settings);
    const lines = leaversAndStayers().map((line) => `${JSON.stringify(line)}\n`);
    const headers = { "content-type": "application/x-ndjson" };
    const report = await fetch(`${ingest.url}/events`, { method: "POST", headers, body: lines.join("") });
    expect(await report.json()).toMatchObject({ created: lines.length });
    expect(await ingest.stop()).toBe(0);

    const features = await start("features", settings);
    expect((await post(features.url, ping("features"))).status).toBe(200);
    expect(await features.stop()).toBe(0);

    const train = await start("train", settings);
    const answer = await post(train.url, ping("train"));
    expect(await answer.text()).toContain("first model: better than the plain rate");
    expect(answer.headers.get("ce-type")).toBe(modelPromoted.type);
    expect(await train.stop()).toBe(0);
    const files = await readdir(settings.DATA_DIR, { recursive: true });
    const reports = files.filter((file) => file.endsWith(".html"));
    expect(reports).toHaveLength(1);
    expect(await readFile(join(settings.DATA_DIR, reports[0] ?? ""), "utf8")).toContain("–");
  });

  it("say what their sources say, in whatever script", async () => {
    const desk = await start("desk", { DATA_DIR: join(directory, "desk") });
    expect(await (await fetch(`${desk.url}/users`)).text()).toContain(" · lapse</title>");
    expect(await desk.stop()).toBe(0);
  });

  it("finish the request in flight when they are stopped", async () => {
    const ingest = await start("ingest", { DATA_DIR: join(directory, "drain") });
    const body = '{"user_id":"u1","action":"login","timestamp":1709290800}';
    const slow = connect(Number(new URL(ingest.url).port), "127.0.0.1");
    const half = body.length / 2;
    const head = `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    await new Promise((resolve) => slow.write(head + body.slice(0, half), resolve));
    // An answer on another connection: by now the server has seen the first one.
    await fetch(`${ingest.url}/healthz`, { headers: { connection: "close" } });

    const stopped = ingest.stop();
    await ingest.says(/(Stopping on SIGTERM\.)/);
    // Connections that are on their way are still accepted for a moment, and told that they are the last.
    const knock = () => fetch(`${ingest.url}/healthz`, { headers: { connection: "close" } });
    await expect
      .poll(
        () =>
          knock().then(
            ({ ok }) => ok,
            () => "refused",
          ),
        { interval: 300 },
      )
      .toBe("refused");
    slow.write(body.slice(half));
    let answer = "";
    for await (const chunk of slow) answer += String(chunk);
    expect(answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*"created":1/);
    expect(await stopped).toBe(0);
  });

  it("serve metrics on a port of their own where one is set, and only there", async () => {
    const port = await freePort();
    const ingest = await start("ingest", { DATA_DIR: join(directory, "metrics"), METRICS_PORT: String(port) });
    expect((await fetch(`${ingest.url}/metrics`)).status).toBe(404);
    expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).toContain("lapse_actions_total");
    expect((await fetch(`http://127.0.0.1:${port}/events`, { method: "POST" })).status).toBe(404);
    expect(await ingest.stop()).toBe(0);
  });

  it("load OpenTelemetry only where a collector is named, and then send it what they did before they end", async () => {
    for (const name of built)
      expect(await readFile(join(directory, "dist", `${name}.cjs`), "latin1")).not.toContain("BatchSpanProcessor");
    const received: string[] = [];
    const collector = createServer(async (request, response) => {
      received.push(`${request.url} ${await text(request)}`);
      response.end();
    }).listen(0, "127.0.0.1");
    await once(collector, "listening");
    const { port } = collector.address() as AddressInfo;
    const settings = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` };
    const ingest = await start("ingest", { DATA_DIR: join(directory, "traces"), ...settings });
    expect((await post(ingest.url, action)).status).toBe(204);
    expect(await ingest.stop()).toBe(0);
    collector.close();
    const sent = received.join();
    for (const part of ["/v1/traces", "lapse-ingest", "POST /", "actions.append"]) expect(sent).toContain(part);
    expect(sent).not.toContain("u1");
  });

  it("name every setting that is wrong, and do not start", async () => {
    const features = run("features", { PORT: "secret", CHURN_DAYS: "0" });
    expect(await features.ended).toBe(1);
    const errors = features.messages.join("\n");
    expect(errors).toContain("PORT must be a whole number");
    expect(errors).toContain("CHURN_DAYS must be a whole number");
    expect(errors).not.toContain("secret");
  });

  it("start while their servers are away, say so in one line, and ask senders to come again", async () => {
    const ingest = await start("ingest", { ELASTICSEARCH_URL: nowhere, MINIO_URL: nowhere, ...keys });
    const entry = JSON.parse(await ingest.says(/(.*Elasticsearch at.*)/));
    expect(entry).toMatchObject({ "log.level": "error", message: expect.stringContaining("cannot be reached") });
    expect((await post(ingest.url, action)).status).toBe(503);
    expect(await ingest.stop()).toBe(0);
  });

  it("say in one line that their database is in use", async () => {
    const first = await start("ingest", { DATA_DIR: join(directory, "locked") });
    const second = run("ingest", { DATA_DIR: join(directory, "locked") });
    expect(JSON.parse(await second.says(/(.*in use.*)/))).toMatchObject({ "log.level": "fatal" });
    expect(await second.ended).toBe(1);
    expect(await first.stop()).toBe(0);
  });
});

/** Where nobody listens. */
const nowhere = "http://127.0.0.1:9";
const keys = { MINIO_ACCESS_KEY: "nobody", MINIO_SECRET_KEY: "nothing" };

/** Of 60 users, those who come every fourth day leave one after the other; those who come daily stay. */
function leaversAndStayers() {
  const first = Date.UTC(2024, 0, 1) / 86_400_000;
  return Array.from({ length: 60 }, (_, user) =>
    Array.from({ length: 60 }, (_, day) => day)
      .filter((day) => (user % 2 === 0 ? day % 4 === 0 && day < user : day % 10 < 9 || user % 7 === 0))
      .map((day) => ({ user_id: `u${user}`, action: "login", timestamp: (first + day) * 86_400 })),
  ).flat();
}

function post(url: string, event: CloudEvent<unknown>): Promise<Response> {
  const { headers, body } = HTTP.binary(event);
  return fetch(url, { method: "POST", headers: headers as Record<string, string>, body: body as string });
}

/** Starts a bundle with plain node, on a free port. */
async function start(name: string, env: Record<string, string> = {}) {
  const program = run(name, env);
  const port = await program.says(/"server\.port":(\d+)/);
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () => program.end(),
    says: (pattern: RegExp) => program.says(pattern),
    lines: program.lines,
    messages: program.messages,
  };
}

function run(name: string, env: Record<string, string>): RunningProgram {
  const settings = { PORT: "0", DATA_DIR: join(directory, "data"), LAPSE_CODE_CACHE: "require", ...env };
  const args = [join(directory, "dist", "run.cjs"), name];
  const program = new RunningProgram(process.execPath, args, settings, directory);
  running.add(program);
  return program;
}
