import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { actionEvent } from "#runtime/event-kinds.ts";
import { deliveredPath } from "#runtime/event-route.ts";
import { type LapseEvent, toBinary } from "#runtime/events.ts";
import { useBroker } from "../broker.ts";
import { command, kubectl, kubectlAnywhere } from "../kubectl.ts";
import { applyOverlay } from "../overlay.ts";
import { brokerUrl, eventually, offer as offerTo, ping } from "../requests.ts";
import { count, countActions } from "../state.ts";

// deploy/event-authentication on a Knative that authenticates events, which its RabbitMQ broker does not. Uses the model that
// lapse.cluster-test.ts left.

const run = randomUUID();
const channel = "MTChannelBasedBroker";
const forBroker = "eventing.knative.dev/broker/lapse/default";

/** A token of a service account, as senders have it mounted. */
function token(namespace: "lapse" | "lapse-tests", audience: string): Promise<string> {
  const account = namespace === "lapse" ? "functions" : "default";
  return kubectlAnywhere("--namespace", namespace, "create", "token", account, "--audience", audience);
}

function action(user: string, data: object = { action: "login" }, time = Date.now()): LapseEvent {
  const [type, at] = [actionEvent.type, new Date(time).toISOString()];
  return { id: randomUUID(), source: `/event-authentication/${run}`, type, subject: user, time: at, data };
}

/** Sends an event to the Broker, or to a function. Returns the status of the response. */
function offer(event: LapseEvent, shown?: string, url = brokerUrl(channel)): Promise<number> {
  return offerTo(event, shown, toBinary, url);
}

const flag = (value: "enabled" | "disabled") =>
  kubectlAnywhere(
    ...["--namespace=knative-eventing", "patch", "configmap", "config-features", "--type=merge"],
    ...["--patch", JSON.stringify({ data: { "authentication-oidc": value } })],
  );

async function everythingIsReady(): Promise<void> {
  for (const kind of ["ksvc", "broker", "trigger", "pingsource"])
    await kubectl("wait", "--for=condition=ready", "--timeout=120s", kind, "--all");
}

beforeAll(async () => {
  await flag("enabled");
  await useBroker(channel, "event-authentication");
  // The Broker tells its audience once it authenticates.
  await eventually(async () => {
    const audience = await kubectl("get", "broker", "default", "--output=jsonpath={.status.address.audience}");
    expect(audience).toBe(forBroker);
  });
  await everythingIsReady();
});

afterAll(async () => {
  await flag("disabled");
  await applyOverlay("plain", channel);
  const added = ["ksvc/ingest-events", "configmap/lapse-events", "clusterrolebinding/lapse-issuer-discovery"];
  await kubectl("delete", ...added, "--ignore-not-found");
  await everythingIsReady();
});

describe("with deploy/event-authentication", () => {
  it("the Broker takes events from service accounts of lapse's namespace, and from nobody else", async () => {
    const [bare, other, own] = [`bare-${run}`, `other-${run}`, `own-${run}`];
    const ofLapse = await token("lapse", forBroker);
    await eventually(async () => expect(await offer(action(own), ofLapse)).toBe(202));
    expect(await offer(action(bare))).toBe(401);
    expect(await offer(action(other), await token("lapse-tests", forBroker))).toBe(403);
    await eventually(async () => expect(await countActions(own)).toBeGreaterThan(0));
    expect([await countActions(bare), await countActions(other)]).toEqual([0, 0]);
  });

  it.each(["features", "ingest-events", "dead-letters"])(
    "%s takes events that show a token of the Broker's namespace, and no others",
    async (service) => {
      // Where the Broker's Triggers deliver to it.
      const path = service === "ingest-events" ? deliveredPath : "/";
      const url = `http://${service}.lapse.svc.cluster.local${path}`;
      const bad = action(`direct-${run}`, { action: "" });
      const to = (shown?: string) => offer(bad, shown, url);
      // So that a broker which shows the wrong one keeps the event.
      expect(await to()).toBe(503);
      expect(await to(await token("lapse", "someone-else"))).toBe(503);
      expect(await to(await token("lapse-tests", "lapse"))).toBe(503);
      // Let in, and then refused for what it is; anything is a dead letter.
      expect(await to(await token("lapse", "lapse"))).toBe(service === "dead-letters" ? 204 : 400);
    },
  );

  it("a night runs from the command to the scores, each event with a token", async () => {
    const user = `night-${run}`;
    await eventually(async () => {
      const yesterday = Date.now() - 86_400_000;
      expect(await offer(action(user, undefined, yesterday), await token("lapse", forBroker))).toBe(202);
    });
    await eventually(async () => expect(await countActions(user)).toBeGreaterThan(0));
    await command("job", "features");
    await eventually(async () => expect(await count("lapse-scores", `user.id:"${user}"`)).toBe(1));
  });

  it("an event that a function refuses is kept as a dead letter", async () => {
    const subject = `refused-${run}`;
    expect(await offer(action(subject, { action: "" }), await token("lapse", forBroker))).toBe(202);
    await eventually(async () => expect(await command("dead-letters", "list")).toContain(subject));
    expect(await offer(ping("features", `night-${run}`, new Date().toISOString()))).toBe(401);
  });
});
