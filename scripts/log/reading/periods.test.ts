import { expect, it } from "vitest";
import { readContent, refusalOf } from "#test/support/read-content.ts";

async function read(column: string, texts: readonly string[]) {
  const lines = texts.map((text) => `ann;${text};9\n`).join("");
  const { items, notes, columns } = await readContent(`customer;${column};amount\n${lines}`);
  return { days: items.map(({ timestamp }) => new Date(timestamp).toISOString().slice(0, 10)), notes, columns };
}

it.each([
  ["yyyy-MM", "month", ["2024-11", "2025-1"]],
  ["yyyyMM", "yyyymm", ["202411", "202501"]],
  ["yyyyMM", "billing_month", ["202411.0", "202501.0"]],
  ["yyyyMMM", "period", ["2024M11", "2025m1"]],
  ["MM/yyyy", "date", ["11/2024", "01/2025"]],
  ["MMM yyyy", "month", ["Nov 2024", "January 2025"]],
  ["MMM yyyy, months by name", "Monat", ["November 2024", "Januar 2025"]],
  ["MMM-yy", "invoiceMonth", ["Nov-24", "Jan-25"]],
  ["yyyy-MMM", "month", ["2024-Nov", "2025-Jan"]],
])("takes whole months as %s for their first days", async (name, column, texts) => {
  const { days, notes, columns } = await read(column, texts);
  expect(columns).toContain(`${column} → time (${name})`);
  expect(days).toEqual(["2024-11-01", "2025-01-01"]);
  expect(notes).toBe(`The times in ${column} are whole months: each is taken for its first day.`);
});

it("takes whole quarters and weeks for their first days", async () => {
  for (const texts of [
    ["2024-Q4", "2025-Q1", "2025-Q3"],
    ["Q4 2024", "Q1 2025", "q3 2025"],
    ["2024Q4", "2025 Q1", "2025-q3"],
  ]) {
    const { days, notes } = await read("quarter", texts);
    expect(days).toEqual(["2024-10-01", "2025-01-01", "2025-07-01"]);
    expect(notes).toBe("The times in quarter are whole quarters: each is taken for its first day.");
  }
  const { days, notes } = await read("week", ["2024-W52", "2025W01", "2025 w10"]);
  expect(days).toEqual(["2024-12-23", "2024-12-30", "2025-03-03"]);
  expect(notes).toBe("The times in week are whole weeks: each is taken for its first day.");
});

it("puts years and months in columns of their own together", async () => {
  const { items, notes } = await readContent("customer,year,month\nann,2024,11\nann,2025,1\nben,2025,\n", {
    acceptRejected: true,
  });
  expect(items.map(({ timestamp }) => new Date(timestamp).toISOString())).toEqual([
    "2024-11-01T00:00:00.000Z",
    "2025-01-01T00:00:00.000Z",
  ]);
  expect(notes).toBe("The times in year and month are whole months: each is taken for its first day.");
});

it("takes them only where a column is called so, or named, and no other holds times", async () => {
  const version = "customer,version\nann,2024-11\nann,2025-01\n";
  expect(await refusalOf(version)).toContain("Cannot tell which column holds the time");
  expect((await readContent(version, { time: "version" })).items).toHaveLength(2);
  const { columns } = await readContent("customer,month,logged\nann,2024-11,2024-11-03\nann,2025-01,2025-01-05\n");
  expect(columns).toContain("logged → time (ISO 8601)");
});

it("does not take a number of a week for a month, or a month that there is not", async () => {
  for (const weeks of [
    ["202451", "202501"],
    ["202502", "202503"],
  ])
    expect(await refusalOf(`customer,week\nann,${weeks.join("\nann,")}\n`)).toContain("Cannot tell");
  expect(await refusalOf("customer,month\nann,2024-13\nann,2025-01\n")).toContain("Cannot tell");
});

it("reads them by a format that is given", async () => {
  const { items } = await readContent("customer,at\nann,11.2024\n", { timeFormat: "MM.yyyy" });
  expect(items.map(({ timestamp }) => new Date(timestamp).toISOString().slice(0, 10))).toEqual(["2024-11-01"]);
});
