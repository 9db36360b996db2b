import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { actionEvent } from "#runtime/event-kinds.ts";
import { readPodMonitors } from "#test/observability/scrape-pods.ts";
import { reaches, scraper, someoneElse } from "./connections.ts";
import { ClusterPrometheus } from "./discovery.ts";
import { untilHandedOn } from "./handed-on.ts";
import { kubectl } from "./kubectl.ts";
import { brokerClass } from "./overlay.ts";
import { eventually, publish } from "./requests.ts";

// What RabbitMQ's Broker tells of itself, and to whom. It serves metrics from the beginning (deploy.ts).

const binary = process.env.PROMETHEUS ?? "";
const monitors = (await readPodMonitors()).filter(({ metadata }) => metadata.name.startsWith("rabbitmq-"));

let folder: string;
let started: ClusterPrometheus | undefined;

describe.skipIf(brokerClass !== "RabbitMQBroker")("a Prometheus with the monitors of observability/", () => {
  beforeAll(async () => {
    if (binary === "") throw new Error("PROMETHEUS must be the path of Prometheus: nothing was tested.");
    await untilHandedOn('"protocol":"prometheus"', "broker");
    folder = await mkdtemp(join(tmpdir(), "lapse-rabbitmq-metrics-"));
    started = await ClusterPrometheus.start(binary, folder, { monitors, namespace: "lapse" });
  }, 600_000);

  afterAll(async () => {
    await started?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  it("has what the Broker received and what it delivered, by the namespace that the dashboards choose", async () => {
    const send = async () => {
      const [type, time] = [actionEvent.type, new Date().toISOString()];
      await publish({
        id: randomUUID(),
        type,
        time,
        source: "/observed",
        subject: "observed",
        data: { action: "login" },
      });
    };
    const told = async (job: string, more = "") => {
      const chosen = `{job="lapse/${job}",kn_broker_namespace="lapse"${more}}`;
      const [found] =
        (await started?.prometheus.query(`sum(kn_eventing_dispatch_duration_seconds_count${chosen})`)) ?? [];
      return Number(found?.value[1]);
    };
    await eventually(async () => {
      await send();
      expect(await told("rabbitmq-ingress")).toBeGreaterThan(0);
      expect(await told("rabbitmq-dispatchers", `,cloudevents_type="${actionEvent.type}"`)).toBeGreaterThan(0);
    });
  });

  it("is let through to these pods, and nobody else is", async () => {
    for (const role of ["ingress", "dispatcher"]) {
      const selector = `--selector=eventing.knative.dev/brokerRole=${role}`;
      const address = await kubectl("get", "pods", selector, "--output=jsonpath={.items[0].status.podIP}");
      expect(await reaches(scraper, address, 9092), role).toBe(true);
      expect(await reaches(someoneElse, address, 9092), role).toBe(false);
    }
  });
});
