import { expect, it } from "vitest";
import { readContent } from "#test/support/read-content.ts";

const column = (texts: readonly string[]) =>
  `user;time;amount\n${texts.map((text, n) => `u${n % 9};${new Date(Date.parse("2025-01-01") + n * 60_000).toISOString()};${text}\n`).join("")}`;
const many = Array.from({ length: 2_100 }, (_, n) => String(n % 900));

it("doubts a point before three digits also where only later rows have one, and says which flag decides", async () => {
  const { items, notes } = await readContent(column([...many, "107.000"]));
  expect(items.at(-1)?.value).toBe(107);
  expect(notes).toContain("amount: a point before three digits is read as a decimal point; use --decimal comma");
  const grouped = await readContent(column([...many, "107.000", "1.079.300"]));
  expect(grouped.items.at(-2)?.value).toBe(107_000);
  expect((await readContent(column([...many, "107.000"]), { decimal: "comma" })).items.at(-1)?.value).toBe(107_000);
  expect((await readContent(column([...many, "0.125", "12.500"]))).notes).toBe("");
});

it("reads amounts with the code of a currency in small letters, and no other unit", async () => {
  const { items, account } = await readContent(column(["12.50 eur", "3 usd", "7 min", "8"]));
  expect(items.map(({ value }) => value)).toEqual([12.5, 3, undefined, 8]);
  expect(account.unreadValues.count).toBe(1);
});

it.each([
  [
    ["12,50 TL", "1.234,50 TL"],
    [12.5, 1234.5],
  ],
  [
    ["Rp 150.000", "Rp. 1.250.000"],
    [150_000, 1_250_000],
  ],
  [
    ["RM12.50", "RM1,234.50"],
    [12.5, 1234.5],
  ],
  [
    ["R 12,50", "R 1 234,50"],
    [12.5, 1234.5],
  ],
  [
    ["12,50 руб.", "1\u00a0234,50 руб."],
    [12.5, 1234.5],
  ],
  [
    ["12円", "1,234,000円"],
    [12, 1_234_000],
  ],
  [
    ["S/ 12.50", "S/ 1,234.50"],
    [12.5, 1234.5],
  ],
  [
    ["Fr. 12.50", "SFr. 1'234.50"],
    [12.5, 1234.5],
  ],
  [
    ["1.234,- €", "12,50 €", "7,-"],
    [1234, 12.5, 7],
  ],
  [
    ["CHF 1'234.-", "CHF 12.50", "-3.-"],
    [1234, 12.5, -3],
  ],
  [
    ["1.234,56-", "12,50"],
    [-1234.56, 12.5],
  ],
])("reads amounts as they are written in one country or another: %j", async (texts, expected) => {
  const { items, account, columns } = await readContent(column(texts));
  expect(items.map(({ value }) => value)).toEqual(expected);
  expect(account.unreadValues.count).toBe(0);
  expect(columns.includes("currency left out")).toBe(texts.some((text) => /\p{L}|\p{Sc}/u.test(text)));
});
