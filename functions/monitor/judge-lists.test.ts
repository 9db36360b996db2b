import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Action } from "#churn/action.ts";
import { armOf } from "#churn/campaign/arm.ts";
import type { Assignment, Campaign } from "#churn/campaign/campaign.ts";
import { parseDay, startOf } from "#churn/day.ts";
import { promisesByMonth } from "#churn/promises/by-month.ts";
import type { JudgedEntry, LedgerEntry, LedgerOutcome } from "#stores/ledger/ledger.ts";
import { type Stores, setUpStores } from "#stores/open-stores.ts";
import { exampleArtifact } from "#test/support/example-artifact.ts";
import { judgeLists } from "./judge-lists.ts";

const may1 = parseDay("2024-05-01")!;
/** exampleModel's definition has a churn window of 30 days. */
const may31 = may1 + 30;

let folder: string;
let stores: Stores;
let today: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-judge-"));
  stores = await setUpStores({ dataDir: folder }, () => 1_000);
  for (const version of ["v1", "v2"]) await stores.models.publish(exampleArtifact(version));
  today = may31 + 1;
});

afterEach(async () => {
  await stores.close();
  await rm(folder, { recursive: true });
});

describe("judging lists", () => {
  it("records what became of each user once the window has closed, and what was promised of them all", async () => {
    await log(["ann", may1 - 3], ["ann", may1], ["ben", may1 - 2], ["cy", may1 - 1], ["cy", may31 - 1], ["dee", may31]);
    await stores.ledger.append([
      entry("ann", 0.2),
      entry("ben", 0.9),
      entry("cy", 0.4),
      // Of whom nothing is left: erased, or only seen with another clock.
      entry("dan", 0.7),
      { ...entry("eve", 0), state: "lapsed", probability: undefined },
      // Contacting them was meant to change what they do.
      entry("fay", 0.8, { arm: "treatment" }),
    ]);
    await judge();
    // The log reaches the last day of the window; ben came back only after it.
    expect(await outcomes()).toEqual({ ann: false, ben: true, cy: false, dan: true, eve: undefined, fay: true });
    const [night, ...others] = await stores.ledger.nights();
    expect(others).toEqual([]);
    expect(night).toMatchObject({ snapshot: may1, modelVersion: "v1", role: "champion", addedAt: 1_000 });
    const [month] = promisesByMonth([night!], "champion");
    expect(month).toMatchObject({ month: "2024-05", all: { nights: 1, users: 4, left: 2 } });
    expect(month?.all.promised).toBeCloseTo(2.2, 12);
  });

  it("ranks them by how long they had been silent as well, the unseen longest of all", async () => {
    await log(["ann", may1 - 3], ["ann", may1], ["ben", may1 - 30], ["cy", may1 - 1], ["cy", may1 + 2], ["dee", may31]);
    // Of dan's actions, those before the window are deleted by now.
    await stores.ledger.append([entry("ann", 0.9), entry("ben", 0.2), entry("cy", 0.4), entry("dan", 0.1)]);
    await judge();
    const [judged] = await stores.ledger.nights();
    expect(judged?.night.auc).toBe(0);
    expect(judged?.night.recency?.auc).toBe(1);
  });

  it("tells who left by the action of the version's definition, however silent the others are", async () => {
    const { manifest, ...files } = exampleArtifact("v3");
    const churn = { ...manifest.definition.churn, action: "unregister" };
    await stores.models.publish({
      ...files,
      manifest: { ...manifest, definition: { ...manifest.definition, churn } },
    });
    await log(["ann", may1 - 50], ["ben", may1 - 1], ["cy", may1 - 5], ["cy", may1 + 3], ["dee", may31]);
    await stores.actions.append([{ userId: "ben", action: "unregister", time: startOf(may1 + 5) }]);
    await stores.actions.rollUp();
    const byAction = { modelVersion: "v3" } as const;
    await stores.ledger.append([entry("ann", 0.3, byAction), entry("ben", 0.9, byAction), entry("cy", 0.2, byAction)]);
    await judge();
    expect(await outcomes("v3")).toEqual({ ann: false, ben: true, cy: false });
    const [judged] = await stores.ledger.nights();
    expect([total(judged?.night.users ?? []), total(judged?.night.left ?? [])]).toEqual([3, 1]);
    // Whoever left was the least silent, and ann, whose last action is farther back than a churn window, the most.
    expect([judged?.night.auc, judged?.night.recency?.auc]).toEqual([1, 0]);
  });

  it("leaves out whom a campaign treated that began after the list; its control group stands in for them", async () => {
    const others = ["ann", "ben", "cy"];
    const audience = Array.from({ length: 200 }, (_, i) => `user-${i}`);
    const seen = [...others, ...audience].map((user): [string, number] => [user, may1 - 3]);
    await log(...seen, ["ann", may1 + 5], ...audience.map((user): [string, number] => [`later-${user}`, may31]));
    // The window of the earlier list ends as the campaign begins; that of the later one a day after.
    const ofList = [...others, ...audience].map((user) => entry(user, 0.5));
    await stores.ledger.append(ofList.flatMap((one) => [one, { ...one, snapshot: may1 - 1 }]));
    const arms = await runCampaign("spring", may1 + 29, audience, 0.25);
    today = may31 + 1;
    await judge();
    const nights = await stores.ledger.nights();
    expect(nights.map(({ snapshot }) => snapshot)).toEqual([may1 - 1, may1]);
    expect(nights.map(({ night }) => total(night.users))).toEqual([203, 3 + 4 * arms.control]);
    expect(total(nights[1]?.night.left ?? [])).toBe(2 + 4 * arms.control);
    // What became of those who were treated is recorded all the same.
    expect(Object.values(await outcomes()).filter((churned) => churned === undefined)).toEqual([]);
  });

  it("waits for the end of the window and a day of grace, and for the log to reach that far", async () => {
    await log(["ann", may1 - 3], ["ben", may31 - 1]);
    await stores.ledger.append([entry("ann", 0.2)]);
    today = may31;
    await judge();
    expect(await stores.ledger.nights()).toEqual([]);
    today = may31 + 1;
    await judge();
    expect(await stores.ledger.nights()).toHaveLength(1);

    await stores.ledger.append([entry("ann", 0.2, { snapshot: may1 + 1 })]);
    today = may31 + 300;
    await judge();
    expect(await stores.ledger.nights()).toHaveLength(1);
  });

  it("judges challenger and champion, each night once, whatever arrives later", async () => {
    await log(["ann", may1 - 3], ["ben", may31]);
    await stores.ledger.append([
      entry("ann", 0.2),
      entry("ann", 0.6, { modelVersion: "v2", role: "challenger" }),
      entry("ann", 0.7, { modelVersion: "v2" }),
    ]);
    await judge();
    const nights = await stores.ledger.nights();
    expect(nights.map(({ modelVersion, role }) => [modelVersion, role])).toEqual([
      ["v1", "champion"],
      ["v2", "challenger"],
      ["v2", "champion"],
    ]);
    expect(nights.map(({ night }) => night.promised.reduce((sum, value) => sum + value, 0))).toEqual([0.2, 0.6, 0.7]);
    // Too late.
    await log(["ann", may1 + 3]);
    await judge();
    expect(await stores.ledger.nights()).toEqual(nights);
    expect(await outcomes()).toEqual({ ann: true });
  });

  it("continues a run that was cut off, with the outcomes that it had recorded", async () => {
    const users = Array.from({ length: 4_500 }, (_, i) => `user-${i}`);
    await log(...[may1 - 1, may31].flatMap((day) => users.map((user): [string, number] => [user, day])));
    await stores.ledger.append(users.map((user) => entry(user, 0.5)));
    const sizes: number[] = [];
    const services = servicesOf();
    const cutOff = {
      ...services.ledger,
      appendOutcomes: async (part: readonly LedgerOutcome[]) => {
        sizes.push(part.length);
        if (sizes.length === 2) throw new Error("killed");
        await stores.ledger.appendOutcomes(part);
      },
    };
    await expect(judgeLists({ ...services, ledger: cutOff })).rejects.toThrow("killed");
    expect(await stores.ledger.nights()).toEqual([]);
    // What is known already is not recorded again; it is read for how long each user had been silent.
    const asked: number[] = [];
    await judgeLists({
      ...services,
      actions: {
        ...services.actions,
        historiesOf: (ids, range) => {
          asked.push(ids.length);
          return stores.actions.historiesOf(ids, range);
        },
      },
    });
    expect(sizes).toEqual([2_000, 2_000]);
    expect(asked).toEqual([2_000, 2_000, 500]);
    const [night] = await stores.ledger.nights();
    expect(night?.night.left.reduce((sum, left) => sum + left, 0)).toBe(4_500);
    expect((await stores.ledger.batches())[0]?.outcomes).toBe(4_500);
  });

  it("leaves what it cannot judge: actions that retention has deleted, a version that is gone", async () => {
    await log(["ann", may1 + 1], ["ben", may31]);
    await stores.ledger.append([entry("ann", 0.2), entry("ann", 0.3, { modelVersion: "gone", snapshot: may1 + 1 })]);
    today = may31 + 10;
    await judge();
    expect(await stores.ledger.nights()).toEqual([]);
    await stores.ledger.append([entry("ann", 0.2, { snapshot: may1 + 1 })]);
    await judge();
    expect((await stores.ledger.nights()).map(({ modelVersion }) => modelVersion)).toEqual(["v1"]);
  });

  it("stops after some minutes, and goes on in the next run", async () => {
    await log(["ann", may1 - 3], ["ben", may31 + 5]);
    await stores.ledger.append([0, 1, 2].map((day) => entry("ann", 0.2, { snapshot: may1 + day })));
    today = may31 + 10;
    let time = startOf(today);
    const slow = { ...servicesOf(), now: () => (time += 150_000) };
    await judgeLists(slow);
    expect(await stores.ledger.nights()).toHaveLength(2);
    await judgeLists(slow);
    expect(await stores.ledger.nights()).toHaveLength(3);
  });
});

