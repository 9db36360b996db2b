import { afterEach, beforeEach, expect, it } from "vitest";
import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { exampleCampaign } from "#test/support/example-campaign.ts";
import { listedUser } from "#test/support/listed-user.ts";
import { ElasticsearchActionStore } from "../../actions/elasticsearch/action-store.ts";
import { ElasticsearchCampaignStore } from "../../campaigns/elasticsearch/campaign-store.ts";
import { ElasticsearchFeatureStore } from "../../features/elasticsearch/feature-store.ts";
import { ElasticsearchLedger } from "../../ledger/elasticsearch/ledger.ts";
import { userIndex } from "../../users/elasticsearch/indices.ts";
import { ElasticsearchUserList } from "../../users/elasticsearch/user-list.ts";
import type { Elasticsearch } from "./connection.ts";
import { removePrefix } from "./remove-prefix.ts";

const users = ["ann", "gone"];
let elasticsearch: Elasticsearch;
let time: number;

beforeEach(async () => {
  elasticsearch = testConnection();
  time = Date.now();
  await campaigns().create(campaign);
});
afterEach(async () => {
  await removePrefix(elasticsearch);
  await elasticsearch.close();
});

it("a run that had read a user before the erasure brings nothing of the user back", async () => {
  const actions = actionStore();
  await actions.append(users.map((userId) => ({ userId, action: "login", time: time - 86_400_000 })));
  await actions.rollUp();
  const read: string[] = [];
  for await (const { userId } of actions.histories()) read.push(userId);
  expect(read.toSorted()).toEqual(users);

  await actions.erase(["gone"]);
  await writeAbout(read);
  expect(await found()).toEqual({
    features: ["ann"],
    scores: ["ann"],
    listed: ["ann"],
    ledger: ["ann"],
    assigned: ["ann"],
  });
  expect(await ledger().erase(["gone"])).toEqual({ entries: 0, outcomes: 0 });
});

it("a run that writes while the user is being erased leaves nothing, whichever is faster", async () => {
  const actions = actionStore();
  await actions.append(users.map((userId) => ({ userId, action: "login", time: time - 86_400_000 })));
  const eraseAll = async () => {
    await actions.erase(["gone"]);
    for (const store of [features(), list(), ledger(), campaigns()]) await store.erase(["gone"]);
  };
  await Promise.all([writeAbout(users), eraseAll(), writeAbout(users)]);
  expect(await found()).toEqual({
    features: ["ann"],
    scores: ["ann"],
    listed: ["ann"],
    ledger: ["ann"],
    assigned: ["ann"],
  });
});

it("a user who comes back is a user again, from an hour after the erasure on", async () => {
  time -= 3_700_000;
  await actionStore().erase(["gone"]);
  await writeAbout(users);
  expect(await found()).toMatchObject({ features: users, listed: users });
  // By then nothing tells that the user was erased: the one record is of another.
  time = Date.now();
  await actionStore().erase(["other"]);
  const index = elasticsearch.index("erasures");
  await elasticsearch.run("refresh", (client) => client.indices.refresh({ index }));
  expect(await elasticsearch.run("count", async (client) => (await client.count({ index })).count)).toBe(1);
});

const actionStore = () => new ElasticsearchActionStore(elasticsearch, { now: () => time });
const features = () => new ElasticsearchFeatureStore(elasticsearch, { now: () => time });
const ledger = () => new ElasticsearchLedger(elasticsearch, { now: () => time });
const list = () => new ElasticsearchUserList(elasticsearch);
const campaigns = () => new ElasticsearchCampaignStore(elasticsearch);

/** As a night and a new campaign do. */
async function writeAbout(userIds: readonly string[]): Promise<void> {
  const churn = { churnDays: 30, leadDays: 0, observeDays: 60 };
  await features().putSet({
    id: "set",
    snapshot,
    definition: { churn, actions: [] },
    populations: [churn],
    names: ["recency"],
  });
  await features().put(
    "set",
    userIds.map((userId) => ({ userId, lapsed: [null], values: [1] })),
  );
  const score = { snapshot, modelVersion: "v1", probability: 0.5 };
  await features().putScores(userIds.map((userId) => ({ ...score, userId, risk: "low", reasons: [] })));
  await ledger().append(userIds.map((userId) => ({ ...score, userId, role: "champion", state: "here" })));
  await ledger().appendOutcomes(userIds.map((userId) => ({ userId, snapshot, modelVersion: "v1", churned: true })));
  await list().put(
    userIds.map((userId) => listedUser(userId, lapsed)),
    time,
  );
  await campaigns().assign(
    campaign,
    userIds.map((userId) => ({ userId, arm: "control", assignedAt: time, covariates: [], outcomes: [] })),
  );
}

async function found(): Promise<Record<string, readonly string[]>> {
  const index = elasticsearch.index(userIndex);
  await elasticsearch.run("refresh", (client) => client.indices.refresh({ index }));
  const scored = await features().topScores(10);
  const members: string[] = [];
  for await (const { userId } of campaigns().assignments(campaign.id)) members.push(userId);
  const inLedger = await Promise.all(
    users.map(async (user) => ((await ledger().entriesOf(user)).length > 0 ? [user] : [])),
  );
  return {
    features: [...(await features().get(users)).keys()].toSorted(),
    scores: scored.map(({ userId }) => userId).toSorted(),
    listed: [...(await list().get(users)).keys()].toSorted(),
    ledger: inLedger.flat(),
    assigned: members.toSorted(),
  };
}

const snapshot = 20_454;
const campaign = exampleCampaign();

const lapsed = { state: "lapsed", lapsedSince: 20_450, probability: undefined, risk: undefined } as const;
