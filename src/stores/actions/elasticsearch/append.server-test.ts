import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Action } from "#churn/action.ts";
import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { FaultyProxy, type ProxiedRequest } from "#test/support/faulty-proxy.ts";
import { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { removePrefix } from "../../connections/elasticsearch/remove-prefix.ts";
import { countDocuments, refresh } from "../../connections/elasticsearch/search.ts";
import { StoreUnavailable } from "../../failures.ts";
import { ElasticsearchActionStore } from "./action-store.ts";
import { ElasticsearchAppender } from "./append.ts";

describe("appending to an Elasticsearch in trouble", () => {
  let direct: Elasticsearch;
  let proxy: FaultyProxy;
  let connection: Elasticsearch;
  let store: ElasticsearchActionStore;

  beforeEach(async () => {
    direct = testConnection();
    proxy = await FaultyProxy.start(direct.options.url);
    connection = new Elasticsearch({ ...direct.options, url: proxy.url });
    store = new ElasticsearchActionStore(connection, { now: Date.now });
  });

  afterEach(async () => {
    await store.close();
    await connection.close();
    await proxy.close();
    await removePrefix(direct);
    await direct.close();
  });

  it.each([429, 503])("sends again what it refuses with %i, item by item", async (status) => {
    const sizes: number[] = [];
    proxy.fault = (request) => {
      if (!isBulk(request) || sizes.push(operations(request)) > 3) return undefined;
      return { kind: "refuse-items", status, refused: (position) => position % 2 === 1 };
    };
    expect(await store.append(actions(100))).toEqual(Array(100).fill({ status: "created" }));
    expect(sizes).toEqual([100, 50, 25, 12]);
    expect(await stored()).toBe(100);
  });

  it.each([429, 502, 503, 504])("sends again a request that is refused with %i as a whole", async (status) => {
    let refusals = 0;
    proxy.fault = (request) =>
      isBulk(request) && refusals++ < 2
        ? { kind: "refuse", status, type: "es_rejected_execution_exception", reason: "rejected execution" }
        : undefined;
    expect(await store.append(actions(10))).toEqual(Array(10).fill({ status: "created" }));
    expect(refusals).toBe(3);
    expect(await stored()).toBe(10);
  });

  it("sends again what a broken connection kept from the server", async () => {
    let drops = 0;
    proxy.fault = (request) => (isBulk(request) && drops++ < 2 ? { kind: "drop" } : undefined);
    expect(await store.append(actions(10))).toEqual(Array(10).fill({ status: "created" }));
    expect(await stored()).toBe(10);
  });

  it("stores one copy when the response is lost", async () => {
    let lost = 0;
    proxy.fault = (request) => (isBulk(request) && lost++ === 0 ? { kind: "lose-answer" } : undefined);
    // The second response only says that they are stored.
    expect(await store.append(actions(10))).toEqual(Array(10).fill({ status: "duplicate" }));
    expect(await stored()).toBe(10);
  });

  describe("that does not end in time", () => {
    beforeEach(async () => {
      await connection.close();
      connection = new Elasticsearch({ ...direct.options, url: proxy.url, retryMilliseconds: 300 });
      store = new ElasticsearchActionStore(connection, { now: Date.now });
    });

    it("returns what was refused, and knows the rest when everything is sent again", async () => {
      proxy.fault = (request) =>
        isBulk(request) && operations(request) === 100
          ? { kind: "refuse-items", status: 429, refused: (position) => position >= 60 }
          : isBulk(request)
            ? { kind: "refuse-items", status: 429, refused: () => true }
            : undefined;
      const outcomes = await store.append(actions(100));
      expect(outcomes.slice(0, 60)).toEqual(Array(60).fill({ status: "created" }));
      const reason = "rejected execution of primary operation";
      expect(outcomes.slice(60)).toEqual(Array(40).fill({ status: "unavailable", reason }));
      proxy.fault = () => undefined;
      const again = (await store.append(actions(100).toReversed())).map(({ status }) => status).toReversed();
      expect(again).toEqual([...Array(60).fill("duplicate"), ...Array(40).fill("created")]);
      expect(await stored()).toBe(100);
    });

    it("throws StoreUnavailable when nothing was stored", async () => {
      proxy.fault = (request) =>
        isBulk(request) ? { kind: "refuse-items", status: 503, refused: () => true } : undefined;
      await expect(store.append(actions(5))).rejects.toThrow(
        new StoreUnavailable("Could not store actions: rejected execution of primary operation"),
      );
      proxy.fault = (request) => (isBulk(request) ? { kind: "drop" } : undefined);
      await expect(store.append(actions(5))).rejects.toThrow(
        /^Could not store actions: Elasticsearch at .* cannot be reached/,
      );
      await expect(store.append(actions(5))).rejects.toThrow(StoreUnavailable);
      expect(await stored()).toBe(0);
    });
  });

  it("returns actions that are refused because of the server's settings", async () => {
    await store.append(actions(1));
    await direct.run("close the month", (client) => client.indices.close({ index: direct.index("actions-2024.03") }));
    const [, another] = actions(2);
    const april = actions(1).map((action) => ({ ...action, time: Date.UTC(2024, 3, 1) }));
    const [open, closed] = await store.append([...april, ...(another ? [another] : [])]);
    expect(closed).toMatchObject({ status: "unavailable", reason: expect.stringMatching(/closed/) });
    expect(open).toEqual({ status: "created" });
  });

  it("asks for actions again that are refused because of the mapping, which is ours to mend", async () => {
    proxy.fault = (request) =>
      isBulk(request) ? { kind: "refuse-items", status: 400, refused: (position) => position === 1 } : undefined;
    const outcomes = await store.append(actions(3));
    expect(outcomes.map(({ status }) => status)).toEqual(["created", "unavailable", "created"]);
  });

  it("rejects what the mapping does not accept, and stores its neighbours", async () => {
    const batch = actions(3).map((action, i) => (i === 1 ? { ...action, userId: "x".repeat(40_000) } : action));
    const [before, wrong, after] = await store.append(batch);
    expect([before, after]).toEqual([{ status: "created" }, { status: "created" }]);
    expect(wrong).toMatchObject({ status: "rejected", reason: expect.stringMatching(/user\.id/) });
    expect(await stored()).toBe(2);
  });

  it("merges calls made while bulks are under way", async () => {
    const sizes: number[] = [];
    proxy.fault = (request) => {
      if (isBulk(request)) sizes.push(operations(request));
      return undefined;
    };
    const all = actions(200);
    const outcomes = await Promise.all(all.map((action) => store.append([action])));
    expect(outcomes.flat()).toEqual(Array(200).fill({ status: "created" }));
    expect(sizes).toEqual([1, 199]);
  });

  it("tells each call what became of its own actions, when the server refuses those of another", async () => {
    proxy.fault = (request) =>
      isBulk(request) ? { kind: "refuse-items", status: 400, refused: (position) => position === 1 } : undefined;
    const [first, ...calls] = actions(4).map((action) => store.append([action]));
    const results = await Promise.allSettled([first, ...calls]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
    expect(results[2]).toMatchObject({
      reason: new StoreUnavailable("Could not store actions: rejected execution of primary operation"),
    });
    expect(await stored()).toBe(3);
  });

  it("sends a bulk again in halves that the server refuses as a whole, so that one call fails no other", async () => {
    proxy.fault = (request) =>
      isBulk(request) && request.body.includes('"user":{"id":"user-3"}')
        ? { kind: "refuse", status: 413, type: "too_large", reason: "too large" }
        : undefined;
    const results = await Promise.allSettled(actions(7).map((action) => store.append([action])));
    const failed = results.map(({ status }) => status === "rejected");
    expect(failed).toEqual([false, false, false, true, false, false, false]);
    expect(results[3]).toMatchObject({ reason: expect.any(StoreUnavailable) });
    expect(await stored()).toBe(6);
  });

  it("refuses more than it can hold while the server is slow", async () => {
    let release = () => {};
    const held = new Promise<undefined>((resolve) => {
      release = () => resolve(undefined);
    });
    proxy.fault = (request) => (isBulk(request) ? held : undefined);
    const appender = new ElasticsearchAppender(connection, Date.now, 20);
    const all = actions(100);
    const calls = [0, 1, 2].map((call) => appender.append(all.slice(call * 10, call * 10 + 10)));
    await expect(appender.append(all.slice(30, 40))).rejects.toThrow(/20 are already waiting to be stored/);
    release();
    expect((await Promise.all(calls)).flat()).toEqual(Array(30).fill({ status: "created" }));
    expect(await appender.append(all)).toHaveLength(100);
    expect(await stored()).toBe(100);
  });

  async function stored(): Promise<number> {
    await refresh(direct, "refresh", direct.index("actions-*"));
    return countDocuments(direct, "count", direct.index("actions-*"), { match_all: {} });
  }
});

describe("opening actions where there is no usable Elasticsearch", () => {
  it("says in one line that nothing listens", async () => {
    const message = await failureAt("http://127.0.0.1:9");
    expect(message).toMatch(
      /^Could not install .*: Elasticsearch at http:\/\/127.0.0.1:9\/ cannot be reached \(.*\)\.$/,
    );
  });

  it("says in one line that the credentials are wrong, without showing them", async () => {
    const proxy = await FaultyProxy.start("http://127.0.0.1:9");
    const type = "security_exception";
    const reason = "unable to authenticate user [ann] for REST request";
    proxy.fault = () => ({ kind: "refuse", status: 401, type, reason });
    const message = await failureAt(proxy.url.replace("http://", "http://ann:secret@"));
    expect(message).toMatch(/does not know these credentials \(ELASTICSEARCH_API_KEY, or _USERNAME and _PASSWORD\)\.$/);
    expect(message).not.toMatch(/\n/);
    await proxy.close();
  });

  it("says in one line that the server is something else", async () => {
    const server = createServer((_, response) => response.end("{}")).listen(0, "127.0.0.1");
    await once(server, "listening");
    const message = await failureAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect(message).toMatch(/the server at http:.* is not Elasticsearch\.$/);
    server.close();
  });

  async function failureAt(url: string): Promise<string> {
    const elasticsearch = testConnection({ url });
    const store = new ElasticsearchActionStore(elasticsearch, { now: Date.now });
    const failure = await store.append(actions(1)).catch((error) => error);
    await elasticsearch.close();
    expect(failure).toBeInstanceOf(StoreUnavailable);
    // However it is logged.
    expect(inspect(failure, { depth: null })).not.toMatch(/secret|c2VjcmV0/);
    return failure.message;
  }
});

function actions(count: number): Action[] {
  return Array.from({ length: count }, (_, i) => ({
    userId: `user-${i % 7}`,
    action: "click",
    time: Date.UTC(2024, 2, 1) + i,
    eventId: `${i}`,
    source: "test",
  }));
}

function isBulk({ path }: ProxiedRequest): boolean {
  return path.startsWith("/_bulk");
}

/** How many documents a bulk creates. */
function operations({ body }: ProxiedRequest): number {
  return body.split("\n").filter((line) => line.startsWith('{"create"')).length;
}
