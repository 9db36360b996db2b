import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, expect, it } from "vitest";
import { setUpStores } from "#stores/open-stores.ts";
import { exampleCampaign } from "#test/support/example-campaign.ts";
import { listedUser } from "#test/support/listed-user.ts";
import type { Call } from "../../call/call.ts";
import { Inputs } from "../../call/inputs.ts";
import { ownCall } from "../../call/own-call.ts";
import { campaigns } from "../../campaigns.ts";

const campaign = exampleCampaign();
const byProbability = exampleCampaign({ id: "autumn", order: "probability" });
let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "lapse-export-"));
  const stores = await setUpStores({ dataDir }, Date.now);
  const assigned = { assignedAt: campaign.startsAt, covariates: [], outcomes: [] };
  for (const one of [campaign, byProbability]) {
    await stores.campaigns.create(one);
    await stores.campaigns.assign(one, [
      { ...assigned, userId: "ann", arm: "treatment", probability: 0.5, value: 10 },
      { ...assigned, userId: "ben", arm: "treatment", probability: 0.25, value: 100 },
      { ...assigned, userId: "cy", arm: "control", probability: 0.5, value: 10 },
      { ...assigned, userId: "dan", arm: "treatment", probability: 0.75, value: 1 },
    ]);
    await stores.campaigns.freeze(one.id);
  }
  const reasons = ["silent for 20 days", "fewer visits, of late"].map((sentence, i) => ({
    ...{ feature: "days_since_last", value: 20, typical: 4, contribution: 2 - i, sentence },
  }));
  await stores.users.put([listedUser("ann", { reasons })], Date.now());
  await stores.close();
});

afterEach(() => rm(dataDir, { recursive: true }));

/** Runs a command. Returns the lines that it wrote. */
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
    .filter((line) => line !== "");
}

it("holds the treatment alone, each with why, and not who opted out after the list was frozen", async () => {
  const head = "user_id,campaign,probability,value,because";
  const ann = 'ann,spring,0.5,10,"silent for 20 days; fewer visits, of late"';
  // Of whom the latest list tells nothing.
  const [ben, dan] = ["ben,spring,0.25,100,", "dan,spring,0.75,1,"];
  expect(await lapse("campaigns", "export", "spring")).toEqual([head, ben, ann, dan]);
  await lapse("campaigns", "contacts", "--opt-out-user", "ann");
  expect(await lapse("campaigns", "export", "spring")).toEqual([head, ben, dan]);
});

it("begins with those whom the campaign took first, and where that is not known with whom most would be lost", async () => {
  const users = async (id: string) =>
    (await lapse("campaigns", "export", id)).slice(1).map((line) => line.split(",")[0]);
  expect(await users("autumn")).toEqual(["dan", "ann", "ben"]);
  expect(await users("spring")).toEqual(["ben", "ann", "dan"]);
});
