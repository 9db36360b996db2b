import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { armOf } from "#churn/campaign/arm.ts";
import type { Assignment, Campaign } from "#churn/campaign/campaign.ts";
import { rowWeight } from "#churn/campaign/protect.ts";
import { startOf } from "#churn/day.ts";
import { DatasetBuilder } from "#churn/features/dataset.ts";
import { oddUserIds } from "#test/support/odd-user-ids.ts";
import { DuckDbActionStore } from "../actions/duckdb/action-store.ts";
import { type DuckDbDatabase, openDuckDb } from "../connections/duckdb/database.ts";
import { DuckDbCampaignStore } from "./duckdb/campaign-store.ts";
import { Enrolments } from "./enrolments.ts";

const churn = { churnDays: 30, leadDays: 0, observeDays: 60 };
const users = [...Array.from({ length: 500 }, (_, i) => `user-${i}`), ...oddUserIds];
let database: DuckDbDatabase;
let campaigns: DuckDbCampaignStore;

beforeEach(async () => {
  database = await openDuckDb(":memory:");
  campaigns = await DuckDbCampaignStore.open(database);
});

afterEach(() => database.close());

function campaign(id: string, day: number): Campaign {
  const at = startOf(day);
  const economics = { controlShare: 0.2, windowDays: 30, costPerContact: 0, incentive: 0 };
  const times = { startsAt: at, lastAssignedAt: at, createdAt: at };
  return { id, name: id, audience: "", ...economics, ...times, outcomes: [], covariates: [], createdBy: "ann" };
}

async function run(id: string, day: number, audience: readonly string[]): Promise<void> {
  const own = campaign(id, day);
  const assignments = audience.map(
    (userId): Assignment => ({
      ...{ userId, arm: armOf(id, userId, 0.2), assignedAt: startOf(day), covariates: [], outcomes: [] },
    }),
  );
  await campaigns.create(own);
  await campaigns.assign(own, assignments);
  await campaigns.freeze(id);
}

describe("Enrolments", () => {
  it("finds the campaigns of each user beside the histories, in their order", async () => {
    const actions = await DuckDbActionStore.open(database, { now: () => startOf(300) });
    await actions.append(users.map((userId) => ({ userId, action: "visit", time: startOf(90) })));
    await actions.rollUp();
    // Some are in both, some in one, some in none; and of some there is no history.
    await run("first", 100, [...users.slice(0, 300), "gone"]);
    await run("second", 140, [...users.slice(200, 400), "🦆"]);
    const enrolments = await Enrolments.open(campaigns, 0, 300);
    const found = new Map<string, number[]>();
    for await (const { userId } of actions.histories())
      found.set(
        userId,
        (await enrolments.of(userId)).map(({ from }) => from),
      );
    await enrolments.close();
    expect(found.size).toBe(users.length);
    expect(found.get("user-1")).toEqual([100]);
    expect(found.get("user-250")).toEqual([100, 140]);
    expect(found.get("user-399")).toEqual([140]);
    expect(found.get("user-400")).toEqual([]);
    expect(found.get("🦆")).toEqual([140]);
  });

  it("knows none where there are no campaigns, or none in the range", async () => {
    expect(await (await Enrolments.open(campaigns, 0, 300)).of("user-1")).toEqual([]);
    await run("first", 100, users);
    expect(await (await Enrolments.open(campaigns, 130, 300)).of("user-1")).toEqual([]);
    expect(await (await Enrolments.open(campaigns, 0, 100)).of("user-1")).toEqual([]);
  });

  it("makes rows in which controls stand in for the treated", async () => {
    await run("first", 100, users);
    const enrolments = await Enrolments.open(campaigns, 0, 300);
    const builder = new DatasetBuilder({ definition: { churn, actions: [] }, snapshots: [60, 100] });
    const order = users.toSorted();
    const byUser = new Map<string, Awaited<ReturnType<Enrolments["of"]>>>();
    for await (const { userId } of campaigns.assignments("first")) byUser.set(userId, await enrolments.of(userId));
    for (const userId of order)
      builder.add({ userId, days: [50, 95].map((day) => ({ day, action: "visit", count: 1, value: 0 })) }, (snapshot) =>
        rowWeight(byUser.get(userId) ?? [], snapshot, churn),
      );
    const data = builder.build();
    const at = (day: number) => data.users.filter((_, row) => data.snapshots[row] === day);
    const controls = users.filter((userId) => armOf("first", userId, 0.2) === "control");
    expect(at(60)).toHaveLength(users.length);
    expect(new Set(at(100))).toEqual(new Set(controls));
    expect(at(100)).toHaveLength(5 * controls.length);
    expect(data.x).toHaveLength(data.rows * data.names.length);
  });
});
