import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InvalidInput } from "#churn/failure.ts";
import type { LogOptions } from "../options.ts";
import { readLog } from "../read-log.ts";
import { compileTimeFormat } from "./time-format.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-times-"));
});
afterAll(() => rm(folder, { recursive: true }));

const now = Date.parse("2026-03-01T00:00:00Z");

/** Reads a column of times: each as ISO 8601, or why it is none; and how the column was understood. */
async function read(texts: readonly string[], options: LogOptions = {}) {
  const path = join(folder, "times.tsv");
  await writeFile(path, `user\ttime\n${texts.map((text, row) => `u${row}\t${text}\n`).join("")}`);
  const log = await readLog([path], { acceptRejected: true, ...options }, now);
  const times = new Map<string, string>();
  for await (const { items } of log.batches)
    for (const { user_id, timestamp } of items) times.set(user_id, new Date(timestamp).toISOString());
  await log.close();
  const name = /time \((.*?)\)[;,]/.exec(log.columns)?.[1];
  return { name, notes: log.notes, times: texts.map((_, row) => times.get(`u${row}`)) };
}

const day = (text: string) => `${text}T00:00:00.000Z`;

describe("a column of times", () => {
  it("is of a spreadsheet's days only where all are such numbers, in the zone that is given", async () => {
    const zoned = await read(["45123.5", "45124"], { timezone: "America/New_York" });
    expect(zoned.times).toEqual(["2023-07-16T16:00:00.000Z", "2023-07-17T04:00:00.000Z"]);
    await expect(read(["45123.5", "7"])).rejects.toThrow(InvalidInput);
    expect((await read(["2024-03-01", "45123"])).times).toEqual([day("2024-03-01"), undefined]);
  });

  it.each([
    [
      "ISO 8601",
      ["2024-03-01", "2024-03-01T09:30:15Z", "2024-03-01 09:30", "2024-03-01T09:30:15,5+02:00"],
      ["2024-03-01T00:00:00.000Z", "2024-03-01T09:30:15.000Z", "2024-03-01T09:30:00.000Z", "2024-03-01T07:30:15.500Z"],
    ],
    [
      "ISO 8601",
      [
        "2024/03/01",
        "2024-03-01 09:30:15.123456 UTC",
        "2024-03-01T09:30:15-0530",
        "2024-03-01T00:30:00+02",
        "2016-12-31T23:59:60Z",
      ],
      [
        day("2024-03-01"),
        "2024-03-01T09:30:15.123Z",
        "2024-03-01T15:00:15.000Z",
        "2024-02-29T22:30:00.000Z",
        "2016-12-31T23:59:59.000Z",
      ],
    ],
    ["epoch seconds", ["1112911993", "1112911993.25"], ["2005-04-07T22:13:13.000Z", "2005-04-07T22:13:13.250Z"]],
    ["epoch milliseconds", ["1112911993250"], ["2005-04-07T22:13:13.250Z"]],
    ["epoch microseconds", ["1112911993250123"], ["2005-04-07T22:13:13.250Z"]],
    ["epoch nanoseconds", ["1112911993250123456"], ["2005-04-07T22:13:13.250Z"]],
    [
      "days of a spreadsheet",
      ["45123.5", "45124", "45140.395833"],
      ["2023-07-16T12:00:00.000Z", day("2023-07-17"), "2023-08-02T09:30:00.000Z"],
    ],
    ["ISO 8601", ["2024-001", "2024-366", "2023-366"], [day("2024-01-01"), day("2024-12-31"), undefined]],
    ["ISO 8601", ["2024-W05-3", "2020-W53-7", "2024-W53-1"], [day("2024-01-31"), day("2021-01-03"), undefined]],
    ["yyyymmdd", ["19970101", "19971231"], [day("1997-01-01"), day("1997-12-31")]],
    ["yyyymmddHH", ["2025110303", "2025123123"], ["2025-11-03T03:00:00.000Z", "2025-12-31T23:00:00.000Z"]],
    ["yyyymmddHHMM", ["202511030341"], ["2025-11-03T03:41:00.000Z"]],
    ["yyyymmddHHMMSS", ["20251103034112"], ["2025-11-03T03:41:12.000Z"]],
    [
      "RFC 2822",
      ["Mon, 03 Nov 2025 03:41:14 GMT", "3 Nov 2025 03:41 +0100", "Mon, 03 Nov 2025 03:41:14 EST"],
      ["2025-11-03T03:41:14.000Z", "2025-11-03T02:41:00.000Z", "2025-11-03T08:41:14.000Z"],
    ],
    ["dd/MM/yyyy", ["31/12/2024", "1/3/2024"], [day("2024-12-31"), day("2024-03-01")]],
    [
      "MM/dd/yyyy h:mm a",
      ["12/31/2024 11:05 PM", "3/1/2024 12:05 am"],
      ["2024-12-31T23:05:00.000Z", "2024-03-01T00:05:00.000Z"],
    ],
    ["dd.MM.yyyy HH:mm:ss", ["31.12.2024 23:05:09"], ["2024-12-31T23:05:09.000Z"]],
    ["dd.MM.yy HH:mm", ["31.12.24 23:05", "1.2.25 1:00"], ["2024-12-31T23:05:00.000Z", "2025-02-01T01:00:00.000Z"]],
    ["yy-MM-dd", ["25-11-03", "25-11-14", "24-02-29"], [day("2025-11-03"), day("2025-11-14"), day("2024-02-29")]],
    [
      "dd MMM yyyy",
      ["01 Mar 2024", "Friday, 01 March 2024", "1st Mar 2024"],
      [day("2024-03-01"), day("2024-03-01"), day("2024-03-01")],
    ],
    ["MMM dd, yyyy h:mm:ss a", ["Mar 1, 2024, 9:30:15 PM"], ["2024-03-01T21:30:15.000Z"]],
    [
      "EEE MMM dd HH:mm:ss yyyy",
      ["Fri Mar 01 09:30:00 2024", "Fri Mar 01 09:30:00 +0200 2024"],
      ["2024-03-01T09:30:00.000Z", "2024-03-01T07:30:00.000Z"],
    ],
    [
      "EEE MMM dd yyyy HH:mm:ss",
      ["Fri Mar 01 2024 09:30:00 GMT+0100 (Central European Standard Time)"],
      ["2024-03-01T08:30:00.000Z"],
    ],
    [
      "[dd/MMM/yyyy:HH:mm:ss XXX]",
      ["[10/Oct/2000:13:55:36 -0700]", "10/Oct/2000:13:55:36 -0700"],
      ["2000-10-10T20:55:36.000Z", "2000-10-10T20:55:36.000Z"],
    ],
  ])("is read as %s by its own evidence", async (name, texts, expected) => {
    const found = await read(texts);
    expect(found.times).toEqual(expected);
    expect(found.name).toBe(name);
  });

  it("keeps its good rows where others are no times", async () => {
    const { times } = await read([
      "2024-03-01",
      "tomorrow",
      "2024-02-30",
      "2024-13-01",
      "2024-03-01T25:00",
      "NULL",
      "2030-01-01",
      "1969-12-31",
    ]);
    expect(times).toEqual([day("2024-03-01"), ...Array(7).fill(undefined)]);
  });

  it("is read by forms that only later rows have", async () => {
    const many = Array.from({ length: 3_000 }, () => "2024-03-01T09:30:15Z");
    const { times } = await read([...many, "2024-03-01T09:30:15+02:00", "1709285415"]);
    expect(times.slice(-2)).toEqual(["2024-03-01T07:30:15.000Z", "2024-03-01T09:30:15.000Z"]);
  });

  it("tells day and month apart by any of its rows, or by the order of the log, or not at all", async () => {
    const late = [...Array.from({ length: 2_500 }, () => "03/11/2024"), "13/11/2024"];
    expect((await read(late)).name).toBe("dd/MM/yyyy");
    const inOrder = Array.from({ length: 12 }, (_, i) => `${String(i + 1).padStart(2, "0")}/05/2024`);
    const months = [...inOrder, ...inOrder.map((text) => text.replace("/05/", "/06/"))];
    expect((await read(months)).name).toBe("dd/MM/yyyy");
    await expect(read(["03/11/2024"])).rejects.toThrow(
      /Cannot tell day and month apart in time .*--time-format dmy \(day first\) or --time-format mdy \(month first\)/,
    );
  });

  it("is read in the order of day, month and year that is given, however else its times are written", async () => {
    const texts = [
      "3. Mai 2024",
      "2024-03-05",
      "03/04/2024",
      "05/06/2024 9:30 PM",
      "1709285415",
      "05.06.24",
      "20240301",
    ];
    await expect(read(texts)).rejects.toThrow(/\("03\/04\/2024"\).*--time-format dmy .* or --time-format mdy /);
    const others = (time: string | undefined, n: number) => ![2, 3, 5].includes(n) && time;
    const [dmy, mdy] = [await read(texts, { timeFormat: "dmy" }), await read(texts, { timeFormat: "mdy" })];
    expect(dmy.times.slice(2, 4)).toEqual([day("2024-04-03"), "2024-06-05T21:30:00.000Z"]);
    expect(mdy.times.slice(2, 4)).toEqual([day("2024-03-04"), "2024-05-06T21:30:00.000Z"]);
    expect([dmy.times[5], mdy.times[5]]).toEqual([day("2024-06-05"), day("2024-05-06")]);
    expect(dmy.times.map(others)).toEqual(mdy.times.map(others));
    expect(dmy.times).not.toContain(undefined);
  });

  it.each([
    ["dmy", "2024-06-05"],
    ["mdy", "2024-05-06"],
  ])("is read as %s where that is given and only later rows are dates of digits", async (timeFormat, first) => {
    const named = Array.from({ length: 2_500 }, () => "3 May 2024");
    expect((await read([...named, "05/06/2024"], { timeFormat })).times.at(-1)).toBe(day(first));
  });

  it("is not read against the order that is given", async () => {
    const { times } = await read(["03/11/2024", "04/11/2024", "05/11/2024", "13/11/2024"], { timeFormat: "mdy" });
    expect(times).toEqual([day("2024-03-11"), day("2024-04-11"), day("2024-05-11"), undefined]);
    await expect(read(["soon", "later"], { timeFormat: "mdy" })).rejects.toThrow(InvalidInput);
  });

  it("of a strange time is refused with what it was taken for, and believed where the user says so", async () => {
    await expect(read(["202311030341", "202399030341"])).rejects.toThrow(/with its times read as .*--time-format/);
    expect((await read(["202399030341"], { timeFormat: "epoch-ms" })).times).toEqual(["1976-05-31T13:57:10.341Z"]);
  });

  it("may be epoch numbers in scientific notation", async () => {
    const { times, name, notes } = await read(["1.6e9", "1.6000864e+09", "1600172800", "1.602e12"]);
    expect(times).toEqual([
      "2020-09-13T12:26:40.000Z",
      "2020-09-14T12:26:40.000Z",
      "2020-09-15T12:26:40.000Z",
      "2020-10-06T16:00:00.000Z",
    ]);
    expect(name).toBe("epoch seconds");
    expect(notes).toEqual([]);
    expect((await read(["1.6e9", "1e300", "99999999999999999999"], { timeFormat: "epoch-s" })).times).toEqual([
      "2020-09-13T12:26:40.000Z",
      undefined,
      undefined,
    ]);
  });

  it("may be dates that were exported as numbers, mail's with the zone in brackets, and none where a clock was never set", async () => {
    expect((await read(["20250301.0", "2025030109.0"])).times).toEqual([day("2025-03-01"), "2025-03-01T09:00:00.000Z"]);
    const mail = ["Mon, 03 Nov 2025 03:41:14 +0000 (UTC)", "Tue, 04 Nov 2025 03:41:14 +0100 (Central European Time)"];
    expect((await read(mail)).times).toEqual(["2025-11-03T03:41:14.000Z", "2025-11-04T02:41:14.000Z"]);
    const unset = await read(["2025-03-01", "1970-01-01", "1970-01-01T00:00:00Z"], { timezone: "America/New_York" });
    expect(unset.times).toEqual(["2025-03-01T05:00:00.000Z", undefined, undefined]);
  });

  it("of which only the first digits are left is told, and refused where actions would move by weeks", async () => {
    const rounded = Array.from({ length: 30 }, (_, n) => 1.6e9 + 86_400 * n);
    const { notes } = await read(rounded.map((time) => time.toExponential(5)));
    expect(notes.join()).toContain("they are exact to about 3 hours");
    const spreadsheet = rounded.map((time) => (1000 * time).toExponential(2).replace("e", "E"));
    await expect(read(spreadsheet)).rejects.toThrow(/exact to about 116 days. Export all digits/);
    expect((await read(spreadsheet, { timeFormat: "epoch-ms" })).times[0]).toBe("2020-09-13T12:26:40.000Z");
  });

  it("may count days or other units from a date that --epoch names", async () => {
    const days = await read(["-47", "0", "9", "1.5", "soon", "99999999999999999999"], { epoch: "2013-02-01" });
    expect(days.name).toBe("days since 2013-02-01");
    expect(days.times).toEqual([
      day("2012-12-16"),
      day("2013-02-01"),
      day("2013-02-10"),
      "2013-02-02T12:00:00.000Z",
      undefined,
      undefined,
    ]);
    const hours = await read(["0", "36"], { epoch: "2013-07-01", timeUnit: "hour", timezone: "Europe/Berlin" });
    expect(hours.times).toEqual(["2013-06-30T22:00:00.000Z", "2013-07-02T10:00:00.000Z"]);
    await expect(read(["-47", "9"])).rejects.toThrow(/numbers that count from a date: name it with --epoch/);
    await expect(read(["1"], { epoch: "spring" })).rejects.toThrow("--epoch spring is no date such as 2013-02-01");
    await expect(read(["1"], { timeUnit: "day" })).rejects.toThrow("--time-unit day needs --epoch");
    await expect(read(["1"], { epoch: "2013-02-01", timeFormat: "iso" })).rejects.toThrow(/exclude each other/);
  });

  it("without a zone is of the zone that is given, through summer time", async () => {
    const berlin = { timezone: "Europe/Berlin" };
    expect(
      (await read(["2024-07-01 12:00", "2024-01-01 12:00", "2024-07-01T12:00:00Z", "1112911993"], berlin)).times,
    ).toEqual([
      "2024-07-01T10:00:00.000Z",
      "2024-01-01T11:00:00.000Z",
      "2024-07-01T12:00:00.000Z",
      "2005-04-07T22:13:13.000Z",
    ]);
    expect(
      (await read(["2024-03-31 01:59:59", "2024-03-31 03:00:00", "2024-10-27 01:59:59", "2024-10-27 03:00:00"], berlin))
        .times,
    ).toEqual([
      "2024-03-31T00:59:59.000Z",
      "2024-03-31T01:00:00.000Z",
      "2024-10-26T23:59:59.000Z",
      "2024-10-27T02:00:00.000Z",
    ]);
    expect((await read(["20240101"], { timezone: "Asia/Kolkata" })).times).toEqual(["2023-12-31T18:30:00.000Z"]);
    expect((await read(["2024-01-01 12:00"], { timezone: "+02:00" })).times).toEqual(["2024-01-01T10:00:00.000Z"]);
    await expect(read(["2024-01-01"], { timezone: "Mars/Olympus" })).rejects.toThrow(
      "--timezone Mars/Olympus is not known",
    );
  });
});

