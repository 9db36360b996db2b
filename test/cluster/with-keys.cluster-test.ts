import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { actionEvent, contactEvent } from "#runtime/event-kinds.ts";
import { command, kubectl, podsOf } from "./kubectl.ts";
import { underLoad } from "./load.ts";
import { applyOverlay } from "./overlay.ts";
import { eventually, publish, type Reply, stranger, throughGateway } from "./requests.ts";
import { countActions } from "./state.ts";

// deploy/keys, with keys that were made as docs/security.md says. Uses the model that lapse.cluster-test.ts left.

const run = promisify(execFile);
const program = fileURLToPath(new URL("../../scripts/run.mjs", import.meta.url));
const user = `with-keys-${randomUUID()}`;

let folder: string;
/** Keys with one role each: send, predict and read. */
let sender: string;
let asker: string;
let reader: string;

/** The command `lapse keys`, on a file of its own; it sees no store of the machine that runs the tests. */
async function keys(...args: string[]): Promise<string> {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, KEYS_FILE: join(folder, "keys.json"), DATA_DIR: folder };
  return (await run(process.execPath, [program, "keys", ...args], { env })).stdout;
}

/** A file of what `lapse keys secret` prints. */
async function secretFile(): Promise<string> {
  const file = join(folder, "secret.yaml");
  await writeFile(file, await keys("secret"));
  return file;
}

async function apply(file: string): Promise<void> {
  await kubectl("apply", "--filename", file);
  // The kubelet brings a new Secret to running pods within about a minute, and at once to those that change. Once more where a
  // pod of an older revision was removed in between.
  const change = `lapse.dev/secret-changed=${randomUUID()}`;
  await eventually(() => kubectl("annotate", "pods", "--all", "--overwrite", change));
}

function withKey(key: string | undefined): Record<string, string> {
  return { "content-type": "application/json", ...(key !== undefined && { authorization: `Bearer ${key}` }) };
}

/** An action, from outside the cluster. */
function send(key?: string): Promise<Reply> {
  const body = JSON.stringify({ user_id: user, action: "login", timestamp: new Date().toISOString() });
  return throughGateway("ingest", "/", { body, headers: withKey(key) });
}

/** A prediction in each protocol, of which the second is asked for its description. */
function predict(key?: string): Promise<Reply> {
  const body = JSON.stringify({ instances: [stranger()] });
  return throughGateway("churn-predictor", "/v1/models/churn:predict", { body, headers: withKey(key) });
}
const describeModel = (key?: string) =>
  throughGateway("churn-predictor", "/v2/models/churn", { headers: withKey(key) });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-keys-"));
  sender = (await keys("create", "--name", "shop", "--role", "send")).trim();
  asker = (await keys("create", "--name", "desk", "--role", "predict")).trim();
  reader = (await keys("create", "--name", "ana", "--role", "read")).trim();
  await applyOverlay("keys");
  for (const what of ["ksvc/ingest", "ksvc/ingest-events", "ksvc/desk", "inferenceservice/churn", "trigger/actions"])
    await kubectl("wait", "--for=condition=ready", "--timeout=180s", what);
  // Until the new revisions alone respond.
  await eventually(async () => expect((await send()).status).toBe(401));
  await eventually(async () => expect((await predict()).status).toBe(401));
});

// deploy/keys stays: event-authentication.cluster-test.ts, which comes next, has it too.
afterAll(async () => {
  await kubectl("delete", "secret/lapse-keys", "--ignore-not-found");
  await rm(folder, { recursive: true });
});

describe("with deploy/keys", () => {
  it("nobody is let in before there is a Secret with keys", async () => {
    for (const reply of [await send(sender), await predict(asker), await describeModel(asker)])
      expect(reply).toMatchObject({ status: 401 });
  });

  it("a request needs a key, and the key the role that the route names", async () => {
    await apply(await secretFile());
    await eventually(async () => expect((await send(sender)).status).toBe(200));
    await eventually(async () => expect((await predict(asker)).status).toBe(200));
    expect(await describeModel(asker)).toMatchObject({ status: 200, body: { name: "churn" } });

    for (const [ask, role, other] of [
      [send, "send", asker],
      [predict, "predict", sender],
      [describeModel, "predict", sender],
    ] as const) {
      expect(await ask()).toMatchObject({ status: 401, body: { role, title: "Unauthorized" } });
      expect(await ask(`${other.slice(0, -1)}${other.endsWith("0") ? "1" : "0"}`)).toMatchObject({ status: 401 });
      expect(await ask(other)).toMatchObject({ status: 403, body: { role, title: "Forbidden" } });
    }
    expect(await countActions(user)).toBe(1);
  });

  it("the desk has a public address, and lets in who may read, to read only", async () => {
    const versions = (key?: string) => throughGateway("desk", "/v1/versions", { headers: withKey(key) });
    await eventually(async () => expect((await versions(reader)).status).toBe(200));
    expect(await versions()).toMatchObject({ status: 401, body: { role: "read" } });
    expect(await versions(sender)).toMatchObject({ status: 403, body: { role: "read" } });
    const rollBack = { headers: withKey(reader), body: JSON.stringify({ reason: "a test" }) };
    expect(await throughGateway("desk", "/v1/rollback", rollBack)).toMatchObject({ status: 403 });
  });

  it("probes are open, and refused requests are in the audit", async () => {
    expect((await throughGateway("churn-predictor", "/v2/health/live")).status).toBe(200);
    const audit = await eventually(async () => {
      const entries = await command("audit", "--action", "access.refused", "--json");
      expect(entries).toContain("missing_role");
      return entries;
    });
    expect(audit).toContain("no_credentials");
    expect(audit).not.toContain(sender);
  });

  it("the Broker delivers actions and contacts without a key, to a Service that the gateway does not publish", async () => {
    const [time, subject] = [new Date().toISOString(), `${user}-event`];
    for (const { type } of [actionEvent, contactEvent])
      await publish({ id: randomUUID(), type, time, source: "/with-keys", subject, data: { action: "mail" } });
    await eventually(async () => expect(await countActions(subject)).toBe(2));
    expect((await throughGateway("ingest-events", "/", { body: "[]" })).status).toBe(404);
  });

  it("a revoked key is refused on the same pods, and the one that replaces it is taken", async () => {
    const next = (await keys("create", "--name", "shop", "--role", "send")).trim();
    // Its id, as both have the name.
    await keys("revoke", sender.split("_")[1] ?? "");
    const file = await secretFile();
    expect((await send(sender)).status).toBe(200);
    // Asked all the time, so that no pod goes meanwhile as there is nothing to do.
    await underLoad(
      1,
      () => send(sender),
      async () => {
        const pods = await podsOf("ingest");
        await apply(file);
        await eventually(async () => expect((await send(sender)).status).toBe(401));
        expect((await send(next)).status).toBe(200);
        expect(await podsOf("ingest")).toEqual(pods);
      },
    );
  });
});
