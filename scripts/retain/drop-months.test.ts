import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { dayOf } from "#churn/day.ts";
import { type Stores, setUpStores } from "#stores/open-stores.ts";
import { exampleCampaign } from "#test/support/example-campaign.ts";
import { dropMonths } from "./drop-months.ts";

let folder: string;
let stores: Stores;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-retain-"));
  stores = await setUpStores({ dataDir: folder }, () => Date.UTC(2026, 6, 1));
});

afterEach(async () => {
  await stores.close();
  await rm(folder, { recursive: true });
});

async function assignedIn(campaign: string): Promise<string[]> {
  const users: string[] = [];
  for await (const { userId } of stores.campaigns.assignments(campaign)) users.push(userId);
  return users;
}

it("drops old months of actions, of campaigns and of the ledger, each from a month of its own", async () => {
  const times = [0, 1, 2, 3].map((month) => Date.UTC(2026, month, 15));
  await stores.actions.append(times.map((time) => ({ userId: "ann", action: "login", time })));
  await stores.actions.rollUp();
  const score = { userId: "ann", modelVersion: "v1", role: "champion", state: "here", probability: 0.5 } as const;
  await stores.ledger.append(times.map((time) => ({ ...score, snapshot: dayOf(time) })));
  await stores.contacts.append(times.map((time) => ({ userId: "ann", time })));
  const beforeThat = { startsAt: Date.UTC(2025, 11, 1), lastAssignedAt: Date.UTC(2025, 11, 1) };
  for (const campaign of [
    exampleCampaign({ id: "ended", ...beforeThat }),
    exampleCampaign({ id: "later", windowDays: 90 }),
  ]) {
    const { id, startsAt: assignedAt } = campaign;
    const assigned = { assignedAt, covariates: [], outcomes: [] };
    await stores.campaigns.create(campaign);
    await stores.campaigns.assign(campaign, [
      { ...assigned, userId: "ann", arm: "treatment" },
      { ...assigned, userId: "ben", arm: "control" },
    ]);
    await stores.campaigns.freeze(id);
  }
  const kept = { actionsFrom: dayOf(Date.UTC(2026, 2, 1)), ledgerFrom: dayOf(Date.UTC(2026, 1, 1)) };
  expect(await dropMonths(stores, kept)).toEqual([
    "Deleted 2 actions and 2 user-days before 2026-03-01.",
    "Deleted 1 ledger entry and 0 outcomes before 2026-02-01.",
    "Deleted 2 assignments to campaigns that ended before 2026-03-01, and 2 contacts before it.",
  ]);
  expect((await stores.actions.extent())?.actions).toBe(2);
  expect(await stores.ledger.entriesOf("ann")).toHaveLength(3);
  expect(await assignedIn("ended")).toEqual([]);
  expect((await assignedIn("later")).sort()).toEqual(["ann", "ben"]);
});
