import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import * as z from "zod";
import { kubectl } from "./kubectl.ts";

type Name =
  | "plain"
  | "always-on"
  | "canary"
  | "chaos"
  | "event-authentication"
  | "keys"
  | "standard"
  | "steady"
  | "traces"
  | "train-job";

/** The classes of Brokers that the suites know: Knative's own, on its in-memory channel, and the one of deploy/rabbitmq. */
const brokerClasses = ["MTChannelBasedBroker", "RabbitMQBroker"] as const;
export type BrokerClass = (typeof brokerClasses)[number];

/** The class that the suites run on, but for those that need Knative's own. */
export const brokerClass = z
  .enum(brokerClasses, { error: `LAPSE_BROKER_CLASS must be ${brokerClasses.join(" or ")}.` })
  .default("RabbitMQBroker")
  .parse(process.env.LAPSE_BROKER_CLASS || undefined);

const here = dirname(fileURLToPath(import.meta.url));

/** The folder of an overlay. Tests run on `plain`; the others add to it. */
export function overlay(name: Name, on = brokerClass): string {
  const folder = join(here, "overlays", name);
  return on === "RabbitMQBroker" ? withRabbitMq(name, folder) : folder;
}

/**
 * Applies an overlay to what is there already. Without the API server's description of all kinds, of some megabytes: kubectl
 * knows Kubernetes' own, and needs none of others.
 */
export function applyOverlay(name: Name, on = brokerClass): Promise<string> {
  return kubectl("apply", "--openapi-patch=false", "--kustomize", overlay(name, on));
}

/** The same with deploy/rabbitmq, in a folder that is made for it: an overlay is then written once for all brokers. */
function withRabbitMq(name: Name, folder: string): string {
  const made = join(tmpdir(), `lapse-overlays-${process.pid}`, name);
  mkdirSync(made, { recursive: true });
  const kustomization = {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    namespace: "lapse",
    resources: [relative(made, folder)],
    components: [relative(made, join(here, "../../deploy/rabbitmq"))],
  };
  writeFileSync(join(made, "kustomization.yaml"), stringify(kustomization));
  return made;
}
