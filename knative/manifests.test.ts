import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { pino } from "pino";
import { beforeAll, describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import * as z from "zod";
import { ingest } from "#functions/ingest/definition.ts";
import { functions } from "#local/functions.ts";
import type { Manifests } from "#local/manifests.ts";
import { readManifests } from "#local/read-manifests.ts";
import { type Handlers, wire } from "#local/wiring.ts";
import { actionEvent, featuresUpdated, modelPromoted, usersScored } from "#runtime/event-kinds.ts";
import { deliveredPath } from "#runtime/event-route.ts";
import type { LapseEvent } from "#runtime/events.ts";
import { ManualTimers } from "#test/support/manual-timers.ts";

const folder = dirname(fileURLToPath(import.meta.url));

const resourceSchema = z.looseObject({ apiVersion: z.string(), kind: z.string() });

const serviceSchema = z.object({
  metadata: z.object({ name: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
  spec: z.object({
    template: z.object({
      metadata: z.object({
        annotations: z.object({
          "autoscaling.knative.dev/min-scale": z.string().regex(/^\d+$/),
          "autoscaling.knative.dev/max-scale": z.string().regex(/^[1-9]\d*$/),
        }),
      }),
      spec: z.object({
        containerConcurrency: z.int(),
        timeoutSeconds: z.int(),
        responseStartTimeoutSeconds: z.int(),
        containers: z.tuple([
          z.object({
            image: z.string(),
            command: z.array(z.string()),
            env: z
              .array(
                z.object({
                  name: z.string(),
                  value: z.string().optional(),
                  valueFrom: z.object({ secretKeyRef: z.object({ name: z.string() }).optional() }).optional(),
                }),
              )
              .optional(),
            envFrom: z.array(
              z.object({
                configMapRef: z.object({ name: z.string() }).optional(),
                secretRef: z.object({ name: z.string() }).optional(),
              }),
            ),
            resources: z.object({
              requests: z.object({ cpu: z.string(), memory: z.string() }),
              limits: z.object({ memory: z.string() }),
            }),
            readinessProbe: z.object({}),
            securityContext: z.object({ runAsNonRoot: z.literal(true), runAsUser: z.int().min(1) }),
          }),
        ]),
      }),
    }),
  }),
});

const componentSchema = z.looseObject({
  patches: z
    .array(
      z.object({
        target: z.object({ kind: z.string().optional(), name: z.string().optional() }).optional(),
        patch: z.string(),
      }),
    )
    .optional(),
});

const triggerSchema = z.object({
  kind: z.literal("Trigger"),
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    filter: z.object({ attributes: z.record(z.string(), z.string()) }),
    subscriber: z.object({ ref: z.object({ name: z.string() }), uri: z.string().optional() }),
  }),
});

const listed = z.object({ resources: z.array(z.string()) }).parse((await documentsOf("kustomization.yaml"))[0]);
const resources = await Promise.all(
  listed.resources.map(async (file) => ({ file, resource: resourceSchema.parse((await documentsOf(file))[0]) })),
);
const services = resources
  .filter(({ resource }) => resource.kind === "Service")
  .map(({ resource }) => serviceSchema.parse(resource));

const rabbitMq = z
  .object({
    patches: z.array(
      z.object({ target: z.object({ kind: z.string(), name: z.string().optional() }), patch: z.string() }),
    ),
  })
  .parse((await documentsOf("../deploy/rabbitmq/kustomization.yaml"))[0]);

/** How many events of a Trigger are delivered at a time where the Broker is that of deploy/rabbitmq. */
function rabbitMqParallelism(trigger: string): string | undefined {
  const own = rabbitMq.patches.filter(
    ({ target: { kind, name } }) => kind === "Trigger" && name !== undefined && new RegExp(`^(${name})$`).test(trigger),
  );
  return own.flatMap(({ patch }) => /~1parallelism\n\s*value: "(\d+)"/.exec(patch)?.[1] ?? []).at(-1);
}

async function documentsOf(file: string): Promise<unknown[]> {
  return parseAllDocuments(await readFile(join(folder, file), "utf8")).map((document) => document.toJS());
}

describe("the manifests", () => {
  let manifests: Manifests;

  beforeAll(async () => {
    manifests = await readManifests(folder);
  });

  it("are one resource per file", async () => {
    const counts = await Promise.all(listed.resources.map(async (file) => (await documentsOf(file)).length));
    expect(counts).toEqual(listed.resources.map(() => 1));
  });

  it("have names of their own within each kind", () => {
    const names = resources.map(({ resource }) => {
      const { name } = z.object({ name: z.string() }).parse(resource.metadata);
      return `${resource.apiVersion} ${resource.kind} ${name}`;
    });
    expect(new Set(names).size).toBe(names.length);
  });

  it("are changed by components that can be combined: two never set the same list of a container", async () => {
    const deploy = join(folder, "..", "deploy");
    const set = new Map<string, string>();
    const files = (await readdir(deploy, { recursive: true })).filter((file) => file.endsWith("kustomization.yaml"));
    for (const file of files) {
      const component = dirname(file);
      const text = await readFile(join(deploy, file), "utf8");
      const { patches = [] } = componentSchema.parse(parse(text));
      for (const { target, patch } of patches) {
        const operations = z.array(z.looseObject({ op: z.string(), path: z.string() })).safeParse(parse(patch));
        for (const { op, path } of operations.data ?? [])
          for (const name of target?.name?.split("|") ?? ["all"]) {
            if (op !== "add" || !/\/(env|envFrom|volumes|volumeMounts)$/.test(path)) continue;
            const list = `${path} of ${target?.kind} ${name}`;
            expect(set.get(list), `${component} replaces ${list}`).toBeUndefined();
            set.set(list, component);
          }
      }
    }
    expect(set.size).toBeGreaterThan(3);
  });

  it("give every Trigger retries, a timeout and a dead letter sink", () => {
    for (const { name, delivery } of manifests.triggers) {
      expect(delivery, name).toMatchObject({ deadLetterSink: "dead-letters" });
      expect(delivery?.retries, name).toBeGreaterThan(0);
      expect(delivery?.timeout, name).toBeGreaterThan(0);
    }
  });

  it("send each function the events that it takes, and no others", () => {
    for (const { name, takes } of functions) {
      const filters = manifests.triggers
        .filter(({ subscriber }) => subscriber === name)
        .map(({ filter }) => filter.attributes);
      const kinds = takes.flatMap(({ type, extensions }) => (type === undefined ? [] : [{ type, ...extensions }]));
      expect(filters, name).toHaveLength(kinds.length);
      expect(filters, name).toEqual(expect.arrayContaining(kinds));
    }
  });

  it("try no longer than RabbitMQ waits for a dispatcher, by docs/deploy.md", async () => {
    const page = await readFile(join(folder, "..", "docs", "deploy.md"), "utf8");
    const patience = Number(/`consumer_timeout = (\d+)`/.exec(page)?.[1]);
    for (const { name, delivery } of manifests.triggers) {
      const { retries = 0, backoffDelay = 0, timeout = 0 } = delivery ?? {};
      // Its waits are 2, 4, 8 … times the delay.
      const longest = backoffDelay * (2 ** (retries + 1) - 2) + (retries + 1) * timeout;
      expect(longest, name).toBeLessThan(patience);
    }
  });

  it("tell the Broker's events from requests of others where a function takes both", () => {
    for (const { file, resource } of resources.filter(({ resource: { kind } }) => kind === "Trigger")) {
      const { subscriber } = triggerSchema.parse(resource).spec;
      expect([file, subscriber.uri]).toEqual([file, subscriber.ref.name === "ingest" ? deliveredPath : undefined]);
    }
  });

  it("give every function that events come to what it needs to keep those that it refuses", () => {
    for (const { metadata, spec } of services) {
      const { envFrom } = spec.template.spec.containers[0];
      const names = envFrom.flatMap(({ configMapRef, secretRef }) => [configMapRef?.name, secretRef?.name]);
      expect(names, metadata.name).toEqual(expect.arrayContaining(["lapse", "lapse-elasticsearch"]));
    }
  });

  it("tell the desk whether there is a receiver from where the webhook has it", () => {
    const containerOf = (name: string) =>
      services.find(({ metadata }) => metadata.name === name)?.spec.template.spec.containers[0];
    const told = containerOf("desk")?.env?.find(({ name }) => name === "WEBHOOK_URL")?.valueFrom?.secretKeyRef?.name;
    expect(told).toBeDefined();
    expect(containerOf("webhook")?.envFrom.map(({ secretRef }) => secretRef?.name)).toContain(told);
  });

  it("have one Trigger for the job of each PingSource", () => {
    const jobs = manifests.triggers.map(({ filter }) => filter.attributes.lapsejob).filter((job) => job !== undefined);
    expect(jobs.sort()).toEqual(manifests.pingSources.map(({ extensions }) => extensions.lapsejob).sort());
  });

  it("run every Service from the one image, with the bundle of the function that it is named after", async () => {
    for (const { metadata, spec } of services) {
      const [container] = spec.template.spec.containers;
      expect(container.image).toBe("lapse");
      expect(container.command).toEqual(["node", "dist/run.cjs", metadata.name]);
      expect(await readdir(join(folder, "..", "functions", metadata.name))).toContain("main.ts");
    }
    // The predictor is an InferenceService, in kserve/.
    const own = functions.map(({ name }) => name).filter((name) => name !== "predict");
    expect(services.map(({ metadata }) => metadata.name).sort()).toEqual(own.sort());
  });

  it("allow no request more than Knative's 600 s, all of which may pass before the first byte", () => {
    for (const { metadata, spec } of services) {
      const { timeoutSeconds, responseStartTimeoutSeconds } = spec.template.spec;
      expect(timeoutSeconds, metadata.name).toBeLessThanOrEqual(600);
      expect(responseStartTimeoutSeconds, metadata.name).toBe(timeoutSeconds);
    }
  });

  it("let requests in flight have the time that a pod has to end, less what Knative waits before it says so", () => {
    for (const { metadata, spec } of services) {
      const [{ env }] = spec.template.spec.containers;
      const drain = Number(env?.find(({ name }) => name === "DRAIN_SECONDS")?.value ?? 25);
      expect(drain, metadata.name).toBe(spec.template.spec.timeoutSeconds - 35);
    }
  });

  it("have the Broker's way into ingest start whatever the settings of sign-in are", async () => {
    const [document] = await documentsOf("../deploy/keys/ingest-events.yaml");
    const [{ env = [] }] = serviceSchema.parse(document).spec.template.spec.containers;
    // Those that the suites on a cluster set, which each function must take.
    const overlay = z
      .object({ configMapGenerator: z.tuple([z.object({ literals: z.array(z.string()) })]) })
      .parse((await documentsOf("../test/cluster/overlays/keys/kustomization.yaml"))[0]);
    const literals = overlay.configMapGenerator[0].literals.map(
      (literal) => /^(\w+)=(.*)$/.exec(literal)?.slice(1) ?? [],
    );
    const shared = { ELASTICSEARCH_URL: "http://elasticsearch:9200", ...Object.fromEntries(literals) };
    expect(Object.keys(shared)).toEqual(expect.arrayContaining(["OIDC_ISSUER", "OIDC_CLIENT_ID", "PUBLIC_URL"]));
    expect(() => ingest.configure(shared)).not.toThrow();
    const own = Object.fromEntries(env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])));
    expect(() => ingest.configure({ ...shared, ...own })).not.toThrow();
    expect(own).toMatchObject({ OIDC_ISSUER: "", OIDC_CLIENT_ID: "" });
  });

  it("have slices done by as many pods as their Triggers deliver at a time, which send them to the Broker", () => {
    const sliced = functions.filter(({ inSlices }) => inSlices).map(({ name }) => name);
    expect(sliced).toEqual(["features", "score"]);
    for (const { metadata, spec } of services.filter((service) => sliced.includes(service.metadata.name))) {
      const { containerConcurrency, containers } = spec.template.spec;
      expect(containerConcurrency, metadata.name).toBe(1);
      const mostPods = spec.template.metadata.annotations["autoscaling.knative.dev/max-scale"];
      expect(Number(mostPods), metadata.name).toBeGreaterThanOrEqual(4);
      // Which has BROKER_URL.
      expect(containers[0].envFrom.map(({ configMapRef }) => configMapRef?.name)).toContain("lapse");
      const triggers = resources
        .map(({ resource }) => triggerSchema.safeParse(resource))
        .flatMap(({ data }) => (data?.spec.subscriber.ref.name === metadata.name ? [data] : []))
        .filter(({ spec: { filter } }) => filter.attributes.type?.endsWith(".slice"));
      expect(triggers.length, metadata.name).toBeGreaterThan(0);
      // Other brokers deliver as many at a time as there are.
      for (const trigger of triggers) expect(rabbitMqParallelism(trigger.metadata.name)).toBe(mostPods);
    }
  });

  it("expose only ingest outside the cluster", () => {
    const open = services.filter(
      ({ metadata }) => metadata.labels["networking.knative.dev/visibility"] !== "cluster-local",
    );
    expect(open.map(({ metadata }) => metadata.name)).toEqual(["ingest"]);
  });

  it("run features, scores, training and scores again in a night", async () => {
    const timers = new ManualTimers(Date.parse("2026-03-01T00:00:00Z"));
    const night: string[] = [];
    const handler =
      (name: string, reply?: string) =>
      async ({ id, type }: LapseEvent): Promise<LapseEvent | undefined> => {
        night.push(`${new Date(timers.now()).toISOString().slice(11, 16)} ${name} ${type}`);
        return reply === undefined ? undefined : { id: `${id}'`, source: `/${name}`, type: reply };
      };
    const replies: Record<string, string> = {
      features: featuresUpdated.type,
      train: modelPromoted.type,
      score: usersScored.type,
    };
    const handlers: Handlers = Object.fromEntries(functions.map(({ name }) => [name, handler(name, replies[name])]));
    let id = 0;
    const { broker } = wire(manifests, handlers, { timers, newId: () => `${++id}`, logger: pino({ level: "silent" }) });
    await timers.advance(24 * 3_600_000);
    broker.publish({ id: "a", source: "/app", type: actionEvent.type });
    await broker.idle();
    const told = night.filter((line) => / (ingest|features|train|score|monitor|dead-letters) /.test(line));
    expect(told).toEqual([
      "01:00 features dev.knative.sources.ping",
      "01:00 monitor dev.lapse.features.updated",
      "01:00 score dev.lapse.features.updated",
      "01:00 monitor dev.lapse.users.scored",
      "02:30 train dev.knative.sources.ping",
      "02:30 monitor dev.lapse.model.promoted",
      "02:30 score dev.lapse.model.promoted",
      "02:30 monitor dev.lapse.users.scored",
      "00:00 ingest dev.lapse.action",
    ]);
  });
});
