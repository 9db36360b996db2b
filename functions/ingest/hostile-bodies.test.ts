import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ofManyNames } from "#test/support/of-many-names.ts";
import { RunningProgram } from "#test/support/running-program.ts";
import { type Answer, hold, postAtOnce, WatchedServer } from "#test/support/under-attack.ts";

/** Of knative/services/ingest.yaml, in MB. */
const podMemory = 768;

/** Times on the clock say little while others keep the machine busy. */
const busy = { timeout: 120_000, retry: 2 };

let folder: string;
let ingest: RunningProgram;
let watched: WatchedServer;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-hostile-"));
  ingest = RunningProgram.ofFunction("ingest/main.ts", { PORT: "0", DATA_DIR: folder, BODY_SECONDS: "20" });
  url = `http://127.0.0.1:${await ingest.says(/listens on port (\d+)/)}`;
  watched = await WatchedServer.begin(url, ingest);
});

afterAll(async () => {
  await watched.end();
  expect(await ingest.end()).toBe(0);
  expect(ingest.lines.filter((line) => line.includes('"log.level":"error"')).slice(0, 1)).toEqual([]);
  await rm(folder, { recursive: true });
});

const ndjson = { "content-type": "application/x-ndjson" };
const json = { "content-type": "application/json" };
const batch = { "content-type": "application/cloudevents-batch+json" };
const event = { "content-type": "application/cloudevents+json" };
const attributes = '"specversion":"1.0","id":"1","source":"s","type":"dev.lapse.action","subject":"u"';
const gzip = { "content-encoding": "gzip" };
const megabytes = (text: string, count: number) => text.repeat(Math.floor((count * 1024 * 1024) / text.length));

describe("ingest stays alive, and within its pod's memory,", () => {
  it.each<[string, () => [string | Buffer, Record<string, string>], number]>([
    ["5 M items of {} in lines", () => [megabytes("{}\n", 15.9), ndjson], 413],
    ["5 M items of {} in an array", () => [`[${megabytes("{},", 15.9)}{}]`, json], 413],
    [
      "5 M items of {} in a batch, compressed",
      () => [gzipSync(`[${megabytes("{},", 15.9)}{}]`), { ...batch, ...gzip }],
      413,
    ],
    [
      "as many items as are allowed, all of them wrong",
      () => [megabytes(`{"user_id":{"a":[]},"x":1}\n`, 2.5), ndjson],
      400,
    ],
    ["900 k of one field", () => [`{${megabytes('"user_id":"aa",', 15.9)}"action":"a"}`, json], 413],
    ["900 k fields", () => [`{${Array.from({ length: 900_000 }, (_, i) => `"f${i}":1`).join(",")}}`, json], 413],
    ["one field of 16 MB", () => [`{"user_id":"${megabytes("x", 15.9)}"}`, json], 413],
    [
      "64 items as large as an item may be",
      () => [`[${Array(64).fill(`{"user_id":[${megabytes("{},", 0.24)}{}]}`)}]`, json],
      400,
    ],
    [
      "64 items as large as an item may be, of other names in each object",
      () => [`[${Array(64).fill(ofManyNames(290, 100)).join(",")}]`, json],
      400,
    ],
    ["an event of 190 k attributes", () => [`{${attributes},${ofManyNames(1, 190_000).slice(2, -2)}}`, event], 400],
    ["an event whose data has 390 k fields", () => [`{${attributes},"data":${ofManyNames(3_900, 100)}}`, event], 413],
    ["brackets alone", () => [megabytes("[", 15.9), json], 400],
    ["brackets and their ends", () => [`${megabytes("[", 7)}${megabytes("]", 7)}`, json], 400],
    ["quotes and backslashes", () => [`[1234567890123456789,${megabytes('\\"', 15)}`, json], 400],
    [
      "quotes and backslashes in lines",
      () => [megabytes(`{"a":12345678901234567890,"b":"${'\\"'.repeat(100_000)}\n`, 15), ndjson],
      400,
    ],
    ["14 kB of gzip", () => [gzipSync(megabytes("{}\n", 15.9)), { ...ndjson, ...gzip }], 413],
    ["1 GiB of zeros", () => [gzipSync(Buffer.alloc(1024 ** 3), { level: 1 }), { ...ndjson, ...gzip }], 413],
    ["blanks", () => [megabytes(" ", 15.9), json], 400],
  ])("when it is sent %s", busy, async (_, make, status) => {
    const [body, headers] = make();
    const answers: Answer[] = [];
    const bearing = await watched.bearing(async () => {
      // The manifest allows more than twice as many at a time.
      answers.push(...(await postAtOnce(40, `${url}/events`, headers, body)));
    });
    for (const answer of answers) expect(JSON.parse(answer.body)).toHaveProperty("error");
    // Beyond the memory that bodies share, a caller is asked to try again.
    const judged = answers.map((answer) => answer.status).filter((each) => each !== 503);
    expect(judged.length).toBeGreaterThan(0);
    expect(new Set(judged)).toEqual(new Set([status]));
    expect(bearing.slowestHealth).toBeLessThan(1_000);
    expect(bearing.mostMemory).toBeLessThan(podMemory);
  });

  it("when 40 callers send 1.5 MB of actions each, with small requests between them", busy, async () => {
    const time = new Date().toISOString();
    const line = (caller: number, i: number) =>
      JSON.stringify({ user_id: `u${i % 97}`, action: "login", timestamp: time, event_id: `${caller} ${i}`, value: i });
    const send = async (body: string) => {
      const response = await fetch(`${url}/events`, { method: "POST", headers: ndjson, body });
      await response.text();
      return response.status;
    };
    const statuses: number[] = [];
    const bearing = await watched.bearing(async () => {
      const large = Array.from({ length: 40 }, (_, caller) =>
        send(Array.from({ length: 14_000 }, (__, i) => line(caller, i)).join("\n")),
      );
      const small = Array.from({ length: 40 }, (_, caller) => send(line(caller, 14_000)));
      statuses.push(...(await Promise.all([...large, ...small])));
    });
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(bearing.slowestHealth).toBeLessThan(1_000);
    expect(bearing.mostMemory).toBeLessThan(podMemory);
  });

  it("when 200 callers send the beginning of a body and no more, who are told 408", busy, async () => {
    const answers: string[] = [];
    const bearing = await watched.bearing(async () => {
      const held = await Promise.all(
        Array.from({ length: 200 }, () => hold(url, "/events", megabytes("x", 1), 16_000_000)),
      );
      await Promise.all(
        held.map(async (socket) => {
          for await (const chunk of socket) {
            answers.push(String(chunk).split("\r\n", 1)[0] ?? "");
            break;
          }
        }),
      );
    });
    expect(new Set(answers)).toEqual(new Set(["HTTP/1.1 408 Request Timeout", "HTTP/1.1 503 Service Unavailable"]));
    expect(bearing.slowestHealth).toBeLessThan(1_000);
    expect(bearing.mostMemory).toBeLessThan(podMemory);
  });

  it("and then takes an action as ever", async () => {
    const item = { user_id: "u", action: "login", timestamp: new Date().toISOString() };
    const response = await fetch(`${url}/events`, { method: "POST", headers: json, body: JSON.stringify(item) });
    expect([response.status, await response.json()]).toMatchObject([200, { created: 1 }]);
  });
});
