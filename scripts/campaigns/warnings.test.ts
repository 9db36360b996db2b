import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Stores, setUpStores } from "#stores/open-stores.ts";
import { exampleCampaign } from "#test/support/example-campaign.ts";
import { listedUser } from "#test/support/listed-user.ts";
import { Inputs } from "../call/inputs.ts";
import { ownCall } from "../call/own-call.ts";
import { campaigns } from "../campaigns.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-warnings-"));
  await withStores(async ({ users }) => {
    const risky = { probability: 0.5, risk: "high" } as const;
    await users.put(
      Array.from({ length: 50 }, (_, i) => listedUser(`user-${i}`, risky)),
      Date.now(),
    );
  });
  await lapse("create", "--name", "Spring", "--control", "0.5");
});
afterEach(() => rm(folder, { recursive: true }));

const dataDir = () => join(folder, "data");

async function withStores<Result>(use: (stores: Stores) => Promise<Result>): Promise<Result> {
  const stores = await setUpStores({ dataDir: dataDir() }, Date.now);
  try {
    return await use(stores);
  } finally {
    await stores.close();
  }
}

/** Returns what the command prints. */
async function lapse(...args: string[]): Promise<string> {
  const printed: string[] = [];
  const program = new Command();
  campaigns(program, {
    ...ownCall(process, new Inputs(process.stdin), Date.now),
    environment: { DATA_DIR: dataDir(), LAPSE_USER: "ana" },
    print: (text) => void printed.push(text),
    warn: () => undefined,
    write: async () => undefined,
  });
  await program.parseAsync(args, { from: "user" });
  return printed.join("\n");
}

/** The log begins then. */
async function visitAt(time: number): Promise<void> {
  await withStores(async ({ actions }) => {
    await actions.append([{ userId: "ann", action: "visit", time }]);
    await actions.rollUp();
  });
}

async function fileOf(lines: readonly string[]): Promise<string> {
  const path = join(folder, "file.csv");
  await writeFile(path, `${lines.join("\n")}\n`);
  return path;
}

it("an import tells how many of its users are in another campaign at the same time, and keeps them", async () => {
  const users = [
    ...Array.from({ length: 20 }, (_, i) => `user-${i}`),
    ...Array.from({ length: 180 }, (_, i) => `u${i}`),
  ];
  const rows = users.map((user, i) => `${user},${i % 2 === 0 ? "control" : "treatment"},${i % 3 === 0 ? 1 : 0}`);
  const file = await fileOf(["user_id,arm,stayed", ...rows]);
  const today = new Date().toISOString().slice(0, 10);
  const told = await lapse("import", file, "--outcome", "stayed:more", "--assigned-at", today, "--window", "30");
  expect(told).toContain("20 users were in another campaign at the same time");
  const old = await lapse("import", file, "--id", "old", "--outcome", "stayed:more", "--assigned-at", "2020-01-01");
  expect(old).not.toContain("in another campaign");
  expect(await withStores(async (stores) => (await stores.campaigns.campaign("file"))?.sizes)).toEqual({
    treatment: 100,
    control: 100,
  });
});

it("an import of users of whom there is no action is refused, and one that has some tells of how many there is none", async () => {
  const rows = Array.from({ length: 40 }, (_, i) => `u${i},${i % 2 === 0 ? "control" : "treatment"}`);
  const file = await fileOf(["user_id,arm", ...rows]);
  const command = ["import", file, "--id", "elsewhere", "--from-log", "--assigned-at", "2026-01-01"];
  await expect(lapse(...command)).rejects.toThrow("no action of any of these users");
  await withStores(async (stores) => {
    expect(await stores.campaigns.campaign("elsewhere")).toBeUndefined();
    const days = ["2026-01-01", "2026-02-01", "2026-02-02"];
    await stores.actions.append(days.map((day) => ({ userId: "u7", action: "visit", time: Date.parse(day) })));
    await stores.actions.rollUp();
  });
  const told = await lapse(...command);
  expect(told).toContain("Of these users there is no action at all");
  expect(told).toContain("19 in treatment and 20 in control");
});

it("a campaign whose window lies in the log is removed by force only", async () => {
  const day = 86_400_000;
  const campaignsLeft = () => withStores(async (stores) => (await stores.campaigns.campaigns()).length);
  await visitAt(Date.now() - 10 * day);
  await expect(lapse("remove", "spring")).rejects.toThrow(/^Cannot remove spring: .* remove it with --force\.$/);
  expect(await campaignsLeft()).toBe(1);
  expect(await lapse("remove", "spring", "--force")).toBe("Removed spring and 50 assignments.");
  expect(await campaignsLeft()).toBe(0);
});

it("a campaign from before the log, or whose creation was interrupted, is removed as it is", async () => {
  await withStores(async (stores) => {
    await stores.campaigns.create(
      exampleCampaign({ id: "interrupted", startsAt: Date.now(), lastAssignedAt: Date.now() }),
    );
    const old = exampleCampaign({ id: "old", startsAt: 0, lastAssignedAt: 0 });
    await stores.campaigns.create(old);
    await stores.campaigns.assign(old, [
      { userId: "ann", arm: "treatment", assignedAt: 0, covariates: [], outcomes: [] },
    ]);
    await stores.campaigns.freeze("old");
  });
  await visitAt(Date.now());
  expect(await lapse("remove", "old")).toBe("Removed old and 1 assignment.");
  expect(await lapse("remove", "interrupted")).toBe("Removed interrupted and 0 assignments.");
});
