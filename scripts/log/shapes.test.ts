import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { contentOf } from "#test/support/log-content.ts";
import type { LogItem } from "./log.ts";
import type { LogOptions } from "./options.ts";
import { readLog } from "./read-log.ts";

// Files in the shapes in which people have them, each made here.

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-shapes-"));
});
afterAll(() => rm(folder, { recursive: true }));

const now = Date.parse("2026-03-01T00:00:00Z");

let files = 0;
async function read(content: string | Buffer | Uint8Array, options: LogOptions = {}, name = `log-${files++}`) {
  await writeFile(join(folder, name), content);
  return contentOf(await readLog([join(folder, name)], options, now));
}

const refusal = (content: string, options: LogOptions = {}) =>
  read(content, options).then(
    () => "",
    (error: unknown) => String(error),
  );

const users = (items: readonly LogItem[]) => items.map(({ user_id }) => user_id);
const values = (items: readonly LogItem[]) => items.map(({ value }) => value);
/** So many days from the first of January on, as ISO 8601. */
const days = (count: number, first = "2025-01-01") =>
  Array.from({ length: count }, (_, i) => new Date(Date.parse(first) + i * 86_400_000).toISOString());

describe("the header", () => {
  it("is a row where it holds a time as the others do, and is told to be read so", async () => {
    const text = "u1,2025-01-01T00:00:00Z,login\nu2,2025-01-02T00:00:00Z,login\n";
    const { items, notes } = await read(text, { user: "1", time: "2", action: "3" });
    expect(users(items)).toEqual(["u1", "u2"]);
    expect(notes).toContain("The first line is read as a row");
    expect(users((await read(text, { user: "1", time: "2", header: true })).items)).toEqual(["u2"]);
    expect(await refusal(text)).toContain(
      "Columns found: column 1 (u1), column 2 (2025-01-01T00:00:00Z), column 3 (login)",
    );
  });

  it("may have a name twice: which column is taken is told, and how to choose", async () => {
    const text = "user_id,timestamp,action,user_id\nshop0,2025-01-01,a,ann\nshop1,2025-01-02,a,bob\n";
    const { items, notes } = await read(text);
    expect(users(items)).toEqual(["shop0", "shop1"]);
    expect(notes).toBe(
      '"user_id" is in the header twice, in columns 1 and 4, with different content: column 1 is used. Choose with --user 1 or --user 4.',
    );
    expect(users((await read(text, { user: "4" })).items)).toEqual(["ann", "bob"]);
  });

  it("may not come again with its columns in another order", async () => {
    const rows = "ann,2025-01-01,a,i1\nbob,2025-01-02,a,i2\n";
    const text = `user,time,action,item\n${rows}item,time,action,user\ni3,2025-01-03,a,ann\n`;
    expect(await refusal(text, { acceptRejected: true })).toContain(
      "line 4 names the columns in another order, «item,time,action,user». Split the file there",
    );
  });
});

