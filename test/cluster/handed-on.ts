import { kubectl, kubectlAnywhere } from "./kubectl.ts";
import { eventually } from "./requests.ts";

// Knative's settings of observability, which its controllers hand on to the pods that they start, in variables of their containers.

/** The settings by which Knative sends its spans to a collector on the node. */
export const endpoint = "http://host.lapse.test:4318/v1/traces";
const tracing = { "tracing-protocol": "http/protobuf", "tracing-endpoint": endpoint };
/** To record every trace. */
export const allTraces = { ...tracing, "tracing-sampling-rate": "1" };
/**
 * What the Broker of these suites has from the beginning, as later each pod of RabbitMQ's would be started again for it: metrics, and traces
 * whose beginning was recorded, but none of its own.
 */
export const ofBroker = { ...tracing, "tracing-sampling-rate": "0.0000001", "metrics-protocol": "prometheus" };

/** Whose pods get the settings, as a selector of their Deployments, and the variable that has them. */
const pods = {
  broker: { selector: "eventing.knative.dev/brokerRole in (ingress, dispatcher)", variable: "K_OBSERVABILITY_CONFIG" },
  proxies: { selector: "serving.knative.dev/service", variable: "OBSERVABILITY_CONFIG" },
};

/** Changes settings of one of Knative's parts. Null takes a setting away. */
export async function configure(
  part: "serving" | "eventing",
  settings: Readonly<Record<string, string | null>>,
): Promise<void> {
  const patch = JSON.stringify({ data: settings });
  const map = ["--namespace", `knative-${part}`, "patch", "configmap/config-observability"];
  await kubectlAnywhere(...map, "--type=merge", "--patch", patch);
}

/** The same settings, taken away. */
export function without(settings: Readonly<Record<string, string>>): Record<string, null> {
  return Object.fromEntries(Object.keys(settings).map((name) => [name, null]));
}

/**
 * Waits until `told` is in the settings of all Deployments of RabbitMQ's Broker, or of all Services, and until no pod without it is left.
 * Throws if that takes three minutes, or if there are none.
 */
export async function untilHandedOn(told: string, to: keyof typeof pods): Promise<void> {
  const { selector, variable } = pods[to];
  const values = `{.spec.template.spec.containers[*].env[?(@.name=='${variable}')].value}`;
  const output = `jsonpath={range .items[*]}{.metadata.name} ${values}{"\\n"}{end}`;
  await eventually(async () => {
    const found = (await kubectl("get", "deployments", "--selector", selector, "--output", output)).split("\n");
    const waiting = found.filter((settings) => !settings.includes(told));
    if (waiting.length > 0) throw new Error(`${told} is not yet in the settings of\n${waiting.join("\n")}`);
  });
  await kubectl("rollout", "status", "deployment", "--selector", selector, "--timeout=180s");
}
