import { DOUBLE, INTEGER, VARCHAR } from "@duckdb/node-api";
import type { Action } from "#churn/action.ts";
import { pause } from "#runtime/pause.ts";
import { appendTo, type Column, chunksOf } from "#stores/connections/duckdb/append.ts";
import { finishActions } from "../log/load/finish.ts";
import { dateSql, idHalvesSql, stagedContentSql } from "../log/load/stage.ts";
import type { Scratch } from "../log/scratch.ts";

/**
 * Makes the table `actions` of generated actions, as an import of files does (see `stage`): identities are hashed by DuckDB, and
 * nothing is checked action by action. No user does two things at the same moment, so that none of them repeats another. `onDay` is
 * told after each day how many actions there are.
 */
export async function stageGenerated(
  days: Iterable<readonly Action[]>,
  scratch: Scratch,
  onDay: (actions: number) => void,
): Promise<void> {
  const [users, names] = [new Places(), new Places()];
  // Numbers in place of texts, which are slow to write.
  const columns: readonly Column<Action>[] = [
    ["user_number", INTEGER, ({ userId }) => users.of(userId)],
    ["name_number", INTEGER, ({ action }) => names.of(action)],
    ["time", DOUBLE, ({ time }) => time],
    // NULL is slow as well.
    ["value", DOUBLE, ({ value }) => value ?? Number.NaN],
  ];
  await scratch.run(`CREATE TABLE drawn (${columns.map(([name, type]) => `${name} ${type}`).join(", ")})`);
  const appender = await scratch.connection.createAppender("drawn");
  let batch: Action[] = [];
  let count = 0;
  const write = () => {
    for (const chunk of chunksOf(batch, columns)) appender.appendDataChunk(chunk);
    batch = [];
  };
  for (const actions of days) {
    for (const action of actions) batch.push(action);
    count += actions.length;
    onDay(count);
    if (batch.length < leastActions) continue;
    write();
    await pause();
  }
  write();
  appender.closeSync();
  await writePlaces("users", "user_id", users, scratch);
  await writePlaces("names", "action", names, scratch);
  await scratch.run(`
    CREATE VIEW staged AS
    SELECT *, ${idHalvesSql(`md5_number(${stagedContentSql})`)}, ${dateSql("time")} FROM (
      SELECT drawn.rowid AS row, NULL::VARCHAR AS reason, user_id, action, time::BIGINT AS time,
        if(isnan(value), NULL, value) AS value, NULL::VARCHAR AS event_id, false AS passive
      FROM drawn JOIN users ON users.number = user_number JOIN names ON names.number = name_number)`);
  await finishActions(scratch, false);
}

/** Actions that are written at once: some ten chunks. */
const leastActions = 20_000;

/** Numbers texts from 0 in the order in which they come. */
class Places {
  readonly #places = new Map<string, number>();

  of(text: string): number {
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    this.#places.set(text, this.#places.size);
    return this.#places.size - 1;
  }

  entries(): readonly (readonly [text: string, place: number])[] {
    return [...this.#places];
  }
}

async function writePlaces(table: string, name: string, places: Places, scratch: Scratch): Promise<void> {
  const columns: readonly Column<readonly [string, number]>[] = [
    [name, VARCHAR, ([text]) => text],
    ["number", INTEGER, ([, place]) => place],
  ];
  await scratch.run(`CREATE TABLE ${table} (${name} VARCHAR, number INTEGER)`);
  await appendTo(scratch.connection, table, undefined, chunksOf(places.entries(), columns));
}
