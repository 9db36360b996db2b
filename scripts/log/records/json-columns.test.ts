import { expect, it } from "vitest";
import { readContent } from "#test/support/read-content.ts";

it("reads fields of JSON that a column of CSV holds, where options name them", async () => {
  const cells = [
    '{"user":{"id":738529527931269425},"amount":2.5}',
    '{"user":{"id":"ann"}}',
    "not JSON",
    '{"user":null,"amount":1}',
  ];
  const rows = cells.map((cell, n) => `${n},2025-01-0${n + 1},view,"${cell.replaceAll('"', '""')}"\n`);
  const options = { user: "payload.user.id", value: "payload.amount", acceptRejected: true };
  const { items, columns, account } = await readContent(`id,time,action,payload\n${rows.join("")}`, options);
  expect(columns).toContain("payload.user.id → user");
  expect(columns).toContain("payload.amount → value");
  expect(items.map(({ user_id, value }) => [user_id, value])).toEqual([
    ["738529527931269425", 2.5],
    ["ann", undefined],
  ]);
  expect(account.rejected).toMatchObject([{ reason: "has no user", count: 2 }]);
});

it("reads a time of day that is such a field behind the date in a column of its own", async () => {
  const rows = [1, 2].map((n) => `u${n},2025-01-0${n},view,"{""t"":""0${n}:30:00""}"\n`);
  const { items, columns } = await readContent(`user,day,action,payload\n${rows.join("")}`, { id: "payload.t" });
  expect(columns).toContain("day and payload.t → time");
  expect(items.map(({ timestamp }) => timestamp)).toEqual([1, 2].map((n) => Date.parse(`2025-01-0${n}T0${n}:30:00Z`)));
});
