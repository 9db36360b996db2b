import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CampaignNotFound } from "#stores/campaigns/failures.ts";
import { setUpStores } from "#stores/open-stores.ts";
import { exampleModel } from "#test/support/example-model.ts";
import { freePort } from "#test/support/free-port.ts";
import { listedUser } from "#test/support/listed-user.ts";
import { RunningProgram } from "#test/support/running-program.ts";
import { backup } from "../backup.ts";
import type { Call } from "../call/call.ts";
import { Inputs } from "../call/inputs.ts";
import { ownCall } from "../call/own-call.ts";
import { campaigns } from "../campaigns.ts";
import { erase } from "../erase.ts";
import { restore } from "../restore.ts";
import { retain } from "../retain.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-audited-"));
});
afterEach(() => rm(folder, { recursive: true }));

const dataDir = () => join(folder, "data");

/** From where commands are run. */
const here = `${hostname()}, by command`;

async function lapse(...args: string[]): Promise<void> {
  const inputs = new Inputs(process.stdin);
  const call: Call = {
    ...ownCall(process, inputs, Date.now),
    environment: { DATA_DIR: dataDir(), LAPSE_USER: "ana" },
    print: () => undefined,
    warn: () => undefined,
    write: async () => undefined,
  };
  const program = new Command();
  campaigns(program.command("campaigns"), call);
  retain(program.command("retain"), call);
  erase(program.command("erase"), call);
  backup(program.command("backup"), call);
  restore(program.command("restore"), call);
  await program.parseAsync(args, { from: "user" });
}

/** A command that reads its settings from the environment, as a process of its own. */
async function lapseAlone(...args: string[]): Promise<void> {
  const environment = { DATA_DIR: dataDir(), LAPSE_USER: "ana", BROKER_URL: `${await refusingUrl()}/broker` };
  const program = RunningProgram.ofLapse(args, environment);
  expect({ status: await program.ended, messages: program.messages }).toMatchObject({ status: 0 });
}

/** Where nobody listens. */
async function refusingUrl(): Promise<string> {
  return `http://127.0.0.1:${await freePort()}`;
}

async function storeUsers(): Promise<void> {
  const stores = await setUpStores({ dataDir: dataDir() }, Date.now);
  await stores.users.put(
    Array.from({ length: 50 }, (_, i) => listedUser(`user-${i}`, { probability: 0.5, risk: "high" })),
    Date.now(),
  );
  await stores.close();
}

/** From the oldest to the newest. */
async function entries() {
  const stores = await setUpStores({ dataDir: dataDir() }, Date.now);
  const found = [];
  for await (const { action, who, from, target, reason, details } of stores.audit.entries())
    found.unshift({ action, who, from, target, reason, details });
  await stores.close();
  return found;
}