describe("columns", () => {
  it("of times that are the same for each user are not the action's", async () => {
    const rows = days(9).map((day, i) => `u${i % 3},2024-0${(i % 3) + 1}-01,${day}`);
    const { items, notes, log } = await read(`customer_id,created_at,order_date\n${rows.join("\n")}\n`);
    expect(log.columns).toContain("order_date → time");
    expect(notes).toBe(
      "created_at is the same in all rows of a user, so order_date is used as the time of the action.",
    );
    expect(items[8]?.timestamp).toBe(Date.parse("2025-01-09"));
    const only = await read(`user,created_at\n${rows.map((row) => row.split(",").slice(0, 2).join(",")).join("\n")}\n`);
    expect(only.notes).toContain("is it the time of the action?");
  });

  it("of nearly the same name are told, and a type at the end of a name is none of it", async () => {
    const { notes } = await read("User_ID,user_id,time\nann,1,2025-01-01\nbob,2,2025-01-02\n");
    expect(notes).toContain('"User_ID" is in the header twice, in columns 1 and 2, with different content');
    const records = [1, 2].map((n) => ({
      userId: { $numberLong: `${n}` },
      createdAt: { $date: `2025-01-0${n}T00:00:00Z` },
    }));
    const { items, log } = await read(JSON.stringify(records));
    expect(log.columns).toContain("userId.$numberLong → user, createdAt.$date → time");
    expect(users(items)).toEqual(["1", "2"]);
  });

  it("of times are found by what they hold, and date and time of day are put together", async () => {
    const { log } = await read(
      "member,signup,seen\nann,2024-01-01,2025-01-01T10:00:00Z\nann,2024-01-01,2025-01-02T10:00:00Z\n",
    );
    expect(log.columns).toContain("seen → time");
    const { items } = await read("Date;Time;Customer\n31/12/2024;23:30;ann\n");
    expect(items[0]?.timestamp).toBe(Date.parse("2024-12-31T23:30:00Z"));
  });

  it("of ids are identities only where the same id has the same content; a redelivery changes nothing", async () => {
    const counts = [
      "user_id,event_id,timestamp,action",
      ...[1, 2, 3].flatMap((n) => ["ann", "bob"].map((user) => `${user},${n},2025-01-0${n},a`)),
    ];
    const perUser = await read(`${counts.join("\n")}\n`);
    expect(perUser.items).toHaveLength(6);
    expect(perUser.notes).toMatch(
      /event_id repeats with other content \("1" in lines 2 and 3, and 2 more ids\): not used as identity/,
    );
    const again = await read(
      "event_id,user_id,timestamp,action\ne1,ann,2025-01-01,a\ne1,ann,2025-01-01,a\ne2,bob,2025-01-02,a\n",
    );
    expect(again.items.map(({ event_id }) => event_id)).toEqual(["e1", "e2"]);
    expect(again.account).toMatchObject({ actions: 3, copies: 1 });
    const withoutId = await read("event_id,user_id,timestamp,action\ne1,ann,2025-01-01,a\ne1,ann,2025-01-01,a\n", {
      noId: true,
    });
    expect(withoutId.items).toHaveLength(2);
    const given = await read(`${counts.join("\n")}\n`, { id: "event_id", acceptRejected: true });
    expect(given.account.rejected).toMatchObject([
      { reason: "repeats the id of another line with other content", count: 3 },
    ]);
  });

  it("are told apart by how often they came where rows repeat others without an id, in whatever order the log is", async () => {
    const rows = Array.from(
      { length: 100 },
      (_, n) => `user-${n},2025-01-01T10:00:${String(n % 60).padStart(2, "0")}Z,a`,
    );
    const log = [...rows, ...rows.slice(7, 9), ...rows.slice(7, 8)];
    const inOrder = log.toSorted((a, b) => (a.split(",")[1] ?? "").localeCompare(b.split(",")[1] ?? ""));
    const few = Array.from({ length: 200 }, (_, n) => `eve,2025-01-02T10:00:00.${String(n).padStart(3, "0")}Z,a`);
    const identities = async (lines: readonly string[]) => {
      const { items, account } = await read(`user_id,timestamp,action\n${lines.join("\n")}\n`);
      expect(account).toMatchObject({ actions: lines.length, copies: 0 });
      return items.map(({ user_id, event_id = "by content" }) => `${user_id} ${event_id}`).sort();
    };
    const expected = await identities(log);
    expect(expected.filter((text) => text.endsWith("#2"))).toHaveLength(2);
    expect(expected.filter((text) => text.endsWith("#3"))).toHaveLength(1);
    // Many rows share their time with a neighbour, and few.
    expect(await identities(inOrder)).toEqual(expected);
    expect((await identities([...few, ...few.slice(-1)])).filter((text) => text.endsWith("#2"))).toHaveLength(1);
    const sparse = [...few.slice(0, 100), ...few.slice(99, 100), "ann,2025-01-02T10:00:00.099Z,a", ...few.slice(100)];
    expect((await identities(sparse)).filter((text) => text.endsWith("#2"))).toHaveLength(1);
  });

  it("of ids that are whole numbers with a fraction of zeros are the numbers, in every file and row", async () => {
    await writeFile(join(folder, "ids-1.csv"), "user_id,time,action\n1.0,2025-01-01,a\n2.0,2025-01-01,a\n");
    await writeFile(join(folder, "ids-2.csv"), "action,time,user_id\na,2025-01-02,1\na,2025-01-02,2\n");
    const { items, notes, places } = await contentOf(await readLog([join(folder, "ids-?.csv")], {}, now));
    expect(users(items)).toEqual(["1", "2", "1", "2"]);
    expect(places[3]).toBe(`${join(folder, "ids-2.csv")} line 3`);
    expect(notes).toContain("user_id has whole numbers written as 12.0");
    const late = [...Array.from({ length: 2_500 }, (_, n) => `${n}`), "7.0"].map((id) => `${id},2025-01-01\n`).join("");
    expect(users((await read(`user,time\n${late}`)).items).at(-1)).toBe("7");
    expect(users((await read("user,time\n1.0,2025-01-01\n1.1,2025-01-01\n")).items)).toEqual(["1.0", "1.1"]);
  });
});

