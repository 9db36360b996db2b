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
