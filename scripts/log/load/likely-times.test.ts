import { describe, expect, it } from "vitest";
import { readContent, refusalOf } from "#test/support/read-content.ts";

const tsv = (times: readonly string[]) => `user\ttime\n${times.map((time, n) => `u${n % 7}\t${time}\n`).join("")}`;
const many = <T>(count: number, one: (n: number) => T) => Array.from({ length: count }, (_, n) => one(n));
const first = (items: readonly { readonly timestamp: number | string }[]) =>
  new Date(items[0]?.timestamp ?? 0).toISOString();
const two = (number: number) => String(number).padStart(2, "0");

describe("days and months", () => {
  it("are not told apart by how long the log would be: the first days of a year's months are days of January as well", async () => {
    const firsts = many(24, (n) => `01/${two((n % 12) + 1)}/${2024 + Math.floor(n / 12)}`);
    expect(await refusalOf(tsv(firsts))).toContain("Cannot tell day and month apart in time");
    expect(first((await readContent(tsv(firsts), { timeFormat: "dd/MM/yyyy" })).items.slice(1))).toBe(
      "2024-02-01T00:00:00.000Z",
    );
  });

  it("are told apart by the order of the log, also if it begins with its end", async () => {
    const days = many(300, (n) => n).filter((n) => n % 28 < 12);
    const dmy = days.map((n) => `${two((n % 28) + 1)}/${two(Math.floor(n / 28) + 1)}/2025`);
    expect((await readContent(tsv(dmy))).columns).toContain("dd/MM/yyyy");
    expect((await readContent(tsv(dmy.toReversed()))).columns).toContain("dd/MM/yyyy");
  });

  it("are not told apart by a row or two out of order", async () => {
    expect(await refusalOf(tsv(["02/01/2025", "01/05/2025", "03/05/2025"]))).toContain(
      "Cannot tell day and month apart",
    );
  });

  it("stand before a year of two digits rather than after one that spreads the log over decades", async () => {
    expect(
      (await readContent(tsv(many(60, (n) => `25-${two(1 + Math.floor(n / 28))}-${two((n % 28) + 1)}`)))).columns,
    ).toContain("yy-MM-dd");
  });
});

describe("numbers that count time", () => {
  it("are .NET's ticks where nanoseconds would be of 1990", async () => {
    const ticks = many(60, (n) => String(638_400_000_000_000_000n + BigInt(n) * 864_000_000_000n));
    const { items, columns } = await readContent(tsv(ticks));
    expect(columns).toContain("time (.NET ticks)");
    expect(first(items)).toBe("2024-01-04T21:20:00.000Z");
    expect(first((await readContent(tsv(ticks), { timeFormat: "ticks" })).items)).toBe("2024-01-04T21:20:00.000Z");
  });

  it.each([
    [
      "Apple's seconds",
      (n: number) => String(730_512_000 + n * 86_400),
      /epoch seconds, it would date from 1993-.*--epoch 2001-01-01 --time-unit second/,
    ],
    [
      "milliseconds of 1975",
      (n: number) => String(160_000_000_000 + n * 86_400_000),
      /does not hold times: "160000000000".*--time-format epoch-s/,
    ],
    [
      "Windows' file times",
      (n: number) => String(133_500_000_000_000_000n + BigInt(n) * 864_000_000_000n),
      /does not hold times: "133500.*--time-format epoch-s/,
    ],
    [
      "seconds to come",
      (n: number) => String(3_500_000_000 + n * 86_400),
      /With times read as epoch seconds, line 2 is of 2080-[\s\S]*--time-format/,
    ],
  ])("are refused with what they were taken for, or are not: %s", async (_, time, message) => {
    expect(await refusalOf(tsv(many(60, time)))).toMatch(message);
  });

  it("are believed where a format says so", async () => {
    const apple = tsv(many(60, (n) => String(730_512_000 + n * 86_400)));
    expect(first((await readContent(apple, { timeFormat: "epoch-s" })).items)).toBe("1993-02-24T00:00:00.000Z");
    expect(first((await readContent(apple, { epoch: "2001-01-01", timeUnit: "second" })).items)).toBe(
      "2024-02-25T00:00:00.000Z",
    );
  });

  it("name the flags where more than a fifth of them is in the future", async () => {
    const some = many(60, (n) => (n % 3 === 0 ? "2030-01-01" : `2025-01-${two((n % 28) + 1)}`));
    expect(await refusalOf(tsv(some))).toMatch(
      /With times read as ISO 8601, line 2 is of 2030-01-01\.[\s\S]*--time-format .*--accept-rejected/,
    );
  });
});

describe("zones and midnights", () => {
  it("may be named by letters that mean one", async () => {
    const { items } = await readContent(
      tsv(["2024-03-01 09:30 EST", "2024-03-01 09:30:00 CEST", "03/20/2024 9:30 AM PST"]),
    );
    expect(items.map(({ timestamp }) => new Date(timestamp).toISOString())).toEqual([
      "2024-03-01T14:30:00.000Z",
      "2024-03-01T07:30:00.000Z",
      "2024-03-20T17:30:00.000Z",
    ]);
    expect((await readContent(tsv(["01.03.2024 09:30 CET"]), { timeFormat: "dd.MM.yyyy HH:mm zzz" })).users).toEqual([
      "u0",
    ]);
  });

  it("of a column of dates give way to the time of day in another", async () => {
    const { items, columns } = await readContent(
      "user,date,time\nann,2024-03-01 00:00:00,09:30\nbob,2024-03-02 00:00:00,10:15:20\n",
    );
    expect(columns).toContain("date and time → time");
    expect(items.map(({ timestamp }) => new Date(timestamp).toISOString())).toEqual([
      "2024-03-01T09:30:00.000Z",
      "2024-03-02T10:15:20.000Z",
    ]);
  });
});
