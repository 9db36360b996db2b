import { DuckDBInstance } from "@duckdb/node-api";
import { expect, it } from "vitest";
import * as z from "zod";
import { readTime } from "#churn/intake/read-time.ts";
import { isoForms } from "#churn/intake/time-forms.ts";
import { timeSql } from "./time-sql.ts";

it("reads texts that differ from a plain time by one or two characters as HTTP does", async () => {
  const plain = "2024-01-31T23:59:58.123Z";
  const characters = [..."0123456 9+-.:TZ/e\t\n\f"];
  const near = new Set([plain, "2016-12-31T23:59:60.000Z"]);
  const changed = (text: string, at: number) =>
    characters.map((character) => text.slice(0, at) + character + text.slice(at + 1));
  for (let at = 0; at < plain.length; at++)
    for (const one of changed(plain, at)) for (const two of changed(one, (at + 1) % plain.length)) near.add(two);
  // Blanks at the ends are taken off before.
  const texts = [...near].filter((text) => text === text.trim());

  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run("CREATE TABLE texts (t VARCHAR)");
  const appender = await connection.createAppender("texts");
  for (const text of texts) {
    appender.appendVarchar(text);
    appender.endRow();
  }
  appender.closeSync();
  const sql = timeSql("t", { forms: isoForms, epoch: undefined, toUtc: (local) => `epoch_ms(${local})` });
  const result = await connection.run(`SELECT t, (${sql})::DOUBLE FROM texts`);
  const read = z.array(z.tuple([z.string(), z.number().nullable()])).parse(await result.getRowsJS());
  connection.closeSync();
  instance.closeSync();
  // Times before 1970 are refused by both, and rounded to a millisecond each in its own way.
  const known = (time: number | null | undefined) => Math.max(time ?? Number.NaN, 0);
  const differing = read.filter(([text, time]) => !Object.is(known(time), known(readTime(text))));
  expect(differing.map(([text, time]) => [text, time, readTime(text)])).toEqual([]);
  expect(read.filter(([, time]) => time !== null).length).toBeGreaterThan(500);
});
