import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { BadManifests } from "./failures.ts";
import { readManifests } from "./read-manifests.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-manifests-"));
});

afterEach(() => rm(folder, { recursive: true }));

const delivery = { retry: 3, backoffPolicy: "exponential", backoffDelay: "PT1S", timeout: "PT1M" };
const service = { ref: { apiVersion: "serving.knative.dev/v1", kind: "Service", name: "worker" } };
const toBroker = { ref: { apiVersion: "eventing.knative.dev/v1", kind: "Broker", name: "default" } };

const broker = resource("eventing.knative.dev/v1", "Broker", "default", {});
const worker = resource("serving.knative.dev/v1", "Service", "worker", {
  template: { spec: { containerConcurrency: 4, containers: [{ image: "lapse" }] } },
});
const trigger = (spec: object = {}) =>
  resource("eventing.knative.dev/v1", "Trigger", "work", { broker: "default", subscriber: service, delivery, ...spec });
const pingSource = (spec: object = {}) =>
  resource("sources.knative.dev/v1", "PingSource", "tick", {
    schedule: "0 1 * * *",
    timezone: "UTC",
    contentType: "application/json",
    data: '{"full":true}',
    sink: toBroker,
    ...spec,
  });

function resource(apiVersion: string, kind: string, name: string, spec: object) {
  return { apiVersion, kind, metadata: { name }, spec };
}

/** Writes each resource to a file of its own, listed in a kustomization. */
async function write(resources: object[], files = resources.map((_, i) => `part/${i}.yaml`)): Promise<void> {
  for (const [i, content] of resources.entries()) {
    const path = join(folder, files[i]!);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, stringify(content));
  }
  await writeFile(join(folder, "kustomization.yaml"), stringify({ namespace: "lapse", resources: files }));
}

async function faultOf(...resources: object[]): Promise<string> {
  await write(resources);
  const fault: unknown = await readManifests(folder).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(BadManifests);
  return (fault as BadManifests).message;
}

describe("reading manifests", () => {
  it("tells Brokers, PingSources, Triggers and Services, with times in milliseconds", async () => {
    const full = { ...delivery, deadLetterSink: service };
    await write([
      broker,
      worker,
      pingSource({ ceOverrides: { extensions: { lapsejob: "tick" } } }),
      trigger({ filter: { attributes: { type: "a" } }, delivery: full }),
    ]);
    expect(await readManifests(folder)).toEqual({
      namespace: "lapse",
      broker: { name: "default", delivery: undefined },
      services: [{ name: "worker", containerConcurrency: 4 }],
      pingSources: [
        {
          name: "tick",
          schedule: "0 1 * * *",
          timezone: "UTC",
          data: { full: true },
          extensions: { lapsejob: "tick" },
          broker: "default",
        },
      ],
      triggers: [
        {
          name: "work",
          broker: "default",
          filter: { attributes: { type: "a" }, expressions: [] },
          subscriber: "worker",
          delivery: {
            retries: 3,
            backoff: "exponential",
            backoffDelay: 1000,
            timeout: 60_000,
            deadLetterSink: "worker",
          },
        },
      ],
    });
  });

  it("fills in what Knative fills in", async () => {
    await write([
      broker,
      resource("serving.knative.dev/v1", "Service", "worker", { template: { spec: {} } }),
      trigger(),
    ]);
    const { services, triggers } = await readManifests(folder);
    expect(services[0]?.containerConcurrency).toBe(0);
    expect(triggers[0]?.filter).toEqual({ attributes: {}, expressions: [] });
  });

  it("reads only what the kustomization lists", async () => {
    await write([broker]);
    await writeFile(join(folder, "part", "stray.yaml"), stringify(trigger()));
    expect((await readManifests(folder)).triggers).toEqual([]);
  });

  it("passes over what concerns only a cluster", async () => {
    await write([broker, { apiVersion: "v1", kind: "Namespace", metadata: { name: "lapse" } }]);
    expect((await readManifests(folder)).services).toEqual([]);
  });

  it.each([
    ["an unknown kind", resource("example.com/v1", "Gadget", "g", {}), "kind"],
    ["an unknown apiVersion", { ...trigger(), apiVersion: "eventing.knative.dev/v2" }, "apiVersion"],
    ["a field that it would ignore", trigger({ brokerRef: { name: "default" } }), "brokerRef"],
    [
      "a delivery field that it would ignore",
      trigger({ delivery: { ...delivery, retryAfterMax: "PT9S" } }),
      "retryAfterMax",
    ],
    ["a dialect that it does not speak", trigger({ filters: [{ cesql: "true" }] }), "spec.filters.0"],
    [
      "a duration that is none",
      trigger({ delivery: { ...delivery, timeout: "60s" } }),
      "spec.delivery.timeout: not an ISO",
    ],
    [
      "an unknown backoff policy",
      trigger({ delivery: { ...delivery, backoffPolicy: "random" } }),
      "spec.delivery.backoffPolicy",
    ],
    ["a subscriber by URI", trigger({ subscriber: { uri: "http://elsewhere" } }), "spec.subscriber"],
    ["data that is not JSON", pingSource({ data: "{" }), "spec.data: not JSON"],
    ["another content type", pingSource({ contentType: "text/plain" }), "spec.contentType"],
  ])("refuses %s, naming file and field", async (_, bad, field) => {
    const message = await faultOf(broker, bad);
    expect(message).toContain("1.yaml");
    expect(message).toContain(field);
  });

  it("reports the faults of all files together", async () => {
    const message = await faultOf(broker, pingSource({ data: "{" }), worker, trigger({ subscriber: {} }));
    expect(message).toContain("1.yaml");
    expect(message).toContain("3.yaml");
    expect(message).not.toContain("2.yaml");
  });

  it("refuses none and two Brokers", async () => {
    expect(await faultOf(worker)).toContain("exactly one Broker");
    expect(await faultOf(broker, { ...broker, metadata: { name: "second" } })).toContain("exactly one Broker");
  });

  it("names a file that is missing or not YAML", async () => {
    await write([broker], ["broker.yaml"]);
    await writeFile(join(folder, "broker.yaml"), "a: [");
    await expect(readManifests(folder)).rejects.toThrow("broker.yaml");
    await rm(join(folder, "broker.yaml"));
    await expect(readManifests(folder)).rejects.toThrow("broker.yaml");
    await rm(join(folder, "kustomization.yaml"));
    await expect(readManifests(folder)).rejects.toThrow("kustomization.yaml");
  });
});
