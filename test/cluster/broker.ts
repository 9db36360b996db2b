import { kubectl } from "./kubectl.ts";
import { type BrokerClass, overlay } from "./overlay.ts";
import { eventually } from "./requests.ts";

/**
 * Has a Broker of another class in the place of the present one, whose class cannot be changed, and waits until its Triggers
 * are ready. What the former one still held is lost.
 */
export async function useBroker(wanted: BrokerClass): Promise<void> {
  const path = "jsonpath={.metadata.annotations.eventing\\.knative\\.dev/broker\\.class}";
  if ((await kubectl("get", "broker", "default", "--output", path)) === wanted) return;
  await kubectl("delete", "trigger,broker", "--all", "--timeout=120s");
  await kubectl("apply", "--kustomize", overlay("plain", wanted));
  await eventually(async () => {
    for (const kind of ["broker", "trigger", "pingsource"])
      await kubectl("wait", "--for=condition=ready", "--timeout=20s", kind, "--all");
  }, 120);
}
