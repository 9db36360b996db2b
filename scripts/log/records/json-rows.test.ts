import { expect, it } from "vitest";
import { readContent, refusalOf } from "#test/support/read-content.ts";

const names = ["user", "time", "action", "value"];
const rows = [
  ["u1", "2025-01-01T00:00:00Z", "buy", 2.5],
  ["738529527931269425", "2025-01-02T00:00:00Z", 'say "hi"', null],
  ["u3", "2025-01-03T00:00:00Z", "login"],
];
const items = [
  { user_id: "u1", action: "buy", timestamp: Date.UTC(2025, 0, 1), value: 2.5 },
  { user_id: "738529527931269425", action: 'say "hi"', timestamp: Date.UTC(2025, 0, 2) },
  { user_id: "u3", action: "login", timestamp: Date.UTC(2025, 0, 3) },
];
const types = names.map((name) => ({ name, type: "String" }));

it.each([
  ["columns and rows beside each other", { columns: names, index: [0, 1, 2], data: rows }],
  ["what interfaces of databases send", { meta: types, data: rows, rows: 3, statistics: { elapsed: 0.1 } }],
  ["columns that stand elsewhere", { resultSetMetaData: { numRows: 3, rowType: types }, code: "0", data: rows }],
  ["columns within", { results: { cols: types, rows } }],
  ["a range of a spreadsheet", { range: "A1:D4", majorDimension: "ROWS", values: [names, ...rows] }],
  ["an array of arrays", [names, ...rows]],
])("tables in JSON are read from rows that are arrays: %s", async (_, content) => {
  for (const text of [JSON.stringify(content), JSON.stringify(content, null, 2)]) {
    const { items: read, account } = await readContent(text);
    expect(read).toEqual(items);
    expect(account).toMatchObject({ actions: 3, rejected: [] });
  }
});

it("are read where each line is a row below the names, and the lines are accounted for", async () => {
  const lines = [names, ...rows].map((row) => JSON.stringify(row));
  const {
    items: read,
    account,
    log,
  } = await readContent([...lines, "", '["u4",', '{"user":"u5"}'].join("\n"), {
    acceptRejected: true,
  });
  expect(read).toEqual(items);
  expect(account).toMatchObject({ read: 7, actions: 3, notRecords: { header: 1, blank: 1 } });
  expect(account.rejected.map(({ reason, first }) => [reason, first[0]?.place, first[0]?.text])).toEqual([
    ["has no action", "line 7", '{"user":"u5"}'],
    ["is not valid JSON", "line 6", '["u4",'],
  ]);
  expect(log.notes.join()).toContain("The first array names the columns.");
});

it("are read from several objects, each with names of its own", async () => {
  const page = (own: readonly string[], row: readonly unknown[]) => JSON.stringify({ columns: own, results: [row] });
  const [first = [], second = []] = rows;
  const content = [page(names, first), page(names.toReversed(), [null, ...second.slice(0, 3).toReversed()])];
  expect((await readContent(content.join("\n"))).items).toEqual(items.slice(0, 2));
});

it.each([
  ["rows without names", rows],
  ["rows without names in an object", { data: rows }],
  ["lines without names", rows.map((row) => JSON.stringify(row)).join("\n")],
])("are refused: %s", async (_, content) => {
  expect(await refusalOf(typeof content === "string" ? content : JSON.stringify(content))).toMatch(
    /JSON arrays, which do not name their fields|No columns were found/,
  );
});

it("leaves records alone that have arrays of arrays, such as places", async () => {
  const record = { user: "u1", time: "2025-01-01", action: "walk", path: [[1.5, 2.5]], tags: ["a", "b"] };
  expect((await readContent(JSON.stringify([record, record]))).users).toEqual(["u1", "u1"]);
});
