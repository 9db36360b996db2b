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
