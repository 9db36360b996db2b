import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { actionEvent } from "#runtime/event-kinds.ts";
import { type LapseEvent, toBinary } from "#runtime/events.ts";
import { addressOf, type From, lapse, reaches, run, scraper, someoneElse } from "./connections.ts";
import { kubectl, kubectlAnywhere, podsOf } from "./kubectl.ts";
import { brokerClass } from "./overlay.ts";
import { brokerUrl, eventually, predict, publish, stranger, throughGateway } from "./requests.ts";
import { authorization, countActions } from "./state.ts";

// Each policy with a connection that it must let through, and one that it must not. Where the cluster's network enforces no
// policies, the second kind gets through, and these tests fail.

const gatewayPolicy = fileURLToPath(new URL("../../deploy/gateway", import.meta.url));

/** The status of an HTTP response; undefined if there is none. */
async function status(from: From, url: string, options: object = {}): Promise<number | undefined> {
  const script = `fetch(${JSON.stringify(url)}, { ...${JSON.stringify(options)}, signal: AbortSignal.timeout(20000) })
    .then((r) => console.log(r.status), () => console.log("none"))`;
  const printed = await run(from, script);
  return printed === "none" ? undefined : Number(printed);
}

/** The address of a pod of a function that is running. */
async function runningPod(service: string): Promise<string> {
  const [pod] = await podsOf(service);
  return pod === undefined ? Promise.reject(new Error(`No pod of ${service} runs.`)) : addressOf("lapse", pod);
}

function action(user: string): LapseEvent {
  const [type, time] = [actionEvent.type, new Date().toISOString()];
  return { id: randomUUID(), type, time, source: "/network-policies", subject: user, data: { action: "login" } };
}

describe("the stores", () => {
  it.each([
    ["elasticsearch", 9200],
    ["minio", 9000],
  ])("take connections to %s from lapse, and from nobody else", async (store, port) => {
    const host = `${store}.lapse.svc.cluster.local`;
    expect(await reaches(lapse, host, port)).toBe(true);
    expect(await reaches(someoneElse, host, port)).toBe(false);
    expect(await reaches(scraper, host, port)).toBe(false);
  });

  it("show the predictor's user the features, and nothing more", async () => {
    const headers = { authorization: await authorization("lapse-elasticsearch-reader") };
    const ask = (path: string, method = "GET") =>
      status(lapse, `http://elasticsearch:9200/${path}`, { method, headers });
    expect(await ask("lapse-features/_count")).toBe(200);
    expect(await ask("lapse-feature-sets/_count")).toBe(200);
    expect(await ask("lapse-scores/_count")).toBe(403);
    // A pattern stands for the indices that a user may read: here for none.
    for (const pattern of ["lapse-actions-*", "lapse-user-days-*", "lapse-ledger-*"])
      expect(await ask(`${pattern}/_count?allow_no_indices=false`), pattern).toBe(404);
    expect(await ask("lapse-features", "DELETE")).toBe(403);
    expect(await ask("lapse-features/_doc/x", "PUT")).not.toBe(201);
    expect(await ask("_security/user")).toBe(403);
    expect(await status(lapse, "http://elasticsearch:9200/lapse-features/_count")).toBe(401);
  });
});

it("Elasticsearch lets lapse's user add to the audit, and neither change nor delete what is in it", async () => {
  const headers = {
    authorization: await authorization("lapse-elasticsearch"),
    "content-type": "application/json",
  };
  const index = "http://elasticsearch:9200/lapse-audit-2026.01";
  const ask = (path: string, method: string, body?: string) =>
    status(lapse, `${index}${path}`, { method, headers, body });
  const id = randomUUID();
  const entry = {
    "@timestamp": Date.UTC(2026, 0, 1),
    event: { id, action: "access.tried" },
    user: { name: "the tests" },
    source: { address: "the tests" },
  };
  expect(await ask(`/_create/${id}`, "PUT", JSON.stringify(entry))).toBe(201);
  expect(await ask(`/_doc/${id}`, "PUT", JSON.stringify(entry))).toBe(403);
  expect(await ask(`/_doc/${id}`, "DELETE")).toBe(403);
  expect(await ask("", "DELETE")).toBe(403);
});

