import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { kubectl } from "./kubectl.ts";
import { brokerClass } from "./overlay.ts";

// Nothing is made: the API server only says what it would do.

/** Makes a pod that the standard `restricted` allows, but for `changes` to it and to its container. */
function run(changes: { metadata?: object; spec?: object; container?: object } = {}): Promise<string> {
  const securityContext = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    runAsNonRoot: true,
    seccompProfile: { type: "RuntimeDefault" },
  };
  const container = { name: "tried", image: "any", securityContext: { ...securityContext, ...changes.container } };
  const spec = { containers: [container], ...changes.spec };
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "tried", ...changes.metadata }, spec };
  return kubectl("run", "tried", "--image=any", "--dry-run=server", `--overrides=${JSON.stringify(pod)}`);
}

const ofBroker = { labels: { "eventing.knative.dev/brokerRole": "dispatcher" } };

describe("lapse's namespace", () => {
  it("takes a pod that may do no more than the pod security standard `restricted` allows", async () => {
    const taken = "pod/tried created (server dry run)";
    expect(await run()).toContain(taken);
    const ofAllContainers = { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } };
    const container = { runAsNonRoot: undefined, seccompProfile: undefined };
    expect(await run({ spec: { securityContext: ofAllContainers }, container })).toContain(taken);
  });

  it.each([
    ["no seccomp profile", { container: { seccompProfile: undefined } }],
    ["another user's rights to gain", { container: { allowPrivilegeEscalation: undefined } }],
    ["capabilities", { container: { capabilities: undefined } }],
    ["a capability too many", { container: { capabilities: { drop: ["ALL"], add: ["CHOWN"] } } }],
    ["perhaps root as its user", { container: { runAsNonRoot: undefined } }],
    ["root as its user", { container: { runAsUser: 0 } }],
    ["root as the user of all containers", { spec: { securityContext: { runAsUser: 0 } } }],
    ["a disk of the network", { spec: { volumes: [{ name: "disk", nfs: { server: "any", path: "/" } }] } }],
    ["the node's processes", { spec: { hostPID: true } }],
    [
      "the label of the Broker's pods, and no seccomp profile",
      { metadata: ofBroker, container: { seccompProfile: undefined } },
    ],
  ])("refuses a pod that has %s", async (_, changes) => {
    await expect(run(changes)).rejects.toThrow(/violates (PodSecurity "(restricted|baseline)|restricted)/);
  });

  it.skipIf(brokerClass !== "RabbitMQBroker")("lets nobody but Knative have pods of the Broker made", async () => {
    const { spec } = madeSchema.parse(
      JSON.parse(await kubectl("get", "deployment", "actions-dispatcher", "--output=json")),
    );
    const copy = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "tried" }, spec };
    const file = join(await mkdtemp(join(tmpdir(), "lapse-cluster-")), "deployment.json");
    await writeFile(file, JSON.stringify(copy));
    await expect(kubectl("create", "--dry-run=server", `--filename=${file}`)).rejects.toThrow(
      /only Knative may have pods of the Broker made/,
    );
    await rm(dirname(file), { recursive: true });
  });
});

const madeSchema = z.object({ spec: z.unknown() });
