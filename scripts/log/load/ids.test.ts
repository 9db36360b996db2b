import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, it } from "vitest";
import { DuckDbActionStore } from "#stores/actions/duckdb/action-store.ts";
import { openDuckDb } from "#stores/connections/duckdb/database.ts";
import { readContent, readContents, refusalOf } from "#test/support/read-content.ts";
import { ingestLog } from "../ingest-log.ts";
import type { LogOptions } from "../options.ts";
import { readLog } from "../read-log.ts";

const now = Date.parse("2026-03-01T00:00:00Z");
const time = (n: number) => new Date(Date.parse("2025-01-01") + n * 3_600_000).toISOString();
const csv = (ids: readonly string[], header = "user_id,time,action") =>
  `${header}\n${ids.map((id, n) => `${id},${time(n)},a\n`).join("")}`;
const many = (count: number, id: (n: number) => string) => Array.from({ length: count }, (_, n) => id(n));

async function parquet(select: string): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "lapse-parquet-"));
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run(`COPY (${select}) TO '${join(folder, "log.parquet")}'`);
  const content = await readFile(join(folder, "log.parquet"));
  await rm(folder, { recursive: true });
  return content;
}

describe("ids that have lost digits", () => {
  it.each([
    ["a spreadsheet's", many(40, (n) => `7.3853${n % 3}E+17`)],
    ["a spreadsheet's with a decimal comma", many(40, (n) => `"7,3853${n % 3}E+17"`)],
    ["of twelve digits", many(40, (n) => `1.2345${n % 3}E+11`)],
    ["a double's", many(40, (n) => `7.38529527931269${n % 3}e+17`)],
    ["Java's", many(40, (n) => `7.38529527931269${n % 3}E17`)],
    ["JavaScript's", many(40, (n) => `7385295279312${10 + n}400`)],
    ["a spreadsheet's as whole numbers", many(40, (n) => `738529527931${100 + n}000`)],
  ])("are refused: %s", async (_, ids) => {
    expect(await refusalOf(csv(ids))).toContain("has lost its last digits");
  });

  it("are refused in Parquet, where they are doubles beyond 2^53, and read where they are not", async () => {
    const rows = (id: string) =>
      `SELECT (${id})::DOUBLE AS user_id, TIMESTAMP '2025-01-01' + INTERVAL 1 HOUR * range AS time, 'a' AS action FROM range(40)`;
    expect(await refusalOf(await parquet(rows("738529527931269425 + range")))).toContain("has lost its last digits");
    expect(await refusalOf(await parquet(rows("9007199254740993 + range")))).toContain("has lost its last digits");
    expect((await readContent(await parquet(rows("900719925474 + range")))).users[1]).toBe("900719925475");
  });

  it("are rejected by themselves where they are few", async () => {
    const { users, account } = await readContent(csv([...many(300, (n) => `${7385 + (n % 20)}`), "7.3853E+17"]));
    expect(users).toHaveLength(300);
    expect(account.rejected).toMatchObject([{ count: 1, reason: expect.stringContaining("has lost its last digits") }]);
  });

  it("are more than a few in a hundred: it is told before anything is stored, unless that is accepted", async () => {
    const ids = csv(many(100, (n) => (n % 20 === 0 ? `7.3853${n}E+17` : `u${n % 7}`)));
    expect(await refusalOf(ids)).toMatch(
      /was not imported: 5 of its rows have a user or an id that has lost its last digits/,
    );
    expect((await readContent(ids, { acceptRejected: true })).users).toHaveLength(95);
  });

  it("are no identities of actions", async () => {
    const rows = many(40, (n) => `u${n % 4},${time(n)},1.7638${n % 3}E+18`).join("\n");
    const { users, notes } = await readContent(`user_id,time,event_id\n${rows}\n`);
    expect(users).toHaveLength(40);
    expect(notes).toContain(
      "event_id has lost the last digits of its numbers, as 7.3853E+17 has: not used as identity",
    );
  });

  it("are told from texts that look like them, and from numbers of which no digit is lost", async () => {
    const hex = ["12e5", "7e17", "1E5", "5e+3x"];
    expect((await readContent(csv(hex))).users).toEqual(hex);
    expect((await readContent(csv(["1e+05", "123456", "1.2345678E7"]))).users).toEqual([
      "100000",
      "123456",
      "12345678",
    ]);
    const digits = many(30, (n) => `73852952793126942${n}`);
    expect((await readContent(csv(digits))).users).toEqual(digits);
  });
});

describe("whole numbers with a fraction of zeros", () => {
  it("are the numbers also beside users of other names, in one file and in several", async () => {
    expect((await readContent(csv(["1.0", "guest", "1", "2.0"]))).users).toEqual(["1", "guest", "1", "2"]);
    const { users, notes } = await readContents([csv(["1.0", "2.0"]), csv(["1", "guest"]).replaceAll("2025", "2024")]);
    expect(users).toEqual(["1", "2", "1", "guest"]);
    expect(notes).toContain("user_id has whole numbers written as 12.0: they are read as 12.");
  });

  it("stay what they are among versions", async () => {
    expect((await readContent(csv(["1.0", "1.1", "guest"]))).users).toEqual(["1.0", "1.1", "guest"]);
  });
});

describe("ids of actions", () => {
  it("that the store has with other content are rejected, and refuse the log where they are more than a fifth", async () => {
    const actions = await DuckDbActionStore.open(await openDuckDb(":memory:"), { now: () => now });
    const folder = await mkdtemp(join(tmpdir(), "lapse-days-"));
    const store = async (day: number, ids: readonly number[], options: LogOptions = {}) => {
      const path = join(folder, `${day}.csv`);
      await writeFile(path, `user_id,time,event_id\n${ids.map((id) => `u${id},${time(24 * day)},${id}\n`).join("")}`);
      const log = await readLog([path], options, now);
      return ingestLog(log, { actions, now: () => now }).finally(() => log.close());
    };
    expect(await store(1, [1, 2, 3])).toMatchObject({ created: 3 });
    await expect(store(2, [3, 4, 5])).rejects.toThrow(
      /of 3 actions, 1 have the id of a stored action with another user, action, time or value.*--no-id/s,
    );
    const report = await store(2, [3, 4, 5], { acceptRejected: true });
    expect(report).toMatchObject({ created: 2, duplicates: 0, rejected: 1 });
    expect(report.details.join("\n")).toMatch(
      /4 lines read = 2 stored \+ 0 known already \+ 1 rejected[\s\S]*1 line: the stored action with the same id has other content/,
    );
    expect(await store(3, [6, 7], { noId: true })).toMatchObject({ created: 2 });
    await actions.close();
    await rm(folder, { recursive: true });
  });

  it("are not a counter where the sender has a better one", async () => {
    const rows = many(
      6,
      (n) => `{"$insert_id":"i-${n}","event_id":${n % 3},"user_id":"u","event_time":"${time(n)}","event_type":"a"}`,
    );
    expect((await readContent(rows.join("\n"))).items.map(({ event_id }) => event_id)).toEqual(
      many(6, (n) => `i-${n}`),
    );
  });

  it("are taken from the next column where those of one repeat with other content", async () => {
    const rows = many(6, (n) => `u${n},${time(n)},m-${n % 3},e-${n}`);
    const { items, notes } = await readContent(`user_id,time,message_id,event_id\n${rows.join("\n")}\n`);
    expect(items.map(({ event_id }) => event_id)).toEqual(many(6, (n) => `e-${n}`));
    expect(notes).toContain("message_id repeats with other content");
  });
});
