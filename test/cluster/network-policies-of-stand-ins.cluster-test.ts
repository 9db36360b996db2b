import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { addressForPods } from "./address-for-pods.ts";
import { addressOf, type From, lapse, reaches, scraper, someoneElse } from "./connections.ts";
import { kubectlAnywhere } from "./kubectl.ts";
import { eventually } from "./requests.ts";

// Policies of pods that do not run in these suites, or not at this moment: a pod with the labels of each listens and connects in its place.

interface StandIn {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Where it listens. */
  readonly ports: readonly number[];
}

const partOfLapse = { "app.kubernetes.io/part-of": "lapse" };
const standIns = {
  passwords: {
    namespace: "lapse",
    name: "passwords",
    labels: { "app.kubernetes.io/name": "passwords" },
    ports: [8080],
  },
  webhook: {
    namespace: "lapse",
    name: "webhook",
    labels: { ...partOfLapse, "serving.knative.dev/service": "webhook" },
    ports: [],
  },
  desk: {
    namespace: "lapse",
    name: "desk",
    labels: { ...partOfLapse, "serving.knative.dev/service": "desk" },
    ports: [],
  },
  predictor: {
    namespace: "lapse",
    name: "predictor",
    labels: { ...partOfLapse, "serving.kserve.io/inferenceservice": "churn" },
    ports: [8080, 9464, 9465],
  },
  pushgateway: {
    namespace: "lapse",
    name: "pushgateway",
    labels: { "app.kubernetes.io/name": "pushgateway" },
    ports: [9091, 9092],
  },
  collector: { namespace: "observability", name: "collector", labels: {}, ports: [4317, 4318] },
  logstash: {
    namespace: "lapse-tests",
    name: "logstash",
    labels: { "common.k8s.elastic.co/type": "logstash" },
    ports: [5044, 5045],
  },
  beat: { namespace: "lapse-tests", name: "beat", labels: { "common.k8s.elastic.co/type": "beat" }, ports: [] },
} as const satisfies Record<string, StandIn>;

/** Of components and add-ons that the suites do not deploy. */
const policies = [
  ["lapse", "deploy/issuer/network-policy.yaml"],
  ["lapse", "deploy/traces/network-policy.yaml"],
  ["lapse", "observability/pushgateway/network-policy.yaml"],
  ["lapse-tests", "logging/logstash/network-policy.yaml"],
] as const;

const pathOf = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url));
const all: readonly StandIn[] = Object.values(standIns);
const nameOf = ({ name }: Pick<StandIn, "name">) => `stand-in-${name}`;
const from = ({ namespace, name }: StandIn): From => [`--namespace=${namespace}`, "exec", nameOf({ name })];
const addressOfStandIn = ({ namespace, name }: StandIn) => addressOf(namespace, nameOf({ name }));

/** A pod that satisfies the pod security standard `restricted`. */
function podOf({ namespace, name, labels, ports }: StandIn): object {
  const program = `for (const port of ${JSON.stringify(ports)}) require("node:net").createServer((socket) => socket.on("error", () => undefined).end()).listen(port);
    setInterval(() => undefined, 60000);`;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: nameOf({ name }), namespace, labels: { ...labels, "lapse.dev/stand-in": name } },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 1,
      securityContext: { runAsUser: 1000, runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "stand-in",
          image: "dev.local/lapse:test",
          command: ["node", "-e", program],
          securityContext: {
            allowPrivilegeEscalation: false,
            capabilities: { drop: ["ALL"] },
            readOnlyRootFilesystem: true,
          },
        },
      ],
    },
  };
}

/** At the one port that the webhook and those who ask an issuer may connect to. */
const receiver = createServer((socket) => socket.on("error", () => undefined).end());
let machine: string;
let stranger: string;

beforeAll(async () => {
  await once(receiver.listen(443), "listening");
  machine = await addressForPods();
  stranger = await addressOf("lapse-tests", "stranger");
  const folder = await mkdtemp(join(tmpdir(), "lapse-stand-ins-"));
  const file = join(folder, "pods.json");
  await writeFile(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: all.map(podOf) }));
  await kubectlAnywhere("apply", "--filename", file);
  await rm(folder, { recursive: true });
  for (const [where, path] of policies)
    await kubectlAnywhere(`--namespace=${where}`, "apply", "--filename", pathOf(path));
  for (const { namespace: where, name } of all)
    await kubectlAnywhere(
      `--namespace=${where}`,
      "wait",
      "--for=condition=ready",
      "--timeout=120s",
      `pod/${nameOf({ name })}`,
    );
});

afterAll(async () => {
  receiver.close();
  for (const [where, path] of policies)
    await kubectlAnywhere(`--namespace=${where}`, "delete", "--ignore-not-found", "--filename", pathOf(path));
  for (const { namespace, name } of all)
    await kubectlAnywhere(`--namespace=${namespace}`, "delete", "pod", nameOf({ name }), "--ignore-not-found");
});

/** The node enforces a policy, and knows a new pod's address, a moment after the API server does. */
const passes = (pod: From, host: string, port: number) =>
  eventually(async () => expect(await reaches(pod, host, port), `${host}:${port}`).toBe(true));
const isRefused = (pod: From, host: string, port: number) =>
  eventually(async () => expect(await reaches(pod, host, port), `${host}:${port}`).toBe(false));

const apiServer = "kubernetes.default.svc.cluster.local";

it("passwords: the Job that makes them reaches the API server and nothing of lapse, and takes no connections", async () => {
  await passes(from(standIns.passwords), apiServer, 443);
  await isRefused(from(standIns.passwords), "elasticsearch.lapse.svc.cluster.local", 9200);
  const address = await addressOfStandIn(standIns.passwords);
  await passes(from(standIns.passwords), "127.0.0.1", 8080);
  await isRefused(lapse, address, 8080);
  await isRefused(scraper, address, 8080);
});

it("webhook: it reaches receivers by HTTPS, and no other port outside", async () => {
  await passes(from(standIns.webhook), machine, 443);
  await isRefused(lapse, machine, 443);
  await isRefused(from(standIns.webhook), stranger, 9200);
});

it("issuer: who checks tokens reaches an issuer by HTTPS, and no other port outside", async () => {
  await passes(from(standIns.desk), machine, 443);
  await isRefused(from(standIns.desk), stranger, 9200);
});

it("predictor-standard: anyone reaches its port for requests, and Prometheus alone that for metrics", async () => {
  const address = await addressOfStandIn(standIns.predictor);
  await passes(someoneElse, address, 8080);
  await passes(scraper, address, 9464);
  await isRefused(someoneElse, address, 9464);
  await isRefused(scraper, address, 9465);
});

it("pushgateway: lapse and Prometheus reach it, no one else does, and it reaches nobody", async () => {
  const address = await addressOfStandIn(standIns.pushgateway);
  await passes(lapse, address, 9091);
  await passes(scraper, address, 9091);
  await isRefused(someoneElse, address, 9091);
  await isRefused(scraper, address, 9092);
  await isRefused(from(standIns.pushgateway), stranger, 9200);
});

it("traces: pods of lapse reach the collector by HTTP, and no other port of it", async () => {
  const address = await addressOfStandIn(standIns.collector);
  await passes(lapse, address, 4318);
  await isRefused(lapse, address, 4317);
  // It listens there.
  await passes(someoneElse, address, 4317);
});

it("logstash: Filebeat reaches it, and no one else does", async () => {
  const address = await addressOfStandIn(standIns.logstash);
  await passes(from(standIns.beat), address, 5044);
  await isRefused(from(standIns.beat), address, 5045);
  await isRefused(someoneElse, address, 5044);
});
