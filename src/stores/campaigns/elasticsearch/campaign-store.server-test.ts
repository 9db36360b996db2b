import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Assignment } from "#churn/campaign/campaign.ts";
import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { exampleCampaign } from "#test/support/example-campaign.ts";
import { FaultyProxy } from "#test/support/faulty-proxy.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { removePrefix } from "../../connections/elasticsearch/remove-prefix.ts";
import { StoreUnavailable } from "../../failures.ts";
import { describeCampaignStore } from "../campaign-store.contract.ts";
import { ElasticsearchCampaignStore } from "./campaign-store.ts";

describeCampaignStore("ElasticsearchCampaignStore", async () => {
  const elasticsearch = testConnection();
  return {
    store: new ElasticsearchCampaignStore(elasticsearch),
    reopen: async () => new ElasticsearchCampaignStore(elasticsearch),
    dispose: async () => {
      await removePrefix(elasticsearch);
      await elasticsearch.close();
    },
  };
});

describe("campaigns in an Elasticsearch in trouble", () => {
  let direct: Elasticsearch;
  let proxy: FaultyProxy;
  let disturbed: Elasticsearch;
  let store: ElasticsearchCampaignStore;

  beforeEach(async () => {
    direct = testConnection();
    proxy = await FaultyProxy.start(direct.options.url);
    disturbed = testConnection({ ...direct.options, url: proxy.url, retryMilliseconds: 0 });
    store = new ElasticsearchCampaignStore(disturbed);
    await store.create(campaign);
  });

  afterEach(async () => {
    await disturbed.close();
    await proxy.close();
    await removePrefix(direct);
    await direct.close();
  });

  it("is unavailable while some assignments are refused, and complete once all are sent again", async () => {
    proxy.fault = ({ path }) =>
      path.startsWith("/_bulk")
        ? { kind: "refuse-items", status: 429, refused: (position) => position % 2 === 0 }
        : undefined;
    await expect(store.assign(campaign, assignments)).rejects.toThrow(/^Could not assign users to a campaign: /);
    proxy.fault = () => undefined;
    await store.assign(campaign, assignments);
    expect((await store.freeze("spring")).sizes).toEqual({ treatment: 100, control: 0 });
  });

  it("is unavailable, not empty, when it cannot be read", async () => {
    await store.assign(campaign, assignments);
    await store.freeze("spring");
    proxy.fault = () => ({ kind: "refuse", status: 503, type: "some_exception", reason: "not now" });
    await expect(store.campaigns()).rejects.toThrow(StoreUnavailable);
    await expect(store.campaign("spring")).rejects.toThrow(StoreUnavailable);
    await expect(store.assignmentsOf(["user-1"])).rejects.toThrow(StoreUnavailable);
    await expect(store.assignments("spring")[Symbol.asyncIterator]().next()).rejects.toThrow(StoreUnavailable);
    await expect(store.erase(["user-1"])).rejects.toThrow(StoreUnavailable);
    // Of a request of our own: a caller cannot send less.
    proxy.fault = () => ({ kind: "refuse", status: 413, type: "too_large", reason: "too large" });
    await expect(store.campaigns()).rejects.toThrow(StoreUnavailable);
    await expect(store.assign(campaign, assignments)).rejects.toThrow(StoreUnavailable);
  });
});

const campaign = exampleCampaign({ startsAt: 0, lastAssignedAt: 0, createdAt: 0 });

const assignments: Assignment[] = Array.from({ length: 100 }, (_, i) => ({
  userId: `user-${i}`,
  arm: "treatment",
  assignedAt: 0,
  covariates: [],
  outcomes: [],
}));
