import { expect, it } from "vitest";
import * as z from "zod";
import { readContent, refusalOf } from "#test/support/read-content.ts";
import { Scratch } from "../scratch.ts";
import { literal } from "../sql/literal.ts";
import { joinedSql, joinedText } from "./clock.ts";

const moments = ["2025-01-03T00:05:09", "2025-01-03T09:30:15", "2025-01-14T19:46:30", "2025-01-14T23:59:59"];
const seconds = (text: string) => (Date.parse(`${text}Z`) % 86_400_000) / 1_000;
const digits = (text: string) => text.slice(11).replaceAll(":", "");
const toMinutes = moments.map((text) => `${text.slice(0, 16)}:00`);
const toHours = moments.map((text) => `${text.slice(0, 13)}:00:00`);

it.each([
  [
    "HHmmss of SAP",
    "KUNNR;BUDAT;UZEIT",
    (text: string) => [text.slice(0, 10).replaceAll("-", ""), digits(text)],
    moments,
  ],
  ["HHmmss as numbers", "user;date;time", (text: string) => [text.slice(0, 10), Number(digits(text))], moments],
  ["HHmmss as doubles", "user;date;time", (text: string) => [text.slice(0, 10), `${Number(digits(text))}.0`], moments],
  ["HHmm", "user;date;time", (text: string) => [text.slice(0, 10), digits(text).slice(0, 4)], toMinutes],
  ["hours", "user;date;hour", (text: string) => [text.slice(0, 10), Number(text.slice(11, 13))], toHours],
  ["seconds", "user;datum;time", (text: string) => [`${text.slice(8, 10)}.01.2025`, seconds(text)], moments],
  [
    "seconds behind days since 1970",
    "user;date;time",
    (text: string) => [Math.floor(Date.parse(text) / 86_400_000), seconds(text)],
    moments,
  ],
  ["a clock with its zone", "user;date;time", (text: string) => [text.slice(0, 10), `${text.slice(11)}Z`], moments],
])("puts a time of day behind the date of another column: %s", async (_, header, write, expected) => {
  const rows = moments.map((text) => `ann;${write(text).join(";")}\n`);
  const { items, columns, notes } = await readContent(`${header}\n${rows.join("")}`);
  const [, date = "", clock = ""] = header.split(";");
  expect(columns).toContain(`${date} and ${clock} → time`);
  expect(items.map(({ timestamp }) => new Date(timestamp).toISOString().slice(0, 19))).toEqual(expected);
  if (!rows[0]?.includes(":")) expect(notes).toContain(`they are put behind ${date}`);
});

it("rejects the row whose digits are no time of day, in whichever row", async () => {
  const rows = Array.from(
    { length: 2_500 },
    (_, row) => `u${row % 7},2025-01-${10 + (row % 9)},${93_000 + (row % 60)}\n`,
  );
  const { account } = await readContent(`user,date,time\n${rows.join("")}ann,2025-01-20,99999\n`);
  expect(account).toMatchObject({ actions: 2_500, rejected: [{ count: 1, reason: "the time cannot be read" }] });
});

it("takes no amounts, durations or counters for times of day", async () => {
  const rows = ["ann,2025-01-03,45,1200", "bob,2025-01-04,300,93015", "cy,2025-01-05,7,5"].join("\n");
  for (const header of ["user,date,time,amount", "user,date,duration,time_spent", "user,date,minutes,count"])
    expect((await readContent(`${header}\n${rows}\n`)).columns).toContain("date → time (ISO 8601)");
  expect(await refusalOf("user,date,time\nann,20089,x\nbob,20090,y\n")).toContain("does not hold times");
});

it.each([
  ["hours that were worked", "hour", ["1", "2", "3", "1", "8", "8"]],
  ["heart rates", "hr", ["1", "15", "22", "14", "8", "9"]],
])("takes no %s for hours of the day", async (_, name, cells) => {
  const rows = cells.map((cell, row) => `u${row},2025-01-0${row + 1},${cell}\n`);
  expect((await readContent(`user,date,${name}\n${rows.join("")}`)).columns).toContain("date → time (ISO 8601)");
});

it("reads a column of seconds as those of the day, be they the digits of a clock as well", async () => {
  const cells = [12_345, 40_000, 2_359, 10_120, 13_000, 15_000];
  const read = (seconds: readonly number[]) =>
    readContent(`user,date,seconds\n${seconds.map((cell, row) => `u${row},2025-01-0${row + 1},${cell}\n`).join("")}`);
  const { items } = await read(cells);
  expect(items.map(({ timestamp }) => (Number(timestamp) % 86_400_000) / 1_000)).toEqual(cells);
  const clocks = [12_345, 235_959, 2_359, 10_120, 93_000, 150_000];
  expect((await read(clocks)).columns).toContain("date → time (ISO 8601)");
});

it("takes the column with the time of day where another has the date of it alone, and says so", async () => {
  const rows = moments.flatMap((text, user) =>
    [0, 1].map((n) => `u${user},${text.slice(0, 10)},${Date.parse(`${text}Z`) + n}`),
  );
  const { items, notes } = await readContent(`user,date,seen_ms\n${rows.join("\n")}\n`);
  expect(items[2]?.timestamp).toBe(Date.parse(`${moments[1]}Z`));
  expect(notes).toContain("date holds dates only, and seen_ms the time of day on the same days");
  const shipped = rows.map((row) => row.replace(/\d+$/, (time) => String(Number(time) + 3 * 86_400_000)));
  expect((await readContent(`user,date,shipped\n${shipped.join("\n")}\n`)).columns).toContain("date → time");
});

