import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CampaignNotFound } from "#stores/campaigns/failures.ts";
import { setUpStores } from "#stores/open-stores.ts";
import { listedUser } from "#test/support/listed-user.ts";
import type { Call } from "../call/call.ts";
import { Inputs } from "../call/inputs.ts";
import { ownCall } from "../call/own-call.ts";
import { campaigns } from "../campaigns.ts";
import { retain } from "../retain.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-audited-"));
});
afterEach(() => rm(folder, { recursive: true }));

const dataDir = () => join(folder, "data");

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
  await program.parseAsync(args, { from: "user" });
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
  for await (const { action, who, target, details } of stores.audit.entries())
    found.unshift({ action, who, target, details });
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

  it("but nothing is recorded of one that only reads", async () => {
    await lapse("campaigns", "list");
    expect(await entries()).toEqual([]);
  });
});
