import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { FaultyProxy } from "#test/support/faulty-proxy.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { removePrefix } from "../../connections/elasticsearch/remove-prefix.ts";
import { StoreUnavailable } from "../../failures.ts";
import { describeLedger } from "../ledger.contract.ts";
import type { LedgerEntry } from "../ledger.ts";
import { ElasticsearchLedger } from "./ledger.ts";

describeLedger("ElasticsearchLedger", async (now) => {
  const elasticsearch = testConnection();
  return {
    ledger: new ElasticsearchLedger(elasticsearch, { now }),
    reopen: async () => new ElasticsearchLedger(elasticsearch, { now }),
    dispose: async () => {
      await removePrefix(elasticsearch);
      await elasticsearch.close();
    },
  };
});

describe("a ledger in an Elasticsearch in trouble", () => {
  let direct: Elasticsearch;
  let proxy: FaultyProxy;
  let disturbed: Elasticsearch;
  let ledger: ElasticsearchLedger;

  beforeEach(async () => {
    direct = testConnection();
    proxy = await FaultyProxy.start(direct.options.url);
    disturbed = testConnection({ ...direct.options, url: proxy.url });
    ledger = new ElasticsearchLedger(disturbed, { now: Date.now });
  });

  afterEach(async () => {
    await disturbed.close();
    await proxy.close();
    await removePrefix(direct);
    await direct.close();
  });

  async function stored(): Promise<number> {
    const batches = await new ElasticsearchLedger(direct, { now: Date.now }).batches();
    return batches.reduce((sum, { entries }) => sum + entries.champion, 0);
  }

  it("has each entry once when a response is lost", async () => {
    let lost = 0;
    proxy.fault = ({ path }) => (path.startsWith("/_bulk") && lost++ === 0 ? { kind: "lose-answer" } : undefined);
    await ledger.append(entries);
    expect(await stored()).toBe(entries.length);
  });

  it("is unavailable while some are refused, and complete once all are sent again", async () => {
    proxy.fault = ({ path }) =>
      path.startsWith("/_bulk")
        ? { kind: "refuse-items", status: 429, refused: (position) => position % 2 === 0 }
        : undefined;
    await disturbed.close();
    disturbed = testConnection({ ...direct.options, url: proxy.url, retryMilliseconds: 0 });
    ledger = new ElasticsearchLedger(disturbed, { now: Date.now });
    await expect(ledger.append(entries)).rejects.toThrow(/^Could not add to the ledger: .* did not take 50 of 100/);
    proxy.fault = () => undefined;
    await ledger.append(entries);
    expect(await stored()).toBe(entries.length);
  });

  it("is unavailable, not empty, when it cannot be read", async () => {
    await ledger.append(entries);
    await disturbed.close();
    disturbed = testConnection({ ...direct.options, url: proxy.url, retryMilliseconds: 0 });
    ledger = new ElasticsearchLedger(disturbed, { now: Date.now });
    proxy.fault = () => ({ kind: "refuse", status: 503, type: "some_exception", reason: "not now" });
    await expect(ledger.entriesOf("user-1")).rejects.toThrow(StoreUnavailable);
    await expect(ledger.lastShown(["user-1"], 3)).rejects.toThrow(StoreUnavailable);
    await expect(ledger.batches()).rejects.toThrow(StoreUnavailable);
    await expect(ledger.nights()).rejects.toThrow(StoreUnavailable);
    await expect(ledger.entries()[Symbol.asyncIterator]().next()).rejects.toThrow(StoreUnavailable);
    await expect(ledger.erase(["user-1"])).rejects.toThrow(StoreUnavailable);
  });
});

const entries: LedgerEntry[] = Array.from({ length: 100 }, (_, i) => ({
  userId: `user-${i}`,
  snapshot: 19_814,
  modelVersion: "v1",
  role: "champion",
  state: "here",
  probability: i / 100,
}));
