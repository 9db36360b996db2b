import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { actionId } from "#churn/action.ts";
import { InvalidInput, NotFound } from "#churn/failure.ts";
import { parseItem } from "#functions/ingest/item.ts";
import { contentOf } from "#test/support/log-content.ts";
import { describeRejected } from "./account.ts";
import type { LogOptions } from "./options.ts";
import { readLog } from "./read-log.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-read-log-"));
});
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
async function read(content: string | Buffer, options: LogOptions = {}, name = `log-${files++}`) {
  const path = join(folder, name);
  await writeFile(path, content);
  return contentOf(await readLog([path], options, now));
}

/** Later than all times here. */
const now = Date.parse("2026-03-01T00:00:00Z");

const time = Date.parse("2024-03-01T09:30:00Z");

describe("readLog", () => {
  it("reads what the business did where a column tells", async () => {
    const text =
      "user,time,action,passive\nann,2024-03-01T09:30:00Z,email,True\nann,2024-03-01T09:30:00Z,login,false\nann,2024-03-01T09:30:00Z,buy,\n";
    const expected = [
      { user_id: "ann", action: "email", timestamp: time, passive: true },
      { user_id: "ann", action: "login", timestamp: time },
      { user_id: "ann", action: "buy", timestamp: time },
    ];
    const { log, items } = await read(text);
    expect(log.columns).toContain("passive → passive");
    expect(items).toEqual(expected);
    expect((await read(text.replace("passive", "by_us"), { passive: "by_us" })).items).toEqual(expected);
    const documents = expected.map(({ user_id, action, passive }) =>
      JSON.stringify({
        "@timestamp": "2024-03-01T09:30:00Z",
        user: { id: user_id },
        event: { action },
        lapse: { passive },
      }),
    );
    expect((await read(documents.join("\n"))).items).toEqual(expected);
  });

  it("refuses rows that are neither passive nor not, and takes no other column of that name", async () => {
    const rows = ["yes", "no", "maybe", "1", "0"].map((flag, i) => `u${i},2024-03-01,login,${flag}`);
    const { items, account } = await read(`user,time,action,mailed\n${rows.join("\n")}\n`, { passive: "mailed" });
    expect(items.map(({ passive = false }) => passive)).toEqual([true, false, true, false]);
    expect(account.rejected).toMatchObject([{ reason: "whether it is passive is neither true nor false", count: 1 }]);
    const { log } = await read("user,time,action,passive\nann,2024-03-01,login,3.5 % a year\n");
    expect(log.columns).not.toContain("passive");
  });

  it("reads CSV into items with their places, and tells how far it is", async () => {
    const text = "user,time,action,value\nann,2024-03-01T09:30:00Z,login,\nbob,2024-03-01T09:30:00Z,buy,9.5\n";
    const { log, items, places, read: count } = await read(text, {}, "shop.csv");
    expect(log).toMatchObject({ name: "shop.csv", unit: "actions", total: 2 });
    expect(log.columns).toBe("user → user, time → time (ISO 8601), action → action, value → value");
    expect(items).toEqual([
      { user_id: "ann", action: "login", timestamp: time },
      { user_id: "bob", action: "buy", timestamp: time, value: 9.5 },
    ]);
    expect(places).toEqual(["line 2", "line 3"]);
    expect(count).toBe(2);
  });

  it.each([
    ["a byte order mark and CRLF", "\ufeffuser,time\r\nann,2024-03-01T09:30Z\r\n"],
    ["tabs and no last line end", "user\ttime\nann\t2024-03-01T09:30Z"],
    ["semicolons and quotes", '"user";"time"\n"ann";"2024-03-01 09:30"\n'],
    ["runs of blanks", "  user   time\n  ann  2024-03-01T09:30\n"],
    ["NDJSON", '{"user":"ann","time":"2024-03-01T09:30:00Z","more":{"deep":[1]}}\n'],
    ["NDJSON in ECS form", '{"@timestamp":1709285400000,"user":{"id":"ann"}}\n'],
    ["gzip", gzipSync("user,time\nann,1709285400\n")],
    ["gzip in several members", Buffer.concat([gzipSync("user,time\n"), gzipSync("ann,1709285400\n")])],
  ])("reads a log with %s", async (_, content) => {
    expect((await read(content)).items).toEqual([{ user_id: "ann", action: "action", timestamp: time }]);
  });

  it("reads CDNOW's form: leading blanks, yyyymmdd and dollars", async () => {
    const text =
      " customer_id  date number_of_cds  dollar_value\r\n 00001 19970101  1   11.77\r\n 00002 19970112  1   12.00\r\n";
    expect((await read(text, { actionName: "purchase" })).items).toEqual([
      { user_id: "00001", action: "purchase", timestamp: Date.parse("1997-01-01"), value: 11.77 },
      { user_id: "00002", action: "purchase", timestamp: Date.parse("1997-01-12"), value: 12 },
    ]);
  });

  it("reads decimal commas where fields are delimited otherwise, and 12-hour clocks", async () => {
    const text =
      'user;time;value\nann;"03/01/2024 9:30:00 AM";4,33\nbob;03/01/2024 9:30:00 AM;1.234,56\neve;03/01/2024 9:30:00 AM;12\n';
    const options = { timeFormat: "MM/dd/yyyy h:mm:ss a" };
    const { log, items } = await read(text, options);
    expect(log.columns).toContain("value → value (decimal comma)");
    expect(items.map(({ timestamp, value }) => [timestamp, value])).toEqual([
      [time, 4.33],
      [time, 1234.56],
      [time, 12],
    ]);
    const contradicting = await read(text.replace(";12\n", ";4.255\n"), { ...options, decimal: "point" });
    expect(contradicting.items.map(({ value }) => value)).toEqual([undefined, undefined, 4.255]);
    expect(contradicting.account.unreadValues).toMatchObject({
      count: 2,
      first: [{ place: "line 2", text: 'ann;"03/01/2024 9:30:00 AM";4,33' }, { place: "line 3" }],
    });
  });

  it("reads columns by number without a header", async () => {
    const { items } = await read("2024-03-01 10:30;ann;login\n", {
      header: false,
      user: "2",
      time: "1",
      action: "3",
      timezone: "+01:00",
    });
    expect(items).toEqual([{ user_id: "ann", action: "login", timestamp: time }]);
  });

  it("finds a column that an option names though the first NDJSON lines lack it", async () => {
    const line = (extra: string) => `{"user":"ann","time":"2024-03-01T09:30:00Z"${extra}}\n`;
    const { items } = await read(line("").repeat(3_000) + line(',"amount":7'), { value: "amount" });
    expect(items).toHaveLength(3_001);
    expect(items.at(-1)?.value).toBe(7);
  });

  it("keeps the good rows, and tells the first bad ones by line and reason", async () => {
    const text = [
      "user,time,action,value",
      "ann,2024-03-01,login,",
      ",2024-03-01,login,",
      "ann,soon,login,",
      "ann,2024-03-01,,",
      "ann,2024-03-01,buy,cheap",
      "ann,2024-03-01",
      'ann,"2024-03-01,login,',
      "bob,2024-03-01,login,NULL",
      "bob,2024-03-01,buy,9.5",
      "bob,2024-03-01,buy,7",
    ].join("\n");
    const { items, places, account } = await read(text, { acceptRejected: true });
    expect(items.map(({ user_id }) => user_id)).toEqual(["ann", "ann", "ann", "bob", "bob", "bob"]);
    // A quote that does not close is no part of the time.
    expect(places).toEqual(["line 2", "line 6", "line 8", "line 9", "line 10", "line 11"]);
    expect(describeRejected(account).split("\n")).toEqual([
      "  1 line: has 2 fields and not 4",
      "    line 7: ann,2024-03-01",
      "  1 line: has no action",
      "    line 5: ann,2024-03-01,,",
      "  1 line: has no user",
      "    line 3: ,2024-03-01,login,",
      "  1 line: the time cannot be read",
      "    line 4: ann,soon,login,",
      "  1 line: the value is not a number; stored without it",
      "    line 6: ann,2024-03-01,buy,cheap",
    ]);
  });

  it("rejects rows whose names are not UTF-8, which would make one user of several", async () => {
    const latin1 = Buffer.from("user,time\nJos\xe9,2024-03-01\nann,2024-03-01\n", "latin1");
    const { items, account } = await read(latin1, { acceptRejected: true });
    expect(items.map(({ user_id }) => user_id)).toEqual(["ann"]);
    expect(account.rejected[0]).toMatchObject({
      first: [{ place: "line 2" }],
      reason: expect.stringContaining("--encoding"),
    });
    expect((await read(latin1, { encoding: "latin-1" })).items.map(({ user_id }) => user_id)).toEqual(["José", "ann"]);
  });

  it("numbers lines rightly over many blocks and batches", async () => {
    const rows = Array.from({ length: 30_000 }, (_, i) => `user-${i},${1_700_000_000 + i},"a ""quoted"" name"\n`);
    const { items, places } = await read(`user,time,action\n${rows.join("")}`);
    expect(items).toHaveLength(30_000);
    expect(new Set(places).size).toBe(30_000);
    for (const index of [0, 4_999, 5_000, 29_999]) {
      expect(items[index]?.user_id).toBe(`user-${index}`);
      expect(places[index]).toBe(`line ${index + 2}`);
    }
  });

  it("makes items that ingest takes", async () => {
    const { items } = await read("user,time,value\nann,1971-01-01,1\nann,2024-03-01,\nann,2024-03-01,\n");
    expect(items.map((item) => parseItem(item, time))).toEqual([
      { userId: "ann", action: "action", time: Date.parse("1971-01-01"), value: 1 },
      { userId: "ann", action: "action", time: Date.parse("2024-03-01") },
      { userId: "ann", action: "action", time: Date.parse("2024-03-01"), eventId: items[2]?.event_id },
    ]);
  });
});

