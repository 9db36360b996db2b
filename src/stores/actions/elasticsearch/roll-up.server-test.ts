import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Action, bucketOf } from "#churn/action.ts";
import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { FaultyProxy, type ProxiedRequest } from "#test/support/faulty-proxy.ts";
import { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { removePrefix } from "../../connections/elasticsearch/remove-prefix.ts";
import { ElasticsearchActionStore } from "./action-store.ts";

const day = 86_400_000;
const minute = 60_000;

describe("rolling up on Elasticsearch from day to day", () => {
  let time: number;
  let proxy: FaultyProxy;
  let elasticsearch: Elasticsearch;
  let store: ElasticsearchActionStore;
  let requests: ProxiedRequest[];

  beforeEach(async () => {
    time = Date.UTC(2024, 4, 1);
    const direct = testConnection();
    proxy = await FaultyProxy.start(direct.options.url);
    elasticsearch = new Elasticsearch({ ...direct.options, url: proxy.url });
    await direct.close();
    store = new ElasticsearchActionStore(elasticsearch, { now: () => time });
    await store.append(actions);
    // Later by more than clocks may differ, or all would be looked at again.
    time += 60 * minute;
    expect(await store.rollUp()).toEqual({ userDays: 80, users: 40 });
    requests = [];
    proxy.fault = (request) => {
      requests.push(request);
      return undefined;
    };
  });

  afterEach(async () => {
    await removePrefix(elasticsearch);
    await elasticsearch.close();
    await proxy.close();
  });

  it("counts those users alone who have something new", async () => {
    time += day;
    await store.append([click(3, Date.UTC(2024, 2, 1), "late"), click(5, Date.UTC(2024, 2, 9), "late")]);
    expect(await store.rollUp()).toEqual({ userDays: 2, users: 2 });
    expect(countedUsers()).toEqual([["user-3", "user-5"]]);
    const found = await store.historiesOf(["user-3", "user-5"]);
    expect(found.get("user-3")?.days.map(({ count }) => count)).toEqual([2, 1]);
    expect(found.get("user-5")?.days.map(({ count }) => count)).toEqual([1, 1, 1]);
    expect(await store.extent()).toMatchObject({ actions: 82, users: 40 });
    expect(await store.actionFrequencies()).toEqual([{ action: "click", users: 40, count: 82 }]);
  });

  it("counts everybody in a month where much is new", async () => {
    time += day;
    await store.append(actions.map((action) => ({ ...action, eventId: `${action.eventId} again` })));
    expect(await store.rollUp()).toEqual({ userDays: 80, users: 40 });
    expect(countedUsers()).toEqual([]);
    expect(await store.extent()).toMatchObject({ actions: 160, users: 40 });
  });

  it("looks at nobody when nothing is new", async () => {
    time += day;
    expect(await store.rollUp()).toEqual({ userDays: 0, users: 0 });
    expect(bodies("/_search").filter((body) => body.includes("composite"))).toEqual([]);
  });

  it("finds what was ingested before the last roll-up and could not be seen by it", async () => {
    time += day;
    const began = time;
    await store.rollUp();
    time = began - 5 * minute;
    await store.append([click(3, Date.UTC(2024, 2, 1), "under way")]);
    time = began + day;
    expect(await store.rollUp()).toEqual({ userDays: 1, users: 1 });
  });

  it("counts what is ingested after a roll-up whose clock was hours ahead", async () => {
    time = Date.now() + 5 * 60 * minute;
    await store.rollUp();
    time = Date.now();
    await store.append([click(3, Date.UTC(2024, 2, 1), "after")]);
    expect(await store.rollUp()).toEqual({ userDays: 1, users: 1 });
    expect((await store.historiesOf(["user-3"])).get("user-3")?.days.map(({ count }) => count)).toEqual([2, 1]);
  });

  it("takes all actions for new where the watermarks lie in the future, so that they are counted in as many slices", async () => {
    await setWatermarks(elasticsearch, () => Date.now() + 5 * 60 * minute);
    expect(await store.notRolledUp()).toBe(80);
  });

  it("counts everything anew where a watermark lies in the future, and trusts the one that it leaves", async () => {
    await setWatermarks(elasticsearch, (part, before) => (part === 3 ? Date.now() + 5 * 60 * minute : before));
    const inPart = Array.from({ length: 40 }, (_, user) => user).filter((user) => bucketOf(`user-${user}`) >> 4 === 3);
    expect(inPart.length).toBeGreaterThan(0);
    time = Date.now();
    await store.append(inPart.map((user) => click(user, Date.UTC(2024, 2, 1), "late")));
    expect(await store.rollUp()).toEqual({ userDays: inPart.length, users: inPart.length });
    requests.length = 0;
    time = Date.now();
    await store.rollUp();
    expect(countedUsers().flat().toSorted()).toEqual(inPart.map((user) => `user-${user}`).toSorted());
  });

  it("reads everybody for the extent once, and not again before something changed", async () => {
    const opened = () => requests.filter(({ path }) => path.includes("_pit") && !path.startsWith("/_pit")).length;
    expect(await store.extent()).toMatchObject({ actions: 80, users: 40 });
    const once = opened();
    expect(once).toBeGreaterThan(0);
    await store.actionFrequencies();
    await store.rollUp();
    expect(await store.extent()).toMatchObject({ actions: 80, users: 40 });
    expect(opened()).toBe(once);
  });

  it("counts everything anew when its state is gone", async () => {
    await store.append([click(3, Date.UTC(2024, 2, 1), "new")]);
    const index = elasticsearch.index("roll-up");
    await elasticsearch.run("delete the state", (client) => client.indices.delete({ index }));
    time += minute;
    expect(await store.rollUp()).toEqual({ userDays: 1, users: 1 });
    expect(await store.extent()).toMatchObject({ actions: 81, users: 40 });
  });

  it("fails rather than take a part of an index for the whole", async () => {
    await store.extent();
    for await (const _ of store.histories());
    await store.erase(["user-1"]);
    const searches = requests.filter(({ path }) => /_search/.test(path));
    expect(searches.length).toBeGreaterThan(3);
    for (const { path, body } of searches) expect(path + body).toMatch(/allow_partial_search_results["=:]+false/);
  });

  /** The users that actions were counted of by name. */
  function countedUsers(): string[][] {
    return bodies("/_search").flatMap((body) => {
      const { query, aggs } = JSON.parse(body) as {
        query?: { bool?: { filter?: { terms?: { "user.id": string[] } }[] } };
        aggs?: unknown;
      };
      const users = query?.bool?.filter?.[0]?.terms?.["user.id"];
      return aggs && users ? [users.toSorted()] : [];
    });
  }

  function bodies(path: string): string[] {
    return requests.filter((request) => request.path.includes(path)).map(({ body }) => body);
  }
});

function click(user: number, time: number, eventId: string): Action {
  return { userId: `user-${user}`, action: "click", time, eventId: `${user}/${eventId}`, source: "test" };
}

const actions = Array.from({ length: 40 }, (_, user) => [
  click(user, Date.UTC(2024, 2, 1), "march"),
  click(user, Date.UTC(2024, 3, 1), "april"),
]).flat();

/** Changes the watermark of each part, in milliseconds since the epoch. */
async function setWatermarks(
  elasticsearch: Elasticsearch,
  change: (part: number, before: number) => number,
): Promise<void> {
  const address = { index: elasticsearch.index("roll-up"), id: "parts" };
  const { parts } = await elasticsearch.run("read the state", async (client) => {
    const { _source } = await client.get<{ parts: { watermark: number }[] }>(address);
    return _source!;
  });
  const changed = parts.map((part, i) => ({ ...part, watermark: change(i, part.watermark) }));
  await elasticsearch.run("change the state", (client) => client.index({ ...address, document: { parts: changed } }));
}
