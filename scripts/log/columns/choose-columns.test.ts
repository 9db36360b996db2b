import { expect, it } from "vitest";
import { readContent, refusalOf } from "#test/support/read-content.ts";

const csv = (header: string, row: (n: number) => string) =>
  `${header}\n${Array.from({ length: 9 }, (_, n) => `${row(n + 1)}\n`).join("")}`;

it("takes no object of JSON for a user, and names the fields that may be one", async () => {
  const content = csv("user,event,time", (n) => `"{""id"": ""u${n}"", ""visits"": ${n}}",a,2025-01-0${n}`);
  expect(await refusalOf(content)).toContain("Columns found: user (JSON: user.id, user.visits), event, time.");
  expect((await readContent(content, { user: "user.id" })).users[8]).toBe("u9");
  const braces = csv("user,time", (n) => `{6F9619FF-8B86-D011-B42D-00C04FC964F${n}},2025-01-0${n}`);
  expect((await readContent(braces)).users[0]).toBe("{6F9619FF-8B86-D011-B42D-00C04FC964F1}");
});

it("tells of a column that is called a value and holds no numbers, unless another one is read", async () => {
  const content = csv("user,time,value,total", (n) => `u${n},2025-01-0${n},0:0${n}:46,${n}`);
  expect((await readContent(content.replaceAll(/,\w+$/gm, ""))).notes).toBe(
    'value holds no numbers, such as "0:01:46", so no value is read from it.',
  );
  const { items, notes } = await readContent(content);
  expect(items[8]?.value).toBe(9);
  expect(notes).toBe("");
});

it.each(["duration", "sessionLength", "time_spent", "value"])(
  "takes no %s behind a date for the time of day",
  async (name) => {
    const rows = (n: number) => `u${n},2025-01-0${n},0:0${n}:46`;
    const { columns, items } = await readContent(csv(`user,date,${name}`, rows));
    expect(columns).toContain("date → time (ISO 8601)");
    expect(items[0]?.timestamp).toBe(Date.parse("2025-01-01"));
    expect((await readContent(csv("user,date,start", rows))).columns).toContain("date and start → time");
  },
);

it.each([
  ["due_date", "paid_date"],
  ["expiresAt", "boughtAt"],
  ["session_end", "session_start"],
])("takes %s for the time of an action only where there is no other, such as %s", async (other, name) => {
  const row = (n: number) => `u${n % 3},2025-02-0${n},2025-01-0${n}`;
  expect((await readContent(csv(`user_id,${other},${name}`, row))).columns).toContain(`${name} → time`);
  expect((await readContent(csv(`user_id,${other},plan`, (n) => row(n).replace(/[^,]*$/, "pro")))).columns).toContain(
    `${other} → time`,
  );
});

it("rejects the UUID of zeros as no user, and takes it for no id", async () => {
  const nil = "00000000-0000-0000-0000-000000000000";
  const content = csv("uuid,user,time", (n) => `${n % 2 ? nil : `i${n}`},${n === 3 ? nil : `u${n}`},2025-01-0${n}`);
  const { items, account, notes } = await readContent(content);
  expect(account.rejected).toMatchObject([{ reason: "has no user", count: 1, first: [{ place: "line 4" }] }]);
  expect(items.map(({ event_id }) => event_id).filter((id) => id !== undefined)).toEqual(["i2", "i4", "i6", "i8"]);
  expect(notes).toBe("");
});
