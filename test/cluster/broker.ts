import { kubectl } from "./kubectl.ts";
import { applyOverlay, type BrokerClass } from "./overlay.ts";
import { eventually } from "./requests.ts";

/**
 * Applies an overlay with a Broker of a class, in the place of one of another class, which cannot be changed, and waits until
 * its Triggers are ready. What a former one still held is lost.
 */
export async function useBroker(wanted: BrokerClass, name: "plain" | "event-authentication" = "plain"): Promise<void> {
  const path = "jsonpath={.metadata.annotations.eventing\\.knative\\.dev/broker\\.class}";
  const isWanted = (await kubectl("get", "broker", "default", "--output", path)) === wanted;
  if (isWanted && name === "plain") return;
  if (!isWanted) await kubectl("delete", "trigger,broker", "--all", "--timeout=120s");
  await applyOverlay(name, wanted);
  await eventually(async () => {
    for (const kind of ["broker", "trigger", "pingsource"])
      await kubectl("wait", "--for=condition=ready", "--timeout=20s", kind, "--all");
  });
}