describe("functions", () => {
  it("take requests through the gateway, and metrics from Prometheus alone", async () => {
    const body = JSON.stringify({ user_id: "policies", action: "login", timestamp: new Date().toISOString() });
    const headers = { "content-type": "application/json" };
    expect((await throughGateway("ingest", "/", { body, headers })).status).toBe(200);
    const pod = await runningPod("ingest");
    expect(await reaches(someoneElse, pod, 8080)).toBe(false);
    expect(await reaches(someoneElse, pod, 9464)).toBe(false);
    expect(await reaches(scraper, pod, 8080)).toBe(false);
    expect(await status(scraper, `http://${pod}:9464/metrics`)).toBe(200);
  });

  it("show no metrics to those who send requests", async () => {
    expect((await predict([stranger()])).status).toBe(200);
    for (const service of ["ingest", "churn-predictor"] as const)
      expect((await throughGateway(service, "/metrics")).status, service).toBe(404);
  });

  it("connect to stores and Broker, and nowhere else", async () => {
    const elsewhere = await addressOf("lapse-tests", "stranger");
    expect(await reaches(someoneElse, elsewhere, 9200)).toBe(true);
    expect(await reaches(lapse, elsewhere, 9200)).toBe(false);
    expect(await reaches(lapse, "kubernetes.default.svc.cluster.local", 443)).toBe(false);
    expect(await reaches(lapse, new URL(brokerUrl()).hostname, 80)).toBe(true);
  });

  it("send events to the Broker, as namespaces do that are labelled for it where it does not authenticate events", async () => {
    const { hostname } = new URL(brokerUrl());
    expect(await reaches(someoneElse, hostname, 80)).toBe(brokerClass === "MTChannelBasedBroker");
    await kubectlAnywhere("label", "namespace", "lapse-tests", "lapse.dev/sends-events=true");
    try {
      await eventually(async () => expect(await reaches(someoneElse, hostname, 80)).toBe(true));
    } finally {
      await kubectlAnywhere("label", "namespace", "lapse-tests", "lapse.dev/sends-events-");
    }
  });

  it("that only call others take no connections", async () => {
    // Until someone sends it something; for a minute at most.
    const listening = run(
      lapse,
      `require("node:net").createServer((socket) => socket.on("data", () => process.exit())).listen(8080);
       setTimeout(process.exit, 60000);`,
    );
    const [pod] = (await kubectl("get", "pods", "--selector=app.kubernetes.io/name=commands", "--output=name")).split(
      "\n",
    );
    const address = await addressOf("lapse", (pod ?? "").replace("pod/", ""));
    await eventually(async () => expect(await reaches(lapse, address, 8080)).toBe(true));
    expect(await reaches(someoneElse, address, 8080)).toBe(false);
    await run(lapse, `require("node:net").connect(8080, ${JSON.stringify(address)}).end("over")`);
    await listening;
  });
});

describe("with deploy/gateway", () => {
  beforeAll(() => kubectlAnywhere("apply", "--kustomize", gatewayPolicy));
  afterAll(() => kubectlAnywhere("delete", "--kustomize", gatewayPolicy));

  it("functions take events from the Broker, and from nobody else", async () => {
    const user = `policies-${randomUUID()}`;
    const { headers, body } = toBinary(action(user));
    const options = { method: "POST", headers, body: String(body) };
    // The node enforces a policy a moment after the API server has taken it.
    for (const service of ["ingest", "monitor"])
      await eventually(async () =>
        expect(await status(someoneElse, `http://${service}.lapse.svc.cluster.local`, options)).toBeUndefined(),
      );
    await publish(action(user));
    await eventually(async () => expect(await countActions(user)).toBe(1));
    // Requests from outside still come in.
    expect((await predict([stranger()])).status).toBe(200);
  });
});

it("claims of the stores are bound", async () => {
  const phases = "jsonpath={.items[*].status.phase}";
  const claims = ["pvc/data-elasticsearch-0", "pvc/data-minio-0"];
  expect(await kubectl("get", ...claims, "--output", phases)).toBe("Bound Bound");
});