describe("values", () => {
  const column = (texts: readonly string[]) =>
    `user;time;amount\n${texts.map((text, n) => `u${n};2025-01-01;${text}\n`).join("")}`;
  it.each<[string, readonly string[], readonly (number | undefined)[], string]>([
    [
      "points between thousands",
      ["107.000", "1.079.300", "12", ""],
      [107_000, 1_079_300, 12, undefined],
      "value (decimal comma)",
    ],
    ["a decimal comma", ["4,33", "1.234,56", "12"], [4.33, 1234.56, 12], "value (decimal comma)"],
    ["commas between thousands", ["1,867.50", "12.5", "1,000,000"], [1867.5, 12.5, 1_000_000], "value"],
    [
      "currencies",
      ["$21.4", "-$3", "€ 5", "7 EUR", "R$ 8", "(2.50)"],
      [21.4, -3, 5, 7, 8, -2.5],
      "value (currency left out)",
    ],
    [
      "currencies behind a decimal comma",
      ["1 867,50 €", "0,5 €"],
      [1867.5, 0.5],
      "value (decimal comma, currency left out)",
    ],
    ["lakhs and crores", ["₹1,23,456.50", "1,00,00,000"], [123_456.5, 10_000_000], "value (currency left out)"],
    ["percent signs", ["12%", "3.5 %"], [12, 3.5], "value (percent signs left out)"],
    ["apostrophes", ["1'867.50", "2'000"], [1867.5, 2000], "value"],
    [
      "what stands for none",
      ["1.5", "NULL", "\\N", "None", "undefined", "nan", "NA", "[object Object]"],
      [1.5, ...Array(7).fill(undefined)],
      "value",
    ],
  ])("are read with %s", async (_, texts, expected, name) => {
    const { items, log, account } = await read(column(texts));
    expect(values(items)).toEqual(expected);
    expect(log.columns).toContain(name);
    expect(account.unreadValues.count).toBe(0);
  });

  it("that may be read in two ways are told, with the flag that decides", async () => {
    const points = column(["107.000", "321.000"]);
    const { items, notes } = await read(points);
    expect(values(items)).toEqual([107, 321]);
    expect(notes).toContain("--decimal comma");
    expect(values((await read(points, { decimal: "comma" })).items)).toEqual([107_000, 321_000]);
  });

  it("that show how they are written only after thousands of rows are read so all the same", async () => {
    const texts = [...Array.from({ length: 2_500 }, () => "107"), "1.079.300"];
    expect(values((await read(column(texts))).items).at(-1)).toBe(1_079_300);
  });
});

describe("users", () => {
  it("that stand for nobody are rejected, whoever wrote them", async () => {
    const names = ["NULL", "\\N", "undefined", "None", "nan", "[object Object]", " ", "ann"];
    const { items, account } = await read(
      `user_id,timestamp\n${names.map((name) => `${name},2025-01-01\n`).join("")}`,
      { acceptRejected: true },
    );
    expect(users(items)).toEqual(["ann"]);
    expect(account.rejected).toMatchObject([
      { reason: "has no user", count: 7, first: [{ place: "line 2", text: "NULL,2025-01-01" }, {}, {}] },
    ]);
  });
});

describe("files", () => {
  it("may be several, of which each row counts once, whatever they overlap", async () => {
    const header = "user,time,action\n";
    await writeFile(join(folder, "part-1.csv"), `${header}ann,2025-01-01,a\nann,2025-01-01,a\nbob,2025-01-02,a\n`);
    await writeFile(join(folder, "part-2.csv.gz"), gzipSync(`${header}bob,2025-01-02,a\ncem,2025-01-03,a\n`));
    const paths = [join(folder, "part-*"), join(folder, "part-1.csv")];
    const { items, account } = await contentOf(await readLog(paths, {}, now));
    expect(users(items)).toEqual(["ann", "ann", "bob", "cem"]);
    expect(account).toMatchObject({ read: 7, actions: 5, copies: 1, notRecords: { header: 2 } });
    await expect(readLog([join(folder, "none-*.csv")], {}, now)).rejects.toThrow(/no file matches/);
    await writeFile(join(folder, "other.csv"), "account,time\nann,2025-01-01\n");
    await expect(readLog([paths[1] ?? "", join(folder, "other.csv")], {}, now)).rejects.toThrow(
      /it has no column user/,
    );
  });

  it("may have a name that looks like a pattern", async () => {
    expect(users((await read("user,time\nann,2025-01-01\n", {}, "log[1] *?.csv")).items)).toEqual(["ann"]);
  });

  it("may be Parquet or compressed with zstd; what is cut short is refused", async () => {
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const select =
      "SELECT 738529527931269425 + range AS user_id, TIMESTAMP '2025-01-01' + to_hours(range::INTEGER) AS at, {'name': 'view'} AS event, range / 4 AS amount FROM range(3)";
    const columns = { user: "user_id", time: "at", action: "event.name" };
    const path = (name: string) => join(folder, name);
    await connection.run(`COPY (${select}) TO '${path("a.parquet")}'`);
    const { items, places } = await contentOf(await readLog([path("a.parquet")], columns, now));
    expect(items[2]).toEqual({
      user_id: "738529527931269427",
      action: "view",
      timestamp: Date.parse("2025-01-01T02:00:00Z"),
      value: 0.5,
    });
    expect(places[2]).toBe("row 3");
    await connection.run(
      `COPY (SELECT 'u' || range AS "user", DATE '2025-01-01' AS time FROM range(20000)) TO '${path("a.csv")}' (COMPRESSION zstd)`,
    );
    const { items: packed } = await contentOf(await readLog([path("a.csv")], {}, now));
    expect(packed).toHaveLength(20_000);
    const { readFile } = await import("node:fs/promises");
    const whole = await readFile(path("a.csv"));
    await writeFile(path("cut.zst"), whole.subarray(0, -20));
    await expect(readLog([path("cut.zst")], {}, now)).rejects.toThrow(/zstd data is damaged or cut off/);
  });

  it("may be in UTF-16 by their mark, and in any other encoding that is named", async () => {
    const text = "user,time\nJosé,2025-01-01\n";
    expect(users((await read(Buffer.from(`\ufeff${text}`, "utf16le"))).items)).toEqual(["José"]);
    expect(users((await read(Buffer.from(text, "utf16le"), { encoding: "utf-16" })).items)).toEqual(["José"]);
    expect(users((await read(Buffer.from(text, "latin1"), { encoding: "latin-1" })).items)).toEqual(["José"]);
    await expect(read(Buffer.from(text, "latin1"))).rejects.toThrow(/name its encoding with --encoding/);
    await expect(read(text, { encoding: "klingon" })).rejects.toThrow("--encoding klingon is not known");
  });
});

