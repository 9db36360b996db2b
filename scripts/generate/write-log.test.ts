import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InvalidInput } from "#churn/failure.ts";
import type { LogItem } from "../log/log.ts";
import { readLog } from "../log/read-log.ts";
import { generateActions } from "./generate-actions.ts";
import { generateLog } from "./generate-log.ts";
import { writeLog } from "./write-log.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-write-log-"));
});
afterAll(() => rm(folder, { recursive: true }));

const options = { users: 60, months: 1, endDay: 19_000, seed: "write" };

describe("writeLog", () => {
  it.each(["log.csv", "log.csv.gz", "log.ndjson", "log.jsonl.gz"])(
    "writes %s, which reads back as the same actions",
    async (name) => {
      const path = join(folder, name);
      let days = 0;
      const count = await writeLog(generateActions(options), path, () => {
        days += 1;
      });
      expect(days).toBe(30);
      const items = await itemsOf((await readLog([path], {}, Date.now())).batches);
      expect(items).toEqual(await itemsOf(generateLog(options).batches));
      expect(count).toBe(items.length);
    },
  );

  it("compresses by the name, and heads CSV", async () => {
    await writeLog(generateActions(options), join(folder, "a.csv.gz"));
    const text = gunzipSync(await readFile(join(folder, "a.csv.gz"))).toString();
    expect(text.split("\n", 2)[0]).toBe("user_id,timestamp,action,value");
  });

  it("says why a path cannot be written", async () => {
    const error: unknown = await writeLog([], join(folder, "absent", "a.csv")).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(InvalidInput);
    expect(String(error)).toMatch(/Cannot write .*absent/);
  });
});

async function itemsOf(batches: AsyncIterable<{ items: readonly LogItem[] }>): Promise<LogItem[]> {
  const all: LogItem[] = [];
  for await (const { items } of batches) all.push(...items);
  return all;
}
