import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseDay, startOf } from "#churn/day.ts";
import { NightTally } from "#churn/promises/night-tally.ts";
import { type Stores, setUpStores } from "#stores/open-stores.ts";
import { exampleArtifact } from "#test/support/example-artifact.ts";
import { exampleCampaign } from "#test/support/example-campaign.ts";
import { exampleNote } from "#test/support/example-note.ts";
import { promisedBySegment } from "./by-segment.ts";

const night = parseDay("2024-05-21")!;
let folder: string;
let stores: Stores;
let users: string[];
let time = 1_000;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-by-segment-"));
  stores = await setUpStores({ dataDir: folder }, () => time);
  // Each user every few days, for longer or shorter.
  await stores.actions.append(
    Array.from({ length: 6_000 }, (_, i) => ({
      userId: `user-${i % 300}`,
      action: "visit",
      time: startOf(night - 1 - Math.floor(i / 300) * (1 + (i % 7))),
    })),
  );
  await stores.actions.rollUp();
  users = [];
  for await (const { userId } of stores.actions.histories({ before: night })) users.push(userId);
});

afterEach(async () => {
  await stores.close();
  await rm(folder, { recursive: true });
});

async function serve(): Promise<void> {
  for (const version of ["v1", "v2"]) await stores.models.publish(exampleArtifact(version));
  await stores.models.moveAlias("champion", "v1", undefined, exampleNote);
}

/** A list that promised the same of all; a tenth is in the treatment, a tenth in the control group of a campaign, or no one. */
async function list(
  modelVersion: string,
  probability: number,
  left: (i: number) => boolean,
  hasArms = true,
): Promise<void> {
  const arm = (i: number) => (!hasArms || i % 10 > 1 ? undefined : i % 10 === 0 ? "treatment" : "control");
  const entry = { snapshot: night, modelVersion, role: "champion" as const, state: "here" as const, probability };
  await stores.ledger.append(users.map((userId, i) => ({ ...entry, userId, arm: arm(i) })));
  await stores.ledger.appendOutcomes(
    users.map((userId, i) => ({ userId, snapshot: night, modelVersion, churned: left(i) })),
  );
  const judged = { snapshot: night, modelVersion, role: "champion" as const, addedAt: time };
  await stores.ledger.appendNights([{ ...judged, night: new NightTally().night() }]);
}

describe("promisedBySegment", () => {
  it("leaves the treatment out everywhere but by arm", async () => {
    await serve();
    await list("v1", 0.25, (i) => i % 10 !== 0 && i % 4 === 0);
    const promised = await promisedBySegment(stores);
    const treated = users.filter((_, i) => i % 10 === 0).length;
    expect(promised).toMatchObject({ nights: [night], share: 1, all: { rows: users.length - treated } });
    const arms = promised?.divisions.find(({ by }) => by === "arm of a campaign")?.parts ?? [];
    expect(arms.map(({ name }) => name)).toEqual(["in none", "control", "treatment"]);
    expect(arms[2]?.quality).toMatchObject({ rows: treated, churned: 0 });
    expect(arms.reduce((sum, { quality }) => sum + quality.rows, 0)).toBe(users.length);
    for (const { by, parts } of promised?.divisions ?? [])
      if (by !== "arm of a campaign")
        expect(parts.reduce((sum, { quality }) => sum + quality.rows, 0)).toBe(users.length - treated);
  });

  it("leaves out who was treated after the list was made, and has the control group stand in for them", async () => {
    await serve();
    await list("v1", 0.25, (i) => i % 4 === 0, false);
    const campaign = exampleCampaign({ controlShare: 0.5, startsAt: startOf(night), lastAssignedAt: startOf(night) });
    const assigned = { assignedAt: campaign.startsAt, covariates: [], outcomes: [] };
    const inCampaign = users.filter((_, i) => i % 3 !== 0);
    const arm = (i: number) => (i % 2 === 0 ? "treatment" : "control");
    await stores.campaigns.create(campaign);
    await stores.campaigns.assign(
      campaign,
      inCampaign.map((userId, i) => ({ ...assigned, userId, arm: arm(i) })),
    );
    await stores.campaigns.freeze(campaign.id);
    const promised = await promisedBySegment(stores);
    const arms = promised?.divisions.find(({ by }) => by === "arm of a campaign")?.parts ?? [];
    const half = inCampaign.length / 2;
    expect(arms.map(({ quality }) => quality.rows)).toEqual([users.length - 2 * half, half, half]);
    // Each of the controls counts twice.
    expect(promised?.all.rows).toBe(users.length);
    expect(promised?.all.promised).toBeCloseTo(0.25 * users.length);
    const of = (name: string) => arms.find((one) => one.name === name)?.quality.churned ?? 0;
    expect(promised?.all.churned).toBe(of("in none") + 2 * of("control"));
  });

  it("counts of two lists of a night the one that was shown last", async () => {
    await serve();
    await list("v1", 0.1, () => false);
    time += 1_000;
    await list("v2", 0.5, (i) => i % 2 === 0);
    const all = (await promisedBySegment(stores))?.all;
    expect(all?.promised).toBeCloseTo(0.5 * (all?.rows ?? 0));
  });

  it("is nothing while no version is in service, or no night is judged", async () => {
    expect(await promisedBySegment(stores)).toBeUndefined();
    await serve();
    expect(await promisedBySegment(stores)).toBeUndefined();
  });
});
