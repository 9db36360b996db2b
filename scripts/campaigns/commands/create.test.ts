import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, expect, it } from "vitest";
import { setUpStores } from "#stores/open-stores.ts";
import { listedUser } from "#test/support/listed-user.ts";
import { Inputs } from "../../call/inputs.ts";
import { ownCall } from "../../call/own-call.ts";
import { campaigns } from "../../campaigns.ts";

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "lapse-create-"));
  const stores = await setUpStores({ dataDir }, Date.now);
  await stores.users.put(
    Array.from({ length: 200 }, (_, i) => listedUser(`user-${i}`, { probability: 0.5, risk: "high" })),
    Date.now(),
  );
  await stores.close();
});
afterEach(() => rm(dataDir, { recursive: true }));

/** Creates a campaign. Returns what the command prints. */
function created(args: readonly string[], environment: Record<string, string> = {}): Promise<string> {
  return lapseCampaigns(["create", "--control", "0.5", ...args], environment);
}

/** Runs a command. Returns what it prints. */
async function lapseCampaigns(args: readonly string[], environment: Record<string, string> = {}): Promise<string> {
  const printed: string[] = [];
  const program = new Command();
  campaigns(program, {
    ...ownCall(process, new Inputs(process.stdin), Date.now),
    environment: { DATA_DIR: dataDir, LAPSE_USER: "ana", ...environment },
    print: (text) => void printed.push(text),
    warn: () => undefined,
    write: async () => undefined,
  });
  await program.parseAsync(args, { from: "user" });
  return printed.join("\n");
}

it("creates what a plan reckons with, by the command that the plan prints", async () => {
  const before = await setUpStores({ dataDir }, Date.now);
  // Of the same probability: it pays to contact those who are worth more than 100 each.
  await before.users.put(
    Array.from({ length: 200 }, (_, i) => listedUser(`user-${i}`, { probability: 0.5, risk: "high", value: i })),
    Date.now(),
  );
  await before.close();
  const settings = { CONTACT_COST: "5" };
  const planned = await lapseCampaigns(["plan", "--save-rate", "0.1", "--max-value", "195", "--rest", "7"], settings);
  expect(planned).toContain("Contact 95:");
  const [, line = ""] = /^Create it: lapse campaigns (.*)$/m.exec(planned) ?? [];
  expect(line).toBe(
    "create --name NAME --state at-risk --max-value 195 --save-rate 0.1 --rest 7 --sort profit --top 119",
  );
  expect(await lapseCampaigns(line.split(" "), settings)).toContain("the 119 of the highest profit of a contact");
  const stores = await setUpStores({ dataDir }, Date.now);
  const users: string[] = [];
  for (const arm of ["treatment", "control"] as const)
    for await (const { userId } of stores.campaigns.assignments("name", arm)) users.push(userId);
  await stores.close();
  const best = Array.from({ length: 119 }, (_, i) => `user-${195 - i}`);
  expect(users.toSorted()).toEqual(best.toSorted());
});

it("plans and creates with a guess of the save rate, as the desk does, and says that it is one", async () => {
  const guess = "Save rate: 10.0 % (5.0 % to 15.0 %), a guess, until your own campaigns have shown it.";
  const planned = await lapseCampaigns(["plan", "--worth", "100", "--cost", "2", "--top", "50"]);
  expect(planned).toContain("Contact 50:");
  expect(planned).toContain(guess);
  const given = await lapseCampaigns(["plan", "--worth", "100"], { SAVE_RATE: "0.3" });
  expect(given).toContain("Save rate: 30.0 % (15.0 % to 45.0 %), as given.");
  await expect(lapseCampaigns(["plan", "--worth", "100", "--save-rate-high", "0.2"])).rejects.toThrow("--save-rate");
  expect(await created(["--name", "By risk", "--top", "50"])).not.toContain("Save rate");
  expect(await created(["--name", "Untold", "--sort", "profit", "--worth", "100"])).toContain(guess);
});

it("says that the capacity ended the list, and what set it, whether or not --top was given", async () => {
  const set = await created(["--name", "Spring"], { CONTACT_CAPACITY: "20" });
  expect(set).toContain("20 users to contact");
  expect(set).toContain("(at risk, at most 20 contacts (CONTACT_CAPACITY)).");
  expect(set).toContain("The list ended at the capacity of 20 contacts (CONTACT_CAPACITY), though more users fit.");
  const asked = await created(["--name", "Autumn", "--capacity", "10", "--top", "50"], { CONTACT_CAPACITY: "20" });
  expect(asked).toContain("The list ended at the capacity of 10 contacts (--capacity), though more users fit.");
});

it("takes what a contact costs from the settings where it is not told", async () => {
  const environment = { CONTACT_COST: "0.5", INCENTIVE: "5" };
  await created(["--name", "Set", "--top", "80"], environment);
  await created(["--name", "Told", "--top", "80", "--cost", "0", "--incentive", "2"], environment);
  const stores = await setUpStores({ dataDir }, Date.now);
  expect(await stores.campaigns.campaign("set")).toMatchObject({ costPerContact: 0.5, incentive: 5 });
  expect(await stores.campaigns.campaign("told")).toMatchObject({ costPerContact: 0, incentive: 2 });
  await stores.close();
});

it("says that no more users fit where the list ran out, though just as many can be contacted", async () => {
  const [, treatment] = /: (\d+) users to contact/.exec(await created(["--name", "All", "--id", "all"])) ?? [];
  const stores = await setUpStores({ dataDir }, Date.now);
  await stores.campaigns.remove("all");
  await stores.close();
  const again = await created(["--name", "All", "--id", "all", "--top", "900", "--capacity", String(treatment)]);
  expect(again).toContain("No more than these fit and may be contacted.");
  expect(again).not.toContain("The list ended at");
});
