import { expect, it } from "vitest";
import { readContent } from "#test/support/read-content.ts";

it("reads lines of key=value, with quotes around what has blanks", async () => {
  const lines = [
    'time=2025-01-01T10:00:00Z level=info msg="user=bob said \\"hi\\"" user=ann action="log in" value=1.5',
    "",
    "time=2025-01-02T10:00:00Z user=cem level=info action=view",
    "time=2025-01-03T10:00:00Z level=warn user= action=view",
  ];
  const { items, account, columns, rejected } = await readContent(`${lines.join("\n")}\n`, { acceptRejected: true });
  expect(columns).toBe("user → user, time → time (ISO 8601), action → action, value → value");
  expect(items.map(({ user_id, action, value }) => [user_id, action, value])).toEqual([
    ["ann", "log in", 1.5],
    ["cem", "view", undefined],
  ]);
  expect(account).toMatchObject({ read: 4, notRecords: { blank: 1 } });
  expect(rejected).toEqual([`has no user: ${lines[3]}`]);
});

it("rejects lines that are cut off within quotes or hold other text, and takes the last of a key", async () => {
  const lines = [
    'time=2025-01-01T10:00:00Z user=ann action=view msg="as it should be"',
    'time=2025-01-02T10:00:00Z msg="failed for user=evil action=pay',
    "time=2025-01-03T10:00:00Z user=eve action=view and so on",
    "time=2025-01-04T10:00:00Z user=first user=cem action=view",
    "nothing",
    "time=2025-01-05T10:00:00Z user=dan action=view",
    "time=2025-01-06T10:00:00Z user=fay action=view",
  ];
  const { users, rejected } = await readContent(`${lines.join("\n")}\n`, { acceptRejected: true });
  expect(users).toEqual(["ann", "cem", "dan", "fay"]);
  expect(rejected).toEqual(
    [lines[1], lines[2], lines[4]].map((line) => `is not made of key=value pairs only: ${line}`),
  );
});