describe("a log that is most likely read wrongly", () => {
  const rows = (count: number, row: (n: number) => string) =>
    `user_id,date,action\n${Array.from({ length: count }, (_, n) => row(n)).join("\n")}\n`;

  it("is refused with what was understood and what not, and taken where the user accepts it", async () => {
    const mixed = rows(
      300,
      (n) => `u${n % 9},${n < 200 ? `${String((n % 28) + 1).padStart(2, "0")}/01/2025` : `02/${(n % 28) + 1}/2025`},a`,
    );
    const error = await refusal(mixed, { timeFormat: "dd/MM/yyyy" });
    expect(error).toMatch(
      /was not imported: its times have day and month in both orders: some, such as "02\/\d\d\/2025", do not fit dd\/MM\/yyyy\./,
    );
    expect(error).toContain("Columns: user_id → user, date → time (dd/MM/yyyy), action → action.");
    expect(error).toMatch(/These cannot:\n {2}\d+ lines: the time cannot be read\n {4}line \d+: u\d,02\/13\/2025,a/);
    expect(error).toContain("--accept-rejected");
    const { items } = await read(mixed, { timeFormat: "dd/MM/yyyy", acceptRejected: true });
    expect(items.length).toBeGreaterThan(200);
  });

  it("is refused where more than a fifth of its lines are rejected, and not where it is a fifth", async () => {
    const some = (bad: number) =>
      rows(
        100,
        (n) =>
          `${n % 5 === 0 && n / 5 < bad ? "NULL" : `u${n % 9}`},2025-01-01T00:${String(n % 60).padStart(2, "0")}:00Z,a`,
      );
    expect((await read(some(20))).account.rejected[0]?.count).toBe(20);
    expect(await refusal(some(20).replace("u1,", "None,"))).toContain(
      "was not imported: 21 % of its rows cannot be read.",
    );
  });

  it("is refused where its newest part cannot be read, at either end of the file", async () => {
    const time = (n: number) => new Date(Date.parse("2025-01-01") + n * 3_600_000).toISOString();
    const newest = rows(500, (n) => `u${n % 9},${n < 470 ? time(n) : "later"},a`);
    expect(await refusal(newest)).toContain("most of its newest rows cannot be read");
    const reversed = rows(500, (n) => `${n < 30 ? "" : `u${n % 9}`},${time(500 - n)},a`);
    expect(await refusal(reversed)).toContain("most of its newest rows cannot be read");
    const oldest = rows(500, (n) => `${n < 30 ? "" : `u${n % 9}`},${time(n)},a`);
    expect((await read(oldest)).items).toHaveLength(470);
  });
});

describe("the end of a log", () => {
  it("is where its bulk ends: rows of fast clocks are named", async () => {
    const even = days(60).flatMap((day, n) => [1, 2, 3].map((i) => `u${(n + i) % 20},${day},a`));
    const { notes, items } = await read(`user,time,action\n${[...even, "u7,2025-09-01,a"].join("\n")}\n`);
    expect(items).toHaveLength(181);
    expect(notes).toBe(
      'The log ends on 2025-03-01. 1 action is dated later, probably by a wrong clock: u7 on 2025-09-01 (line 182). It is stored, but does not move "now".',
    );
  });
});