describe("a command that changes something records that it begins, and how it ended:", () => {
  it("campaigns create and remove", async () => {
    await storeUsers();
    await lapse("campaigns", "create", "--name", "Spring", "--id", "spring", "--control", "0.5");
    await lapse("campaigns", "remove", "spring");
    await expect(lapse("campaigns", "remove", "spring")).rejects.toThrow(CampaignNotFound);
    const found = await entries();
    expect(found.map(({ action, who, target }) => [action, who, target])).toEqual([
      ["campaign.created.begun", "ana", "spring"],
      ["campaign.created", "ana", "spring"],
      ["campaign.removed.begun", "ana", "spring"],
      ["campaign.removed", "ana", "spring"],
    ]);
    expect(found[3]?.details).toMatchObject({ assignments: 50 });
  });

  it("campaigns create where nobody fits has failed", async () => {
    await lapse("campaigns", "create", "--name", "Spring").catch(() => undefined);
    expect((await entries()).map(({ action }) => action)).toEqual([
      "campaign.created.begun",
      "campaign.created.failed",
    ]);
  });

  it("campaigns import", async () => {
    const rows = Array.from(
      { length: 200 },
      (_, i) => `u${i},${i % 2 === 0 ? "control" : "treatment"},${i % 3 === 0 ? 1 : 0}`,
    );
    const file = join(folder, "experiment.csv");
    await writeFile(file, `user_id,arm,stayed\n${rows.join("\n")}\n`);
    await lapse("campaigns", "import", file, "--outcome", "stayed:more", "--assigned-at", "2026-01-01");
    expect((await entries()).map(({ action, target }) => [action, target])).toEqual([
      ["campaign.imported.begun", "experiment"],
      ["campaign.imported", "experiment"],
    ]);
  });

  it("campaigns contacts, without naming a user", async () => {
    const file = join(folder, "contacted.csv");
    await writeFile(file, "user_id,time\nsecret-user,2026-01-01\n");
    await lapse("campaigns", "contacts", "--opt-out-user", "secret-user");
    await lapse("campaigns", "contacts", "--opt-in-user", "secret-user");
    await lapse("campaigns", "contacts", file);
    const found = await entries();
    expect(found.map(({ action }) => action)).toEqual([
      "contacts.opted-out.begun",
      "contacts.opted-out",
      "contacts.opted-in.begun",
      "contacts.opted-in",
      "contacts.added.begun",
      "contacts.added",
    ]);
    expect(JSON.stringify(found)).not.toContain("secret-user");
  });

  it("retain", async () => {
    await lapse("retain", "--since", "2025-01");
    expect((await entries()).map(({ action, details }) => [action, details?.actionsFrom])).toEqual([
      ["months.erased.begun", "2025-01-01"],
      ["months.erased", "2025-01-01"],
    ]);
  });

  it("models promote and rollback, with the reason", async () => {
    const stores = await setUpStores({ dataDir: dataDir() }, Date.now);
    for (const version of ["v1", "v2"])
      await stores.models.publish({ ...exampleModel({ version }), report: "<html></html>" });
    await stores.close();
    await lapseAlone("models", "promote", "v1");
    await lapseAlone("models", "promote", "v2", "--reason", "the new app", "--by", "ben");
    await lapseAlone("models", "rollback", "--reason", "it called too many");
    const ended = (await entries()).filter(({ action }) => !action.endsWith(".begun"));
    expect(ended.map(({ action, who, from, target, reason }) => [action, who, from, target, reason])).toEqual([
      ["model.promoted", "ana", here, "v1", undefined],
      ["model.promoted", "ben", here, "v2", "the new app"],
      ["model.rolled-back", "ana", here, "v1", "it called too many"],
    ]);
    expect((await entries()).filter(({ action }) => action.endsWith(".begun"))).toHaveLength(3);
    expect(ended.map(({ details }) => details?.previous)).toEqual([undefined, "v1", "v2"]);
  });

  it("erase, with the reason, and without naming the user", async () => {
    await storeUsers();
    await lapse("erase", "--user", "user-7", "--reason", "request 12");
    const found = await entries();
    expect(found.map(({ action, who, from, reason }) => [action, who, from, reason])).toEqual([
      ["users.erased.begun", "ana", here, "request 12"],
      ["users.erased", "ana", here, "request 12"],
    ]);
    expect(found[1]?.details).toMatchObject({ users: 1 });
    expect(JSON.stringify(found)).not.toContain("user-7");
  });

  it("dead-letters forget and replay, without the event's user and data", async () => {
    const stores = await setUpStores({ dataDir: dataDir() }, Date.now);
    for (const id of ["a", "b"]) {
      const event = { id, source: "/shop", type: "com.example.bought", subject: "secret-user", data: { secret: 1 } };
      await stores.deadLetters.record({ event, destination: "http://ingest", status: 400, recordedAt: 0 });
    }
    const [first, second] = await stores.deadLetters.list();
    await stores.close();
    await lapseAlone("dead-letters", "forget", first?.id ?? "");
    await expect(lapseAlone("dead-letters", "replay", second?.id ?? "")).rejects.toThrow();
    const found = await entries();
    expect(found.map(({ action, who, from, target }) => [action, who, from, target])).toEqual([
      ["dead-letter.dropped.begun", "ana", here, first?.id],
      ["dead-letter.dropped", "ana", here, first?.id],
      ["dead-letter.replayed.begun", "ana", here, second?.id],
      // Nobody listens where the broker should be.
      ["dead-letter.replayed.failed", "ana", here, second?.id],
    ]);
    expect(JSON.stringify(found)).not.toContain("secret");
  });

  it("but nothing is recorded of one that only reads", async () => {
    await lapse("campaigns", "list");
    expect(await entries()).toEqual([]);
  });
});

describe("a command that must not wait for the audit is recorded when it has ended:", () => {
  it("keys create and revoke, without the key", async () => {
    await lapseAlone("keys", "create", "--name", "shop", "--role", "send,read");
    await lapseAlone("keys", "revoke", "shop");
    const found = await entries();
    const shop = expect.stringMatching(/^shop \([0-9A-Za-z]{8}\)$/);
    expect(found.map(({ action, who, from, target }) => [action, who, from, target])).toEqual([
      ["key.created", "ana", here, shop],
      ["key.revoked", "ana", here, shop],
    ]);
    expect(found[0]?.details).toEqual({ roles: "send, read" });
    expect(JSON.stringify(found)).not.toContain("lapse_");
  });

  it("backup, and restore, after what the backup has of the audit", async () => {
    const place = join(folder, "monday");
    await lapse("retain", "--since", "2025-01");
    await lapse("backup", place);
    await lapse("restore", place, "--replace");
    expect((await entries()).map(({ action, who, from, target }) => [action, who, from, target])).toEqual([
      ["months.erased.begun", "ana", here, undefined],
      ["months.erased", "ana", here, undefined],
      ["backup.restored", "ana", here, place],
    ]);
  });

  it("backup", async () => {
    const place = join(folder, "monday");
    await storeUsers();
    await lapse("backup", place);
    const found = await entries();
    expect(found.map(({ action, who, from, target }) => [action, who, from, target])).toEqual([
      ["backup.taken", "ana", here, place],
    ]);
    expect(found[0]?.details).toEqual({ bytes: expect.any(Number) });
  });

  it("backup, one that failed too, with how often it is taken", async () => {
    const place = join(folder, "monday");
    await writeFile(place, "no folder");
    await expect(lapse("backup", place, "--every", "1")).rejects.toThrow("it is not a folder");
    await lapse("backup", join(folder, "tuesday"), "--every", "1");
    expect((await entries()).map(({ action, details }) => [action, details])).toEqual([
      ["backup.failed", { failure: "InvalidInput (invalid)", everyDays: 1 }],
      ["backup.taken", { bytes: expect.any(Number), everyDays: 1 }],
    ]);
  });
});
