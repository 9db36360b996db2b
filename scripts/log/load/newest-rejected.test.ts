import { expect, it } from "vitest";
import { readContent, readContents, refusalOf } from "#test/support/read-content.ts";

const time = (n: number) => new Date(Date.parse("2025-01-01") + n * 3_600_000).toISOString();
const csv = (rows: readonly string[]) => `user_id,date,action\n${rows.join("\n")}\n`;
const hours = (count: number, from = 0) => Array.from({ length: count }, (_, n) => from + n);
const newest = "most of its newest rows cannot be read";

it("tells of a log in several files by the end of the newest, wherever it stands among them", async () => {
  const old = csv(hours(500).map((n) => `u${n % 9},${time(n)},a`));
  const late = csv(hours(100, 500).map((n) => `u${n % 9},${n < 560 ? time(n) : "later"},a`));
  expect(await refusalOf([late, old])).toContain(newest);
  expect(await refusalOf([old, late])).toContain(newest);
  const first = csv(hours(500).map((n) => `u${n % 9},${n < 40 ? "earlier" : time(n)},a`));
  expect((await readContents([csv(hours(100, 500).map((n) => `u${n % 9},${time(n)},a`)), first])).users).toHaveLength(
    560,
  );
});

it("tells of a log that is sorted by user by the end of each of them", async () => {
  const rows = (isBad: (n: number) => boolean) =>
    csv(
      hours(50).flatMap((user) =>
        hours(20).map((n) => `u${user},${isBad(n) ? "later" : time(24 * n + (user % 24))},a`),
      ),
    );
  expect(await refusalOf(rows((n) => n > 17))).toContain(newest);
  expect((await readContent(rows((n) => n < 2))).users).toHaveLength(900);
});

it("tells of a file of which no row can be read", async () => {
  const good = csv(hours(500).map((n) => `u${n % 9},${time(n)},a`));
  const bad = csv(hours(20).map(() => "u1,later,a"));
  expect(await refusalOf([good, bad])).toMatch(/none of the rows of .*log-\d+ can be read/);
});

it("counts rows only: blank lines and comments make no share of the rejected smaller", async () => {
  const rows = hours(100).map((n) => `${n % 4 === 0 ? "NULL" : `u${n % 9}`},${time(n)},a\n`);
  expect(await refusalOf(csv(rows))).toContain("25 % of its rows cannot be read");
});
