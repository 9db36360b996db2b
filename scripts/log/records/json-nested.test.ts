import { expect, it } from "vitest";
import { readContent, refusalOf } from "#test/support/read-content.ts";

// Records of which parts stand around an array and others in it.

const time = (n: number) => Date.UTC(2025, 0, 1, n);
const iso = (n: number) => new Date(time(n)).toISOString();
/** Users with two events each, the ids of more than 53 bits. */
const users = [1, 2, 3].map((n) => ({
  id: `73852952793126942${n}`,
  events: [n, n + 10].map((hour) => ({ type: "login", at: iso(hour), amount: 738529527931269 })),
}));
const events = users.flatMap(({ id, events }) =>
  events.map(({ at, amount }) => ({ user_id: id, action: "login", timestamp: Date.parse(at), value: amount })),
);
/** The ids as numbers. */
const json = (content: unknown, indent?: number) =>
  JSON.stringify(content, null, indent)
    .replace(/"(7385\d+)"/g, "$1")
    .replaceAll('"id":', '"user_id":');

it.each([
  ["one to a line", users.map((user) => json(user)).join("\n")],
  ["in an array", json(users)],
  ["in an object", json({ data: { users } }, 2)],
  ["one after another", users.map((user) => json(user, 2)).join("\n")],
])("reads the events of users that have an array of them, %s", async (_, content) => {
  const { items, account, columns, notes } = await readContent(content);
  expect(items).toEqual(events);
  expect(account).toMatchObject({ unit: "records", read: 6, rejected: [] });
  expect(columns).toContain("user_id → user, events.at → time");
  expect(notes).toContain('The records are read from "events", each with what stands around it.');
});

it("reads events of a batch whose user and time of sending stand beside it", async () => {
  const batches = [1, 2].map((n) => ({ userId: `u${n}`, batch: [{ event: "a", timestamp: iso(n) }], sentAt: iso(20) }));
  const { items } = await readContent(batches.map((batch) => JSON.stringify(batch)).join("\n"));
  expect(items.map(({ user_id, timestamp }) => [user_id, timestamp])).toEqual([1, 2].map((n) => [`u${n}`, time(n)]));
});

it("tells of arrays with times in records that have one, and reads them where an option names a field", async () => {
  const content = users.map((user) => json({ created_at: "2024-01-01", ...user })).join("\n");
  const { items, notes } = await readContent(content);
  expect(items).toHaveLength(3);
  expect(notes).toContain(
    'The arrays "events" within the records are not read. If they hold the actions, add --time events.at.',
  );
  expect((await readContent(content, { time: "events.at" })).items).toEqual(events);
});

it("rejects users without events, and what is broken", async () => {
  const lines = [...users, { id: "7385295279312694299", events: [] }].map((user) => json(user));
  const { items, rejected } = await readContent([...lines, '{"user_id":1,"events":['].join("\n"), {
    acceptRejected: true,
  });
  expect(items).toEqual(events);
  expect(rejected.sort()).toEqual([
    `holds no records in "events": (line 4 of the file) ${lines[3]}`,
    'is not valid JSON: (line 5 of the file) {"user_id":1,"events":[',
  ]);
});

it("takes elements for records by themselves where an option names a field of theirs", async () => {
  const content = JSON.stringify({
    account: "acme",
    data: [1, 2].map((n) => ({ who: `u${n}`, time: iso(n), event: "a" })),
  });
  expect((await readContent(content, { user: "who" })).users).toEqual(["u1", "u2"]);
  expect((await readContent(content, { user: "data.who" })).users).toEqual(["u1", "u2"]);
  expect((await readContent(content)).users).toEqual(["acme", "acme"]);
});

it("takes an order with its items for one record, whatever its time is called", async () => {
  const order = (n: number) => ({
    customer_id: `u${n}`,
    purchased_at: iso(n),
    items: [
      { sku: "a", price: 2 },
      { sku: "b", price: 3 },
    ],
  });
  const { items } = await readContent([1, 2].map((n) => JSON.stringify(order(n))).join("\n"));
  expect(items.map(({ user_id, timestamp }) => [user_id, timestamp])).toEqual([1, 2].map((n) => [`u${n}`, time(n)]));
  expect(await refusalOf(JSON.stringify({ customer_id: "u1", items: [{ sku: "a" }] }))).toContain(
    "which column holds the time",
  );
});
