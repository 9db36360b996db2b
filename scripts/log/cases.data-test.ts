import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { contentOf } from "#test/support/log-content.ts";
import type { LogItem } from "./log.ts";
import type { LogOptions } from "./options.ts";
import { readLog } from "./read-log.ts";

const folder = process.env.LAPSE_CASES;
if (folder === undefined)
  throw new Error("Set LAPSE_CASES to a folder with files as people have them, such as 01-min.ndjson.");

const now = Date.parse("2026-12-01T00:00:00Z");
const seen = new Set<string>();

/** What a case holds by lapse's reading; every line of it is explained. */
async function read(file: string, options: LogOptions = {}) {
  seen.add(file);
  return contentOf(await readLog([join(folder ?? "", file)], options, now));
}

const usersOf = (items: readonly LogItem[]) => new Set(items.map(({ user_id }) => user_id));
const valuesOf = (items: readonly LogItem[]) => new Set(items.map(({ value }) => value));

it("keeps every digit of numbers of 64 bits", async () => {
  const { items } = await read("01-min.ndjson");
  expect([...usersOf(items)]).toEqual(["738529527931269425", "738529527931269426", "738529527931269427"]);
});

it("takes no counter within users for an identity, and stores every row", async () => {
  const { items, account, notes } = await read("02-repro.csv.gz");
  expect(items).toHaveLength(account.read - 1);
  expect(account.copies).toBe(0);
  expect(notes).toContain("event_id repeats with other content");
});

it("ends a log where its bulk does, and names the row beyond", async () => {
  expect((await read("03-clock-ahead.csv.gz")).notes).toMatch(/The log ends on .* 1 action is dated later/);
});

it("loses no row to a quote that never closes", async () => {
  expect((await read("04-min.tsv")).items).toHaveLength(6);
});

it("reads yyyymmddHHMM", async () => {
  const { items, columns } = await read("05-date-yyyymmddhhmm.csv.gz");
  expect(columns).toContain("yyyymmddHHMM");
  expect(items[0]?.timestamp).toBe(Date.parse("2025-11-03T03:41:00Z"));
});

it("has no users of what stands for none", async () => {
  const { items, account } = await read("06-null-users.csv.gz");
  expect([...usersOf(items)].filter((user) => !/^u\d+$/.test(user))).toEqual([]);
  expect(account.rejected.map(({ reason }) => reason)).toEqual(["has no user"]);
});

it("reads a file whose first line names the delimiter", async () => {
  const { items } = await read("07-sep-line.csv");
  expect(valuesOf(items)).toContain(21.4);
});

it("reads points between thousands, and currency signs", async () => {
  const grouped = valuesOf((await read("08-grouped-points.csv.gz")).items);
  expect(grouped).toContain(321_000);
  expect(grouped).toContain(1_079_300);
  expect(valuesOf((await read("08b-currency.csv.gz")).items)).toContain(21.4);
});

it("stops at days and months in both orders", async () => {
  await expect(read("11-mixed-dates.csv.gz", { timeFormat: "dd/MM/yyyy" })).rejects.toThrow(/was not imported/);
});

it("tells of a name that is in the header twice, and how to choose", async () => {
  expect((await read("12-duplicate-header.csv.gz")).notes).toMatch(
    /"user_id" is in the header twice.*--user 1 or --user 4/,
  );
});

it("reads the first line as a row where there is no header", async () => {
  const { items, account } = await read("15-no-header.csv", { user: "1", time: "2", action: "3" });
  expect(items).toHaveLength(account.read);
});

it("counts a redelivery once", async () => {
  const { items, account } = await read("24-min.csv");
  expect(items.map(({ event_id }) => event_id)).toEqual(["e1", "e2", "e3"]);
  expect(account.copies).toBe(1);
});

it("reads times of mail", async () => {
  const { items } = await read("26-rfc2822.ndjson.gz");
  expect(items[0]).toMatchObject({ user_id: "u72", timestamp: Date.parse("2025-11-03T03:41:14Z") });
});

it("takes no account's date for the action's", async () => {
  expect((await read("27-created-at.csv.gz")).columns).toContain("order_date → time");
});

afterAll(async () => {
  const cases = (await readdir(folder)).filter((file) => !file.endsWith(".md"));
  expect(cases.filter((file) => !seen.has(file))).toEqual([]);
});
