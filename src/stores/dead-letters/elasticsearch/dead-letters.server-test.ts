import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { type Fault, FaultyProxy } from "#test/support/faulty-proxy.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { removePrefix } from "../../connections/elasticsearch/remove-prefix.ts";
import { RequestTooLarge, StoreUnavailable } from "../../failures.ts";
import { describeDeadLetters } from "../dead-letters.contract.ts";
import { type DeadLetter, deadLetterId, type KeptDeadLetter } from "../dead-letters.ts";
import { CorruptDeadLetter } from "../letter-json.ts";
import { ElasticsearchDeadLetters } from "./dead-letters.ts";

describeDeadLetters("ElasticsearchDeadLetters", async () => {
  const elasticsearch = testConnection();
  return {
    letters: new ElasticsearchDeadLetters(elasticsearch),
    dispose: async () => {
      await removePrefix(elasticsearch);
      await elasticsearch.close();
    },
  };
});

describe("dead letters in Elasticsearch", () => {
  let direct: Elasticsearch;
  let proxy: FaultyProxy;
  let disturbed: Elasticsearch;
  let letters: ElasticsearchDeadLetters;

  beforeEach(async () => {
    direct = testConnection();
    proxy = await FaultyProxy.start(direct.options.url);
    disturbed = testConnection({ ...direct.options, url: proxy.url, retryMilliseconds: 0 });
    letters = new ElasticsearchDeadLetters(disturbed);
  });

  afterEach(async () => {
    await disturbed.close();
    await proxy.close();
    await removePrefix(direct);
    await direct.close();
  });

  async function onlyLetter(): Promise<KeptDeadLetter> {
    const [kept, ...others] = await letters.list();
    if (kept === undefined || others.length > 0) throw new Error("There is not one letter.");
    return kept;
  }

  it("store an event of any shape: long, deep, with ids longer than a term can be", async () => {
    const deep = JSON.parse(`${"[".repeat(2_000)}${"]".repeat(2_000)}`);
    const events = [
      { id: "i".repeat(100_000), source: "s".repeat(100_000), type: "t" },
      { id: "deep", source: "/s", type: "t", data: deep },
      { id: "long", source: "/s", type: "t", data: { text: 'ü"\n'.repeat(1_000_000) } },
    ];
    for (const [recordedAt, event] of events.entries()) {
      await letters.record({ event, status: 2 ** 40, destination: `http://x/${"y".repeat(50_000)}`, recordedAt });
    }
    const kept = await letters.list();
    expect(kept.map(({ event }) => JSON.stringify(event))).toEqual(
      events.toReversed().map((event) => JSON.stringify(event)),
    );
  });

  it("list more than fit in a page, ties by id", async () => {
    const all = Array.from({ length: 120 }, (_, i) => letter(`${i}`, 1_000 + Math.floor(i / 40)));
    await Promise.all(all.map((one) => letters.record(one)));
    const expected = all.map((one) => ({ ...one, id: deadLetterId(one) }));
    expected.sort((a, b) => b.recordedAt - a.recordedAt || (a.id < b.id ? -1 : 1));
    expect(await letters.list()).toEqual(expected);
  });

  it("keep what is recorded while an earlier recording is being removed", async () => {
    await letters.record(letter("1", 10));
    const kept = await onlyLetter();
    const other = new ElasticsearchDeadLetters(direct);
    proxy.fault = async ({ method }) => {
      if (method === "DELETE") await other.record(letter("1", 20));
      return undefined;
    };
    await letters.remove(kept);
    expect((await letters.list()).map(({ recordedAt }) => recordedAt)).toEqual([20]);
  });

  it("keep one letter when a recording is repeated because its response was lost", async () => {
    proxy.fault = ({ method }) => (method === "PUT" ? { kind: "lose-answer" } : undefined);
    await expect(letters.record(letter("1", 10))).rejects.toThrow(StoreUnavailable);
    proxy.fault = () => undefined;
    await letters.record(letter("1", 20));
    expect((await letters.list()).map(({ recordedAt }) => recordedAt)).toEqual([20]);
  });

  it("explain a letter that comes without a reason by what its Service has noted, which is no letter", async () => {
    await letters.note({ ...letter("1", 10), destination: "train", status: 503, answer: "no features" });
    await letters.note({ ...letter("1", 20), destination: "train", status: 503, answer: "no features yet" });
    expect([await letters.list(), await letters.count()]).toEqual([[], 0]);
    const destination = "http://train.lapse.svc.cluster.local";
    expect(await letters.record({ ...letter("1", 30), destination, status: 503 })).toBe(true);
    expect(await letters.record({ ...letter("2", 30), destination, status: 503 })).toBe(true);
    await letters.record({ ...letter("3", 30), destination: "train", status: 400, answer: "its own" });
    expect((await letters.list()).map(({ event, status, answer }) => [event.id, status, answer]).sort()).toEqual([
      ["1", 503, "no features yet"],
      ["2", 503, undefined],
      ["3", 400, "its own"],
    ]);
  });

  it("forget notes of more than a week ago", async () => {
    const week = 7 * 24 * 3_600_000;
    await letters.note({ ...letter("1", 10), status: 503, answer: "long ago" });
    await new ElasticsearchDeadLetters(direct).note({ ...letter("2", week + 20), status: 503, answer: "now" });
    for (const id of ["1", "2"]) await letters.record(letter(id, week + 30));
    expect((await letters.list()).map(({ answer }) => answer).sort()).toEqual(["now", undefined]);
  });

  it("are unavailable, not absent, when they cannot be read or written", async () => {
    await letters.record(letter("1", 10));
    const kept = await onlyLetter();
    const faults: Fault[] = [refuse(503), refuse(429), { kind: "drop" }];
    for (const fault of faults) {
      proxy.fault = () => fault;
      await expect(letters.record(letter("2", 10))).rejects.toThrow(StoreUnavailable);
      await expect(letters.list()).rejects.toThrow(StoreUnavailable);
      await expect(letters.get(kept.id)).rejects.toThrow(StoreUnavailable);
      await expect(letters.remove(kept)).rejects.toThrow(StoreUnavailable);
      await expect(new ElasticsearchDeadLetters(disturbed).list()).rejects.toThrow(StoreUnavailable);
    }
  });

  it("refuse one that is too long for the server", async () => {
    await letters.list();
    proxy.fault = ({ method }) => (method === "PUT" ? refuse(413) : undefined);
    await expect(letters.record(letter("1", 10))).rejects.toThrow(RequestTooLarge);
  });

  it("name one that was damaged", async () => {
    await letters.record(letter("1", 10));
    const id = deadLetterId(letter("1", 10));
    const document = { "@timestamp": 10, lapse: { letter: { id, json: '{"event":{}}' } } };
    await direct.run("spoil a letter", (client) =>
      client.index({ index: `${direct.options.prefix}-dead-letters`, id, document }),
    );
    await expect(letters.list()).rejects.toThrow(CorruptDeadLetter);
    await expect(letters.get(id)).rejects.toThrow(id);
  });
});

function letter(id: string, recordedAt: number): DeadLetter {
  return { event: { id, source: "/shop", type: "t" }, recordedAt };
}

function refuse(status: number): Fault {
  return { kind: "refuse", status, type: "some_exception", reason: "not so" };
}
