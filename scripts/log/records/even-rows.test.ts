import { describe, expect, it } from "vitest";
import { readContent } from "#test/support/read-content.ts";

const day = (n: number) => `2025-01-${String(n + 1).padStart(2, "0")}`;
const lines = (from: number, to: number, line: (n: number) => string) =>
  Array.from({ length: to - from }, (_, n) => `${line(from + n)}\n`).join("");
const short = (n: number) => `u${n},${day(n)},login`;
const long = (n: number) => `u${n},${day(n)},login,${n}.5`;

describe("a log of which the number of columns changes", () => {
  it.each([
    [
      "with rows that lack the last columns of the header",
      `user,time,action,amount\n${lines(0, 12, short)}${lines(12, 16, long)}`,
      {},
    ],
    ["with a new header", `user,time,action\n${lines(0, 8, short)}user,time,action,amount\n${lines(8, 16, long)}`, {}],
    [
      "with a new column in the middle",
      `user,time,action\n${lines(0, 8, short)}user,amount,time,action\n${lines(8, 16, (n) => `u${n},${n}.5,${day(n)},login`)}`,
      {},
    ],
    [
      "with fewer columns later",
      `user,time,action,amount\n${lines(0, 6, long)}user,time,action\n${lines(6, 16, short)}`,
      {},
    ],
    [
      "with quotes",
      `user,time,action,amount\n${lines(0, 12, (n) => `u${n},${day(n)},"login, ""a"""`)}${lines(12, 16, (n) => `u${n},${day(n)},login,"${n}.5"`)}`,
      {},
    ],
    [
      "without a header",
      `${lines(0, 8, short)}${lines(8, 16, long)}`,
      { user: "1", time: "2", action: "3", value: "4" },
    ],
  ])("is read %s, and told", async (_, content, options) => {
    const { items, notes, account } = await readContent(content, options);
    expect(account).toMatchObject({ read: content.trim().split("\n").length, rejected: [] });
    expect(items.map((item) => item.user_id)).toEqual(Array.from({ length: 16 }, (_, n) => `u${n}`));
    const valued = items.filter((item) => item.value !== undefined && item.value !== null);
    for (const item of valued) expect(item).toMatchObject({ user_id: `u${(item.value ?? 0) - 0.5}` });
    expect(valued.length).toBeGreaterThan(3);
    expect(notes).toMatch(/The number of fields changes, to \d from line \d+ on, \d from line \d+ on: /);
  });

  it("is read with a column that the header does not name, and keeps the places of its rows", async () => {
    const content = `user,time,action\n${lines(0, 12, short)}${lines(12, 16, long)}nobody,never,login,1\n`;
    const { items, notes, account } = await readContent(content, { acceptRejected: true });
    expect(items).toHaveLength(16);
    expect(notes).toContain("The header has no name for column 4.");
    expect(account.rejected).toMatchObject([{ count: 1, first: [{ place: "line 18", text: "nobody,never,login,1" }] }]);
  });
});

it.each([
  ["among others", `user,time,action\n${lines(0, 6, short)}${lines(6, 10, long)}${lines(10, 20, short)}`, 4],
  ["that are one or two at the end", `user,time,action\n${lines(0, 16, short)}${lines(16, 18, long)}`, 2],
  ["without times", `user,time,action\n${lines(0, 16, short)}${lines(16, 20, (n) => `total,,,${n}`)}`, 4],
  [
    "with a number that a comma divides",
    `user,time,action,amount\n${lines(0, 16, long)}${lines(16, 20, (n) => `${short(n)},12,50`)}`,
    4,
  ],
  [
    "with a column before the last",
    `user,time,action,amount\n${lines(0, 16, long)}${lines(16, 20, (n) => `${short(n)},app,12`)}`,
    4,
  ],
  [
    "of another table",
    `user,time,action\n${lines(0, 16, short)}time,sessions\n${lines(0, 4, (n) => `${day(n)},${n}`)}`,
    5,
  ],
])("rejects rows of another width %s", async (_, content, rejected) => {
  const { account, notes } = await readContent(content, { acceptRejected: true });
  expect(account.rejected).toMatchObject([{ count: rejected }]);
  expect(notes).not.toContain("The number of fields");
});

it("reads rows that end with more delimiters than the header", async () => {
  const { users, items } = await readContent(
    "user;time;action;amount\nann;2025-01-01;login;1,5;;\nbob;2025-01-02;login;2,5;;\n",
  );
  expect(users).toEqual(["ann", "bob"]);
  expect(items.map((item) => item.value)).toEqual([1.5, 2.5]);
});