describe("--time-format", () => {
  it.each([
    ["yyyy-MM-dd HH:mm:ss", "2024-03-01 09:30:15", "2024-03-01T09:30:15.000Z"],
    ["%Y-%m-%d", "2024-03-01", "2024-03-01T00:00:00.000Z"],
    ["dd.MM.yyyy HH:mm", "1.3.2024 9:30", "2024-03-01T09:30:00.000Z"],
    ["M/d/yyyy H:mm", "12/1/2010 8:26", "2010-12-01T08:26:00.000Z"],
    ["%d/%b/%Y:%H:%M:%S %z", "10/Oct/2000:13:55:36 -0700", "2000-10-10T20:55:36.000Z"],
    ["yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "2024-03-01T09:30:15.25+01:00", "2024-03-01T08:30:15.250Z"],
    ["yyyy-MM-ddTHH:mm:ssZ", "2024-03-01T09:30:15Z", "2024-03-01T09:30:15.000Z"],
    ["yyyyMMddHHmm", "202403010930", "2024-03-01T09:30:00.000Z"],
    ["MM/dd/yyyy hh:mm:ss a", "11/14/2023 10:15:35 PM", "2023-11-14T22:15:35.000Z"],
    ["M/d/yyyy h:mm a", "3/1/2024 9:30 am", "2024-03-01T09:30:00.000Z"],
    ["%m/%d/%Y %I:%M %p", "03/01/2024 12:05 AM", "2024-03-01T00:05:00.000Z"],
    ["%m/%d/%Y %I:%M:%S %p", "03/01/2024 12:05:00 PM", "2024-03-01T12:05:00.000Z"],
    ["d/M/yyyy h:mm a", "1/3/2024 1:05 p.m.", "2024-03-01T13:05:00.000Z"],
    ["dd MMM yyyy", "05 sep 2024", "2024-09-05T00:00:00.000Z"],
    ["dd.MM.yy", "05.09.24", "2024-09-05T00:00:00.000Z"],
    ["epoch-s", "186400000", "1975-11-28T09:46:40.000Z"],
    ["epoch-us", "1112911993250123", "2005-04-07T22:13:13.250Z"],
    ["yyyymmdd", "20240229", "2024-02-29T00:00:00.000Z"],
    ["yyyyDDD", "2024060", "2024-02-29T00:00:00.000Z"],
    ["%Y/%j %H:%M", "2024/366 12:30", "2024-12-31T12:30:00.000Z"],
    ["yyyymmddHHMM", "202402291530", "2024-02-29T15:30:00.000Z"],
  ])("%s reads %s", async (timeFormat, text, expected) => {
    expect((await read([text], { timeFormat })).times).toEqual([expected]);
  });

  it("rejects what is not of the format", async () => {
    const german = [
      "01.03.2024 10:00",
      "2024-03-01",
      "31.02.2024 10:00",
      "01.03.2024 24:00",
      "1.3.24 10:00",
      "aa.03.2024 10:00",
    ];
    expect((await read(german, { timeFormat: "dd.MM.yyyy HH:mm" })).times).toEqual([
      "2024-03-01T10:00:00.000Z",
      ...Array(5).fill(undefined),
    ]);
    const clock = [
      "03/01/2024 1:05 PM",
      "03/01/2024 13:05 PM",
      "03/01/2024 0:05 AM",
      "03/01/2024 9:05",
      "03/01/2024 9:05 XM",
    ];
    expect((await read(clock, { timeFormat: "MM/dd/yyyy h:mm a" })).times).toEqual([
      "2024-03-01T13:05:00.000Z",
      ...Array(4).fill(undefined),
    ]);
  });

  it("uses the time zone only where the text names none", async () => {
    const zoned = { timeFormat: "%Y-%m-%d %H:%M %z", timezone: "+01:00" };
    expect((await read(["2024-03-01 10:00 +0000"], zoned)).times).toEqual(["2024-03-01T10:00:00.000Z"]);
    expect((await read(["2024-03-01 10:00"], { ...zoned, timeFormat: "%Y-%m-%d %H:%M" })).times).toEqual([
      "2024-03-01T09:00:00.000Z",
    ]);
  });

  it("is refused with an unknown part or without a full date", () => {
    expect(() => compileTimeFormat("yyyy-MM-dd kk:mm")).toThrow(/not understood from «kk:mm» on/);
    expect(() => compileTimeFormat("%Y-%m-%d %j")).toThrow(InvalidInput);
    expect(() => compileTimeFormat("HH:mm")).toThrow(/no full date/);
    expect(() => compileTimeFormat("yyyy-MM HH:mm")).toThrow(/no full date/);
  });

  it("is refused with an hour from 1 to 12 without AM or PM, and AM or PM with an hour from 0 to 23", () => {
    for (const format of ["yyyy-MM-dd hh:mm", "%Y-%m-%d %I:%M", "yyyy-MM-dd HH:mm a", "yyyy-MM-dd HH hh a"])
      expect(() => compileTimeFormat(format)).toThrow(/needs AM or PM/);
  });
});