describe("the identity of rows", () => {
  const header = "user,time,action,value\n";
  const login = "ann,2024-03-01,login,\n";
  const buy = "ann,2024-03-01,buy,5\n";

  async function ids(content: string): Promise<string[]> {
    const { items } = await read(content);
    return items.map((item) => {
      const action = parseItem(item, time);
      if ("error" in action) throw new Error(action.error);
      return actionId(action);
    });
  }

  it("counts equal rows of one file as actions of their own", async () => {
    expect(new Set(await ids(header + login + login + buy + login)).size).toBe(4);
  });

  it("is the same in a file read again, under another name, compressed, or with its columns in another order", async () => {
    const first = await ids(header + login + login + buy);
    expect(await ids(header + login + login + buy)).toEqual(first);
    const { items } = await read(
      gzipSync("value,action,time,user\n,login,20240301,ann\n,login,20240301,ann\n5.0,buy,20240301,ann\n"),
    );
    expect(items).toEqual((await read(header + login + login + buy)).items);
  });

  it("stays in a file that has grown, and the new rows have new ones", async () => {
    const before = await ids(header + login + buy);
    const after = await ids(header + login + buy + buy + login);
    expect(after.slice(0, 2)).toEqual(before);
    expect(new Set(after).size).toBe(4);
  });

  it("is the sender's own where the log has one", async () => {
    const { items } = await read(
      '{"user_id":"ann","timestamp":"2024-03-01","action":"a","event_id":"x1"}\n{"user_id":"ann","timestamp":"2024-03-01","action":"a","event_id":"x2"}\n',
    );
    expect(items.map(({ event_id }) => event_id)).toEqual(["x1", "x2"]);
  });
});

