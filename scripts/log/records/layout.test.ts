import { expect, it } from "vitest";
import { processorTime } from "#test/support/processor-time.ts";
import { detectLayout } from "./layout.ts";

it("takes time by the length of a line only, of brackets and commas as well", async () => {
  const lines = ["[", `{"a":"${"],".repeat(100_000)}x`, `{"a":1}${",".repeat(200_000)}x`, "]"];
  const time = await processorTime(() => expect(detectLayout(lines, "log.json", {}).kind).toBe("json-document"));
  // By the square of the length it takes minutes.
  expect(time).toBeLessThan(5_000);
});

it.each([
  ["a first column in parentheses", ["source,user,time", "(direct),ann,2025-01-01", "(not set),bob,2025-01-02"], ","],
  ["fields in brackets", ["[2025-01-01 10:00:00],ann,[login]", "[2025-01-02 10:00:00],bob,[view]"], ","],
])("finds columns where CSV has %s", (_, lines, delimiter) => {
  expect(detectLayout(lines, "log.csv", {})).toMatchObject({ kind: "delimited", delimiter, fields: 3 });
});

it.each([
  [["INSERT INTO e (user, time) VALUES", "('ann','2025-01-01'),", "('bob','2025-01-02');"], "it holds SQL statements"],
  [["INSERT IGNORE INTO e VALUES ('ann','2025-01-01');"], "it holds SQL statements"],
  [['["ann","2025-01-01"],', '["bob","2025-01-02"],'], "its lines are JSON arrays with text between them"],
])("refuses %j", (lines, reason) => {
  expect(() => detectLayout(lines, "log.sql", {})).toThrow(reason);
});