async function log(...actions: [user: string, day: number][]): Promise<void> {
  const all = actions.map(([userId, day]): Action => ({ userId, action: "login", time: startOf(day) + 1 }));
  await stores.actions.append(all);
  await stores.actions.rollUp();
}

/** Assigns an audience to the arms of a campaign of 30 days. Returns how many are in each. */
async function runCampaign(id: string, day: number, audience: readonly string[], controlShare: number) {
  const at = startOf(day);
  const campaign: Campaign = {
    ...{ id, name: id, audience: "", controlShare, windowDays: 30, costPerContact: 0, incentive: 0 },
    ...{ startsAt: at, lastAssignedAt: at, createdAt: at, outcomes: [], covariates: [], createdBy: "ann" },
  };
  const assignments = audience.map(
    (userId): Assignment => ({
      ...{ userId, arm: armOf(id, userId, controlShare), assignedAt: at, covariates: [], outcomes: [] },
    }),
  );
  await stores.campaigns.create(campaign);
  await stores.campaigns.assign(campaign, assignments);
  return (await stores.campaigns.freeze(id)).sizes;
}

function total(groups: readonly number[]): number {
  return groups.reduce((sum, value) => sum + value, 0);
}

function entry(userId: string, probability: number, changes: Partial<LedgerEntry> = {}): LedgerEntry {
  return { userId, snapshot: may1, modelVersion: "v1", role: "champion", state: "here", probability, ...changes };
}

function servicesOf() {
  const { actions, models, ledger, campaigns } = stores;
  return {
    campaigns: {
      campaigns: campaigns.campaigns.bind(campaigns),
      assignmentsOf: campaigns.assignmentsOf.bind(campaigns),
    },
    actions: { extent: () => actions.extent(), historiesOf: actions.historiesOf.bind(actions) },
    models,
    ledger: {
      batches: ledger.batches.bind(ledger),
      nights: ledger.nights.bind(ledger),
      entries: ledger.entries.bind(ledger),
      appendOutcomes: ledger.appendOutcomes.bind(ledger),
      appendNights: ledger.appendNights.bind(ledger),
    },
    now: () => startOf(today) + 7_200_000,
  };
}

function judge(): Promise<void> {
  return judgeLists(servicesOf());
}

async function outcomes(modelVersion = "v1"): Promise<Record<string, boolean | undefined>> {
  const all: JudgedEntry[] = [];
  for await (const one of stores.ledger.entries({ modelVersion })) all.push(one);
  return Object.fromEntries(all.map(({ userId, churned }) => [userId, churned]));
}
