import { expect, it } from "vitest";
import { readContent, refusalOf } from "#test/support/read-content.ts";

// Dumps as databases and queues write them, each made here.

const rows = Array.from({ length: 20 }, (_, row) => ({
  user: `u${row % 4}`,
  time: Date.UTC(2025, 0, 3, row),
  action: row % 2 ? "login" : "purchase",
  amount: 10 + row / 2,
}));
type Row = (typeof rows)[number];
const iso = ({ time }: Row) => new Date(time).toISOString();
const message = (row: Row) =>
  JSON.stringify({ user: row.user, time: iso(row), action: row.action, amount: row.amount });

const lines: readonly (readonly [string, (row: Row, at: number) => unknown])[] = [
  [
    "DynamoDB",
    ({ user, time, action, amount }) => ({
      Item: { user_id: { S: user }, ts: { N: `${time}` }, action: { S: action }, amount: { N: `${amount}` } },
    }),
  ],
  [
    "Avro with unions",
    ({ user, time, action, amount }) => ({
      user_id: { string: user },
      ts: { long: time },
      action: { string: action },
      amount: { double: amount },
    }),
  ],
  [
    "Firestore",
    ({ user, time, action, amount }) => ({
      userId: user,
      timestamp: { _seconds: time / 1_000, _nanoseconds: 0 },
      type: action,
      amount,
    }),
  ],
  [
    "Elasticsearch",
    (row, at) => ({
      _index: "logs",
      _type: "_doc",
      _id: `${at}`,
      _score: 1,
      _source: { "@timestamp": iso(row), user: { id: row.user }, event: { action: row.action }, amount: row.amount },
    }),
  ],
];

it.each<readonly [string, string]>([
  ...lines.map(([name, write]) => [name, rows.map((row, at) => JSON.stringify(write(row, at))).join("\n")] as const),
  ["Kafka, behind keys", rows.map((row) => `${row.user}\t${message(row)}`).join("\n")],
  ["Kafka, behind times and keys", rows.map((row) => `CreateTime:${row.time}\tnull\t${message(row)}`).join("\n")],
  [
    "R's write.table",
    `"user" "time" "action" "amount"\n${rows.map((row, at) => `"${at + 1}" "${row.user}" "${iso(row)}" "${row.action}" ${row.amount}`).join("\n")}`,
  ],
])("reads a dump of %s", async (_, text) => {
  const { items, account } = await readContent(text);
  expect(items.map(({ user_id, timestamp, action, value }) => [user_id, timestamp, action, value])).toEqual(
    rows.map(({ user, time, action, amount }) => [user, time, action, amount]),
  );
  expect(account.rejected).toEqual([]);
});

it("takes _type and _score for what they are called where no dump of Elasticsearch has them", async () => {
  const lines = rows.map((row) =>
    JSON.stringify({ user: row.user, ts: iso(row), _type: row.action, _score: row.amount }),
  );
  const { items } = await readContent(lines.join("\n"));
  expect(items.map(({ action, value }) => [action, value])).toEqual(rows.map(({ action, amount }) => [action, amount]));
});

it("knows the columns of a dump of PostgreSQL by its COPY, and rejects what follows the rows in the open", async () => {
  const lines = rows.map((row, at) => [at, row.user, row.action, iso(row), at === 3 ? "\\N" : row.amount].join("\t"));
  const dump = `--\n-- PostgreSQL database dump\n--\n\nSET x = 0;\n\nCOPY public.events (id, "user_id", action, created_at, amount) FROM stdin;\n${lines.join("\n")}\n\\.\n\n`;
  const { items, columns, account, notes } = await readContent(dump);
  expect(notes).not.toContain("--header");
  expect(columns).toContain("user_id → user, created_at → time (ISO 8601), action → action, amount → value");
  expect(items.map(({ user_id, timestamp }) => [user_id, timestamp])).toEqual(
    rows.map(({ user, time }) => [user, time]),
  );
  expect(items[3]?.value).toBeUndefined();
  expect(account).toMatchObject({ actions: 20, rejected: [{ count: 1, reason: "has 1 field and not 5" }] });
});

it("reads columns before an object of JSON as columns, where one holds times or options give their numbers", async () => {
  const inner = JSON.stringify({ user_id: "inner", time: "2020-01-01T00:00:00Z" });
  const dated = rows.map((row) => `${row.user}\t${iso(row)}\t${inner}`).join("\n");
  const times = rows.map(({ time }) => time);
  const given = await readContent(dated, { user: "1", time: "2" });
  expect(given.users).toEqual(rows.map(({ user }) => user));
  expect(given.items.map(({ timestamp }) => timestamp)).toEqual(times);
  expect(await refusalOf(dated)).toContain("Cannot tell which column holds the user");
  const undated = rows.map((row) => `${row.user}\t${row.action}\t${inner}`).join("\n");
  expect((await readContent(undated)).users[0]).toBe("inner");
  expect(await refusalOf(undated, { header: false })).toContain("Cannot tell which column holds the user");
});

it.each(["(id, owner, user_id, created_at)", "(id, owner)", ""])(
  "refuses a dump of PostgreSQL of a second table %s: its rows would have the names of the first",
  async (columns) => {
    const table = (name: string, rows: readonly string[]) =>
      `COPY public.${name} FROM stdin;\n${rows.join("\n")}\n\\.\n\n`;
    const events = rows.map((row, at) => `${at}\t${row.user}\t${row.action}\t${iso(row)}`);
    const owners = rows.slice(0, 2).map((row, at) => `${at}\tboss\t${row.user}\t${iso(row)}`);
    const first = table("events (id, user_id, action, created_at)", events);
    expect((await readContent(first)).users).toEqual(rows.map(({ user }) => user));
    expect(await refusalOf(`${first}${table(`users ${columns}`.trim(), owners)}`)).toMatch(
      /it holds more tables than one .*pg_dump --data-only --table=public\.events/,
    );
  },
);

it("says of one statement with all rows that it is SQL", async () => {
  const values = rows.map((row, at) => `(${at},'${row.user}','${iso(row)}','${row.action}',${row.amount})`).join(",");
  expect(await refusalOf(`-- MySQL dump\n\nINSERT INTO \`events\` VALUES ${values};\n`)).toContain(
    "it holds SQL statements",
  );
});
