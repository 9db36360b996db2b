import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { actionEvent } from "#runtime/event-kinds.ts";
import { type Stores, setUpStores } from "#stores/open-stores.ts";
import { exampleCampaign } from "#test/support/example-campaign.ts";
import { listedUser } from "#test/support/listed-user.ts";
import { describeErasure } from "./describe.ts";
import { eraseForGood } from "./erase-for-good.ts";
import { isEmpty, isOf } from "./erase-users.ts";

let folder: string;
let stores: Stores;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-erase-"));
  stores = await setUpStores({ dataDir: folder }, () => Date.UTC(2026, 0, 5));
});

afterEach(async () => {
  await stores.close();
  await rm(folder, { recursive: true });
});

it("erases a user from every store, and nobody else", async () => {
  const time = Date.UTC(2026, 0, 1);
  await stores.actions.append(["ann", "ben"].map((userId) => ({ userId, action: "login", time })));
  await stores.actions.rollUp();
  const definition = { churn: { churnDays: 30, leadDays: 0, observeDays: 60 }, actions: [] };
  await stores.features.putSet({
    id: "set",
    snapshot: 20_454,
    definition,
    populations: [definition.churn],
    names: ["recency"],
  });
  await stores.features.put(
    "set",
    ["ann", "ben"].map((userId) => ({ userId, lapsed: [null], values: [1] })),
  );
  const score = { snapshot: 20_454, modelVersion: "v1", role: "champion", state: "here", probability: 0.5 } as const;
  await stores.ledger.append(["ann", "ben"].map((userId) => ({ userId, ...score })));
  await stores.ledger.appendOutcomes([{ userId: "ann", snapshot: 20_454, modelVersion: "v1", churned: true }]);
  for (const [id, data] of Object.entries({ a: { user_id: "ann" }, b: { user_id: "ben" }, c: "not an object" }))
    await stores.deadLetters.record({ event: { id, source: "app", type: actionEvent.type, data }, recordedAt: time });
  await stores.deadLetters.record({
    event: { id: "d", source: "app", type: actionEvent.type, subject: "ann" },
    recordedAt: time,
  });

  await stores.campaigns.create(campaign);
  await stores.campaigns.assign(
    campaign,
    ["ann", "ben"].map((userId) => ({ userId, arm: "control", assignedAt: time, covariates: [], outcomes: [] })),
  );
  await stores.users.put(
    ["ann", "ben"].map((userId) => listedUser(userId, lapsed)),
    time,
  );
  await stores.contacts.append(["ann", "ann", "ben"].map((userId, i) => ({ userId, time: time + i })));
  await stores.contacts.optOut([{ userId: "ann", time }]);

  const { erased, left } = await eraseForGood(["ann"], stores, undefined);
  expect(left).toBeUndefined();
  expect(erased).toEqual({
    actions: 1,
    userDays: 1,
    features: 1,
    scores: 0,
    listed: 1,
    ledgerEntries: 1,
    outcomes: 1,
    assignments: 1,
    contacts: 2,
    optOuts: 1,
    deadLetters: 2,
    waiting: 0,
  });
  expect(describeErasure(erased)).toMatch(/ {2}dead letters +2$/m);
  expect(await stores.ledger.entriesOf("ann")).toEqual([]);
  expect(await stores.ledger.entriesOf("ben")).toHaveLength(1);
  const again = await eraseForGood(["ann"], stores, undefined);
  expect(isEmpty(erased)).toBe(false);
  expect(isEmpty(again.erased)).toBe(true);
  expect([...(await stores.features.get(["ann", "ben"])).keys()]).toEqual(["ben"]);
  expect((await stores.deadLetters.list()).map(({ event }) => event.id).sort()).toEqual(["b", "c"]);
  expect((await stores.actions.extent())?.users).toBe(1);
});

const campaign = exampleCampaign();

const lapsed = { state: "lapsed", lapsedSince: 20_450, probability: undefined, risk: undefined } as const;

it.each([
  ["an action's", { subject: "ann", data: { action: "login" } }],
  ["a change's", { subject: "x", data: { user_id: "ann" } }],
  ["a campaign's", { subject: "spring", data: { users: [{ user_id: "ben" }, { user_id: "ann" }] } }],
  ["a digest's", { data: { top: [{ user_id: "ann" }] } }],
])("knows that %s event tells of a user", (_, event) => {
  expect(isOf(event, new Set(["ann"]))).toBe(true);
  expect(isOf(event, new Set(["eve"]))).toBe(false);
});

it("knows that an event tells of a user whose id has blanks around it, as it came", () => {
  const users = new Set(["ann"]);
  expect(isOf({ subject: " ann" }, users)).toBe(true);
  expect(isOf({ data: { user_id: "ann\u00a0" } }, users)).toBe(true);
  expect(isOf({ data: { users: [{ user_id: "\tann" }] } }, users)).toBe(true);
});