describe("what cannot be read", () => {
  it.each<[string, string | Buffer, RegExp]>([
    ["an empty file", "", /the file is empty/],
    ["blank lines", "\n\n", /no line in it/],
    ["a file with only a header", "user,time\n", /holds no rows, only a header/],
    ["binary data", Buffer.from([1, 0, 2, 0, 10, 3]), /not a text file/],
    ["text in UTF-16 without a mark", Buffer.from("user,time\n", "utf16le"), /--encoding utf-16le/],
    ["a zip archive", Buffer.from("PK\x03\x04rest", "latin1"), /zip archive/],
    ["a damaged Parquet file", "PAR1....", /Parquet/],
    ["gzip of nothing", gzipSync(""), /is empty/],
    ["damaged gzip", gzipSync("user,time\nann,2024-03-01\n").subarray(0, -12), /damaged or cut off/],
    ["columns that do not tell", "code,length\nA,1\n", /--user COLUMN.*Columns found: code, length/],
    ["times that are offsets", "id_student,day,action\n1,-47,register\n", /The column day does not hold times/],
  ])("%s is refused with the reason", async (_, content, message) => {
    const error: unknown = await read(content).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(InvalidInput);
    expect(String(error)).toMatch(message);
  });

  it("refuses a log of which every row fails, with the first of them", async () => {
    await expect(read("user,time,action\n,2024-03-01,a\n,2024-03-01,b\n")).rejects.toThrow(
      /No row of .* can be used: 2 were rejected.\nColumns: .*\n {2}2 lines: has no user\n {4}line 2: ,2024-03-01,a\n/,
    );
  });

  it("refuses an absent file and a directory", async () => {
    await expect(readLog([join(folder, "absent.csv")], {}, now)).rejects.toThrow(NotFound);
    await expect(readLog([folder], {}, now)).rejects.toThrow(/is a directory/);
  });

  it("refuses what it cannot do before it opens the file", async () => {
    await expect(readLog([join(folder, "absent.csv")], { timezone: "Nowhere" }, now)).rejects.toThrow(
      /--timezone Nowhere/,
    );
  });

  it("takes nothing of a log whose compressed data is damaged or cut off", async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => `user-${(i * 7919) % 60_000},${1_700_000_000 + i * 13}\n`);
    const packed = gzipSync(`user,time\n${rows.join("")}`);
    await expect(read(packed.subarray(0, -5_000))).rejects.toThrow(/damaged or cut off/);
    packed.writeUInt32LE(7, packed.length - 8);
    await expect(read(packed)).rejects.toThrow(/damaged or cut off/);
  });
});
