import { expect, it } from "vitest";
import { readContent, refusalOf } from "#test/support/read-content.ts";

const long = "x".repeat(3_000_000);
const rows = (note: (row: number) => string) =>
  Array.from({ length: 50 }, (_, row) => [`u${row}`, "2025-01-03T09:30:00Z", "login", note(row)]);

it.each([",", "\t", ";"])("costs a line that is too long itself, and no other, between %j", async (delimiter) => {
  const header = ["user", "time", "action", "note"].join(delimiter);
  const text = rows((row) => (row === 20 ? long : "a")).map((row) => row.join(delimiter));
  const { users, account, notes, rejected } = await readContent(`${header}\r\n${text.join("\r\n")}`);
  expect(users).toHaveLength(49);
  expect(users).not.toContain("u20");
  expect(account).toMatchObject({ read: 51, actions: 49, notRecords: { header: 1 } });
  expect(rejected).toEqual(["has 1 field and not 4: (3000032 bytes in one line)"]);
  expect(notes).toContain("A line is longer than 2 MB and left out: 22.");
});

it("refuses a file of lines that are all too long", async () => {
  expect(await refusalOf([long, long].join("\n"))).toContain("a line is longer than 2 MB");
});
