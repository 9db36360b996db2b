import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Action } from "#churn/action.ts";
import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { FaultyProxy } from "#test/support/faulty-proxy.ts";
import { crashActions, crashBatch, crashBatchOf } from "#test/support/programs/crash-batch.ts";
import { argumentsOf } from "#test/support/running-program.ts";
import { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { removePrefix } from "../../connections/elasticsearch/remove-prefix.ts";
import type { ActionStore } from "../action-store.ts";
import { ElasticsearchActionStore } from "./action-store.ts";

describe("actions in Elasticsearch whose writers are killed, or late", () => {
  let elasticsearch: Elasticsearch;
  let store: ActionStore;
  let proxy: FaultyProxy;
  let slow: Elasticsearch;
  let slowLog: ActionStore;
  const running = new Set<ChildProcess>();

  beforeEach(async () => {
    elasticsearch = testConnection();
    store = new ElasticsearchActionStore(elasticsearch, { now: Date.now });
    proxy = await FaultyProxy.start(elasticsearch.options.url);
    slow = new Elasticsearch({ ...elasticsearch.options, url: proxy.url });
    slowLog = new ElasticsearchActionStore(slow, { now: Date.now });
  });

  afterEach(async () => {
    for (const child of running) child.kill("SIGKILL");
    running.clear();
    await slow.close();
    await proxy.close();
    await removePrefix(elasticsearch);
    await elasticsearch.close();
  });

  it("has what it reported as created, and one copy of each action when everything is sent again", async () => {
    const reported = new Set<string>();
    const next = () => Math.max(-1, ...[...reported].map(crashBatchOf)) + 1;
    // Twice, so that the second process starts from what the first one left behind.
    for (const until of [100, 250]) {
      const child = start("append-to-elasticsearch", next());
      for await (const line of linesOf(child)) {
        reported.add(line);
        if (reported.size >= until) break;
      }
      await kill(child);
    }
    // Whole batches, and single actions that were stored together.
    expect(new Set([...reported].map((line) => line.includes("/")))).toEqual(new Set([true, false]));
    const again = await Promise.all([...reported].map((line) => store.append(crashActions(line))));
    expect(again.flat().filter(({ status }) => status !== "duplicate")).toEqual([]);
    const batches = Array.from({ length: next() + 10 }, (_, batch) => batch);
    await Promise.all(batches.map((batch) => store.append(crashBatch(batch).toReversed())));
    await store.rollUp();
    await expectRolledUp(batches.flatMap(crashBatch));
  });

  it("counts all of it after a roll-up that was killed in the middle", async () => {
    const batches = [0, 1, 2];
    for (const batch of batches) await store.append(crashBatch(batch));
    const { reached } = holdSecondMonth();
    const child = start("roll-up-elasticsearch", undefined, proxy.url);
    await reached;
    await kill(child);
    expect((await store.extent())?.actions).not.toBe(120);
    await store.append(crashBatch(3));
    await store.rollUp();
    await expectRolledUp([...batches, 3].flatMap(crashBatch));
    expect(await store.rollUp()).toEqual({ userDays: 0, users: 0 });
  });

  it("keeps newer counts when an older roll-up is late to write", async () => {
    await store.append(crashBatch(0));
    const { reached, release } = holdSecondMonth();
    const late = slowLog.rollUp();
    await reached;
    await store.append(crashBatch(1));
    await store.rollUp();
    release();
    await late;
    await expectRolledUp([0, 1].flatMap(crashBatch));
  });

  it("does not bring erased users back when a roll-up is late to write", async () => {
    await store.append(crashBatch(0));
    const gone = crashBatch(0)
      .slice(20)
      .map(({ userId }) => userId);
    const { reached, release } = holdSecondMonth();
    const late = slowLog.rollUp();
    await reached;
    await store.erase(gone);
    const again = crashBatch(0).slice(35, 36);
    await store.append(again);
    release();
    await late;
    const left = crashBatch(0).filter(({ userId }) => !gone.includes(userId));
    expect((await store.historiesOf(gone)).size).toBe(0);
    await store.rollUp();
    await expectRolledUp([...left, ...again]);
  });

  it("counts once when two processes roll up at the same time as a third appends", async () => {
    for (const batch of [0, 1]) await store.append(crashBatch(batch));
    const children = [start("roll-up-elasticsearch"), start("roll-up-elasticsearch")];
    const ends = children.map(async (child) => {
      const [exit] = await once(child, "exit");
      expect(exit).toBe(0);
    });
    for (const batch of [2, 3, 4]) await store.append(crashBatch(batch));
    await Promise.all(ends);
    await store.rollUp();
    await expectRolledUp([0, 1, 2, 3, 4].flatMap(crashBatch));
  });

  /** Lets the writes of the first month pass the proxy, and holds that of the next one until it is released. */
  function holdSecondMonth() {
    let release = () => {};
    const held = new Promise<undefined>((resolve) => {
      release = () => resolve(undefined);
    });
    const reached = new Promise<void>((resolve) => {
      proxy.fault = ({ path, body }) => {
        if (!path.startsWith("/_bulk") || !body.includes("user-days-2024.02")) return undefined;
        resolve();
        return held;
      };
    });
    return { reached, release };
  }

  async function expectRolledUp(actions: readonly Action[]): Promise<void> {
    expect(await store.extent()).toMatchObject({ actions: actions.length });
    const found = new Map<string, number>();
    for await (const { userId, days } of store.histories()) {
      found.set(
        userId,
        days.reduce((sum, { value, count }) => sum + 1_000 * value + count, 0),
      );
    }
    const expected = new Map<string, number>();
    for (const { userId, value = 0 } of actions) expected.set(userId, (expected.get(userId) ?? 0) + 1_000 * value + 1);
    expect(found).toEqual(expected);
  }

  function start(name: string, first?: number, url = elasticsearch.options.url): ChildProcess {
    const { prefix } = elasticsearch.options;
    const args = argumentsOf(name, url, prefix, ...(first === undefined ? [] : [`${first}`]));
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    running.add(child);
    return child;
  }

  async function kill(child: ChildProcess): Promise<void> {
    const exit = once(child, "exit");
    child.kill("SIGKILL");
    await exit;
    running.delete(child);
  }
});

function linesOf({ stdout }: ChildProcess): AsyncIterable<string> {
  if (stdout === null) throw new TypeError("The output is not piped");
  return createInterface({ input: stdout });
}