it("takes a time of the same days in another zone, and says so", async () => {
  const rows = Array.from({ length: 30 }, (_, row) => {
    const time = Date.parse("2025-01-03T15:00:00Z") + row * 83_000_000;
    return `u${row % 4},${new Date(time - 5 * 3_600_000).toISOString().slice(0, 10)},${new Date(time).toISOString()}\n`;
  });
  const { items, notes } = await readContent(`user,date,seen_at\n${rows.join("")}`);
  expect(items[0]?.timestamp).toBe(Date.parse("2025-01-03T15:00:00Z"));
  expect(notes).toContain("date holds dates only, and seen_at the time of day on the same days of another zone");
});

it("reads the dates that --time-format is given for, though another column has their time of day", async () => {
  const rows = Array.from({ length: 30 }, (_, row) => {
    const date = `2025-01-${10 + (row % 9)}`;
    return `u${row % 4},${date},${date}T10:${10 + row}:00Z\n`;
  });
  const text = `user,date,seen_at\n${rows.join("")}`;
  expect((await readContent(text)).columns).toContain("seen_at → time");
  const { items, columns } = await readContent(text, { timeFormat: "yyyy-MM-dd" });
  expect(columns).toContain("date → time (yyyy-MM-dd)");
  expect(items.map(({ timestamp }) => timestamp)).toEqual(rows.map((_, row) => Date.UTC(2025, 0, 10 + (row % 9))));
});

it.each([
  ["loaded at night", "loaded_at", (row: number) => `2025-01-${11 + row}T02:00:00Z`],
  ["loaded in the night after", "loaded_at", (row: number) => `2025-01-${11 + row}T02:${10 + row}:00Z`],
  ["to the end of the day", "expires_at", (row: number) => `2025-01-${10 + row}T23:59:59Z`],
  ["a number of orders", "order_ts", (row: number) => String(Date.parse(`2025-01-${10 + row}`) / 1_000 + 35_000 + row)],
  ["a time of no such name", "shipment", (row: number) => `2025-01-${10 + row}T1${row % 9}:30:00Z`],
])("keeps the date where the other column is %s", async (_, name, write) => {
  const rows = Array.from({ length: 18 }, (_, row) => `u${row % 4},2025-01-${10 + row},${write(row)}\n`);
  const { items, columns } = await readContent(`user,date,${name}\n${rows.join("")}`);
  expect(columns).toContain("date → time");
  expect(items[0]?.timestamp).toBe(Date.parse("2025-01-10"));
});

it.each(["clock", "HHmmss", "HHmm", "hours", "seconds", "days"] as const)(
  "puts the same texts together in a sample as in a query: %s",
  async (writing) => {
    const dates = [
      "2025-01-03",
      "20250103",
      "2025-01-03 00:00:00",
      "2025-01-03T00:00Z",
      "2025-01-03 09:30",
      "20089",
      "20089.5",
    ];
    const more = ["20089 00:00:00", "99999", "00000", "soon", "3.1.2025 00:00:00,000 UTC"];
    const clocks = [
      "93015",
      "9301",
      "930",
      "30",
      "0",
      "000000",
      "235959",
      "86400",
      "999999",
      "1234567",
      "930.0",
      "930.5",
    ];
    const others = ["09:30", "9:30 PM", "-930", "+930", " 930", "noon", "９３０", "1e3", "93015.00"];
    const pairs = [...dates, ...more].flatMap((date) => [...clocks, ...others].map((clock) => ({ date, clock })));
    const values = pairs.map(({ date, clock }, at) => `(${at}, ${literal(date)}, ${literal(clock)})`);
    const scratch = await Scratch.open();
    try {
      const rows = await scratch.rows(
        `SELECT trim(${joinedSql("d", "c", writing)}) FROM (VALUES ${values.join(", ")}) rows(n, d, c) ORDER BY n`,
        z.tuple([z.string()]),
      );
      expect(rows.map(([sql], at) => ({ ...pairs[at], text: sql }))).toEqual(
        pairs.map(({ date, clock }) => ({ date, clock, text: joinedText(date, clock, writing) })),
      );
    } finally {
      await scratch.dispose();
    }
  },
);

it("says where AM and PM seem to be lost", async () => {
  const log = (hour: (row: number) => string, later = "") =>
    readContent(
      `user,time\n${Array.from({ length: 3_000 }, (_, row) => `u${row % 40},2025-01-${10 + (row % 9)} ${hour(row)}\n`).join("")}${later}`,
    );
  const twelve = (row: number) => `${1 + (row % 12)}:${10 + (row % 50)}`;
  expect((await log(twelve)).notes).toContain(
    "time has every hour from 1 to 12 and no other: AM and PM seem to be lost",
  );
  expect((await log(twelve, "ann,2025-01-20 13:00\n")).notes).not.toContain("AM and PM");
  expect((await log((row) => `${twelve(row)} ${row % 2 ? "AM" : "PM"}`)).notes).not.toContain("AM and PM");
  expect((await log((row) => `${8 + (row % 5)}:30`)).notes).not.toContain("AM and PM");
});
