import { afterEach, beforeEach, expect, it } from "vitest";
import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { FaultyProxy } from "#test/support/faulty-proxy.ts";
import { StoreConnections } from "../../store-connections.ts";
import type { Elasticsearch } from "./connection.ts";
import { removePrefix } from "./remove-prefix.ts";

let direct: Elasticsearch;
let proxy: FaultyProxy;

beforeEach(async () => {
  direct = testConnection();
  proxy = await FaultyProxy.start(direct.options.url);
});

afterEach(async () => {
  await proxy.close();
  await removePrefix(direct);
  await direct.close();
});

it("tells of each request that is made once more, and of none that succeeds at once", async () => {
  const retried: string[] = [];
  const elasticsearch = { ...direct.options, url: proxy.url };
  const onRetry = (store: string) => void retried.push(store);
  const stores = new StoreConnections({ dataDir: "unused", elasticsearch, onRetry }, Date.now);
  const store = await stores.actionStore();
  await store.append([{ userId: "ann", action: "buy", time: Date.UTC(2024, 0, 1) }]);
  expect(retried).toEqual([]);
  let refusals = 0;
  proxy.fault = ({ path }) =>
    path.startsWith("/_bulk") && refusals++ < 2
      ? { kind: "refuse", status: 429, type: "es_rejected_execution_exception", reason: "full" }
      : undefined;
  const outcomes = await store.append([{ userId: "ann", action: "buy", time: Date.UTC(2024, 0, 2) }]);
  expect(outcomes).toEqual([{ status: "created" }]);
  expect(retried).toEqual(["elasticsearch", "elasticsearch"]);
  await stores.close();
});
