import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, expect, it } from "vitest";
import { setUpStores } from "#stores/open-stores.ts";
import { exampleCampaign } from "#test/support/example-campaign.ts";
import type { Call } from "../../call/call.ts";
import { Inputs } from "../../call/inputs.ts";
import { ownCall } from "../../call/own-call.ts";
import { campaigns } from "../../campaigns.ts";

const campaign = exampleCampaign();
let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "lapse-export-"));
  const stores = await setUpStores({ dataDir }, Date.now);
  const assigned = { assignedAt: campaign.startsAt, probability: 0.5, value: 10, covariates: [], outcomes: [] };
  await stores.campaigns.create(campaign);
  await stores.campaigns.assign(campaign, [
    { ...assigned, userId: "ann", arm: "treatment" },
    { ...assigned, userId: "ben", arm: "treatment" },
    { ...assigned, userId: "cy", arm: "control" },
  ]);
  await stores.campaigns.freeze(campaign.id);
  await stores.close();
});

afterEach(() => rm(dataDir, { recursive: true }));

/** Runs a command. Returns the lines that it wrote, sorted: users come in no order that a reader would expect. */
async function lapse(...args: string[]): Promise<string[]> {
  const written: string[] = [];
  const call: Call = {
    ...ownCall(process, new Inputs(process.stdin), Date.now),
    environment: { DATA_DIR: dataDir },
    print: () => undefined,
    write: async (text) => void written.push(text),
  };
  const program = new Command();
  campaigns(program.command("campaigns"), call);
  await program.parseAsync(args, { from: "user" });
  return written
    .join("")
    .split("\n")
    .filter((line) => line !== "")
    .sort();
}

it("holds the treatment alone, and not who opted out after the list was frozen", async () => {
  const head = "user_id,campaign,probability,value";
  expect(await lapse("campaigns", "export", "spring")).toEqual(["ann,spring,0.5,10", "ben,spring,0.5,10", head]);
  await lapse("campaigns", "contacts", "--opt-out-user", "ann");
  expect(await lapse("campaigns", "export", "spring")).toEqual(["ben,spring,0.5,10", head]);
});
