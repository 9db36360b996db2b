import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DirectoryModelStore } from "#stores/models/directory/model-store.ts";
import { exampleModel } from "#test/support/example-model.ts";
import { ofManyNames } from "#test/support/of-many-names.ts";
import { RunningProgram } from "#test/support/running-program.ts";
import { type Answer, hold, postAtOnce, WatchedServer } from "#test/support/under-attack.ts";

/** Of kserve/inference-service.yaml, in MB. */
const podMemory = 512;

/** Times on the clock say little while others keep the machine busy. */
const busy = { timeout: 120_000, retry: 2 };

let folder: string;
let predict: RunningProgram;
let watched: WatchedServer;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-hostile-"));
  const models = await DirectoryModelStore.open(join(folder, "models"), { now: Date.now });
  const model = exampleModel({ version: "v1" });
  await models.publish({ ...model, report: "<html></html>" });
  await models.moveAlias("champion", "v1", undefined, { by: "test", reason: "first" });
  predict = RunningProgram.ofFunction("predict/main.ts", { PORT: "0", DATA_DIR: folder, BODY_SECONDS: "20" });
  url = `http://127.0.0.1:${await predict.says(/listens on port (\d+)/)}`;
  watched = await WatchedServer.begin(url, predict);
});

afterAll(async () => {
  await watched.end();
  expect(await predict.end()).toBe(0);
  expect(predict.lines.filter((line) => line.includes('"log.level":"error"')).slice(0, 1)).toEqual([]);
  await rm(folder, { recursive: true });
});

const json = { "content-type": "application/json" };
const v1 = "/v1/models/churn:predict";
const v2 = "/v2/models/churn/infer";
const megabytes = (text: string, count: number) => text.repeat(Math.floor((count * 1024 * 1024) / text.length));
const tensor = (shape: string, data: string) =>
  `{"inputs":[{"name":"features","datatype":"FP64","shape":${shape},"data":${data}}]}`;

describe("the predictor stays alive, and within its pod's memory,", () => {
  it.each<[string, string, () => [string | Buffer, Record<string, string>?], number]>([
    ["1 M instances of {}", v1, () => [`{"instances":[${megabytes("{},", 3.9)}{}]}`], 413],
    ["2 M instances of 1", v1, () => [`{"instances":[${megabytes("1,", 3.9)}1]}`], 413],
    ["300 k of one field", v1, () => [`{"instances":[{${megabytes('"user_name":1,', 3.9)}"user_name":2}]}`], 413],
    ["400 k fields", v1, () => [`{${Array.from({ length: 330_000 }, (_, i) => `"f${i}":1`).join(",")}}`], 413],
    ["380 k fields, of other names in each object", v1, () => [`{"instances":${ofManyNames(3_800, 100)}}`], 413],
    [
      "as many as are allowed, of other names in each object",
      v1,
      () => [`{"instances":${ofManyNames(999, 200)}}`],
      200,
    ],
    ["brackets alone", v1, () => [megabytes("[", 3.9)], 400],
    ["a tensor of 2 M values", v2, () => [tensor("[2000000]", `[${megabytes("1,", 3.9)}1]`)], 413],
    ["a tensor of other size than its shape", v2, () => [tensor("[4000,79]", `[${"1,".repeat(300_000)}1]`)], 400],
    ["a tensor nested deeper than its shape", v2, () => [tensor("[1,2]", `${"[".repeat(60)}1${"]".repeat(60)}`)], 400],
    ["a shape of a thousand dimensions", v2, () => [tensor(`[${"1,".repeat(1_000)}1]`, "[1]")], 400],
    [
      "1 GiB of zeros",
      v1,
      () => [gzipSync(Buffer.alloc(1024 ** 3), { level: 1 }), { "content-encoding": "gzip" }],
      413,
    ],
  ])("when it is sent %s", busy, async (_, path, make, status) => {
    const [body, headers] = make();
    const answers: Answer[] = [];
    const bearing = await watched.bearing(async () => {
      for (let round = 0; round < 2; round++)
        answers.push(...(await postAtOnce(20, url + path, { ...json, ...headers }, body)));
    });
    for (const answer of answers)
      expect(JSON.parse(answer.body)).toHaveProperty(answer.status < 400 ? "predictions" : "error");
    // Beyond the memory that bodies share, a caller is asked to try again.
    const judged = answers.map((answer) => answer.status).filter((each) => each !== 503);
    expect(judged.length).toBeGreaterThan(0);
    expect(new Set(judged)).toEqual(new Set([status]));
    expect(bearing.slowestHealth).toBeLessThan(1_000);
    expect(bearing.mostMemory).toBeLessThan(podMemory);
  });

  it("when 150 callers hold bodies of 4 MB, and predicts for others meanwhile", busy, async () => {
    const began = megabytes("1", 3.9);
    const bearing = await watched.bearing(async () => {
      const held = await Promise.all(
        Array.from({ length: 150 }, () => hold(url, v1, `{"instances":[${began}`, 4 * 1024 * 1024)),
      );
      const response = await fetch(url + v1, { method: "POST", headers: json, body: '{"instances":[{"user_id":""}]}' });
      expect([response.status, await response.json()]).toMatchObject([200, { predictions: [{}] }]);
      for (const socket of held) socket.destroy();
    });
    expect(bearing.slowestHealth).toBeLessThan(1_000);
    expect(bearing.mostMemory).toBeLessThan(podMemory);
  });
});
