import * as z from "zod";
import type { Action } from "#churn/action.ts";
import type { BucketRange } from "#churn/buckets.ts";
import type { Day } from "#churn/day.ts";
import type { HistoryColumns } from "#churn/history-columns.ts";
import { isPassive } from "#churn/passive.ts";
import type { UserHistory } from "#churn/user-history.ts";
import type { DuckDbDatabase } from "../../connections/duckdb/database.ts";
import { readRows } from "../../connections/duckdb/read.ts";
import type { DuckDbSession } from "../../connections/duckdb/session.ts";
import { mostDays } from "../../unreadable-rows.ts";
import type {
  ActionFrequency,
  ActionStore,
  AppendOutcome,
  DayRange,
  Erased,
  HistoryRange,
  LogExtent,
  RollUp,
  StagedOutcome,
  UsersBefore,
} from "../action-store.ts";
import { extentOf } from "../extent-of.ts";
import { readActionNames } from "./action-names.ts";
import { ActionAppender, type AppenderOptions } from "./append.ts";
import { dropMonthsBefore, eraseUsers, freeDropped } from "./erase.ts";
import { histories, historiesOf, historyColumns } from "./histories.ts";
import { rollUp } from "./roll-up.ts";
import { createActionTables } from "./schema.ts";
import { inNumbers } from "./user-numbers.ts";

/** Actions in a DuckDB file: for one process, and as many actions as its disk holds. */
export class DuckDbActionStore implements ActionStore {
  readonly #database: DuckDbDatabase;
  readonly #appender: ActionAppender;
  readonly #rollUps: DuckDbSession;
  readonly #reads: DuckDbSession;

  private constructor(
    database: DuckDbDatabase,
    appender: ActionAppender,
    rollUps: DuckDbSession,
    reads: DuckDbSession,
  ) {
    this.#database = database;
    this.#appender = appender;
    this.#rollUps = rollUps;
    this.#reads = reads;
  }

  /** The actions in `database`, whose tables are created if missing. */
  static async open(database: DuckDbDatabase, options: AppenderOptions): Promise<DuckDbActionStore> {
    const appends = await database.session();
    const lastBatch = await appends.transaction("open the actions", async (connection) => {
      await createActionTables(connection);
      // The last batch may have been erased, but its number still marks what is rolled up.
      const result = await connection.run("SELECT greatest(batch, (SELECT max(batch) FROM actions)) FROM rolled_up");
      return (await readRows(result, z.tuple([z.int()])))[0]?.[0] ?? 0;
    });
    const appender = await ActionAppender.open(appends, lastBatch, options);
    return new DuckDbActionStore(database, appender, await database.session(), await database.session());
  }

  async append(actions: readonly Action[]): Promise<readonly AppendOutcome[]> {
    return this.#appender.append(actions);
  }

  appendStaged(file: string, mostContradicting?: number): Promise<StagedOutcome> {
    return this.#appender.appendStaged(file, mostContradicting);
  }

  rollUp(): Promise<RollUp> {
    return this.#rollUps.transaction("roll up actions", (connection) => rollUp(connection));
  }

  async extent(passive?: readonly string[], range: BucketRange = {}): Promise<LogExtent | undefined> {
    const own = `${await this.#ownDays(passive)} AND ${inNumbers(range)}`;
    const days = await this.#read(
      `SELECT day, sum(count)::DOUBLE FROM user_days WHERE ${own} AND abs(day) <= ${mostDays} GROUP BY day`,
      z.tuple([z.int(), z.number()]),
    );
    const [users] = await this.#read(
      `SELECT count(DISTINCT number)::DOUBLE FROM user_days WHERE ${own}`,
      z.tuple([z.number()]),
    );
    return extentOf(
      users?.[0] ?? 0,
      days.map(([day, actions]) => ({ day, actions })),
    );
  }

  async actionFrequencies(passive?: readonly string[]): Promise<readonly ActionFrequency[]> {
    const rows = await this.#read(
      `SELECT name, users, actions FROM (
         SELECT action, count(DISTINCT number)::DOUBLE AS users, sum(count)::DOUBLE AS actions
         FROM user_days WHERE ${await this.#ownDays(passive)} GROUP BY action)
       JOIN action_names USING (action) ORDER BY users DESC, name`,
      z.tuple([z.string(), z.number(), z.number()]),
    );
    return rows.map(([action, users, count]) => ({ action, users, count }));
  }

  async usersBefore(day: Day, passive?: readonly string[]): Promise<UsersBefore> {
    // Both are counted from the same pairs, which takes two thirds of the time of looking for them twice.
    const rows = await this.#read(
      `WITH pairs AS MATERIALIZED (
         SELECT DISTINCT action, number FROM user_days WHERE ${await this.#ownDays(passive)} AND day < ${day})
       SELECT NULL AS name, count(DISTINCT number)::DOUBLE AS users, true AS of_all FROM pairs
       UNION ALL SELECT name, users, false FROM (SELECT action, count(*)::DOUBLE AS users FROM pairs GROUP BY action)
       JOIN action_names USING (action) ORDER BY users DESC, name`,
      z.union([z.tuple([z.null(), z.number(), z.literal(true)]), z.tuple([z.string(), z.number(), z.literal(false)])]),
    );
    return {
      users: rows.find(([, , isOfAll]) => isOfAll)?.[1] ?? 0,
      actions: rows.flatMap(([action, users]) => (action === null ? [] : [{ action, users }])),
    };
  }

  histories(range: HistoryRange = {}): AsyncIterable<UserHistory> {
    return this.#database.stream(
      "read histories",
      (connection, unreadable) => histories(connection, range, unreadable),
      range,
    );
  }

  historyColumns(range: HistoryRange = {}): AsyncIterable<HistoryColumns> {
    return this.#database.stream(
      "read histories",
      (connection, unreadable) => historyColumns(connection, range, unreadable),
      range,
    );
  }

  historiesOf(userIds: readonly string[], range: DayRange = {}): Promise<ReadonlyMap<string, UserHistory>> {
    return this.#reads.transaction("read histories", (connection, unreadable) =>
      historiesOf(connection, userIds, range, unreadable),
    );
  }

  erase(userIds: readonly string[]): Promise<Erased> {
    // In the session of roll-ups, so as not to run during one.
    return this.#rollUps.transaction("erase users", (connection) => eraseUsers(connection, userIds));
  }

  async dropMonthsBefore(day: Day): Promise<Erased> {
    const dropped = await this.#rollUps.transaction("drop months", (connection) => dropMonthsBefore(connection, day));
    await this.#rollUps.run("free what was dropped", freeDropped);
    return dropped;
  }

  async close(): Promise<void> {
    await Promise.all([this.#appender.close(), this.#rollUps.close(), this.#reads.close()]);
  }

  /** SQL for the user-days of actions that are not passive by their names. */
  async #ownDays(passive: readonly string[] = []): Promise<string> {
    if (passive.length === 0) return "true";
    const names = await this.#reads.run("read the actions", readActionNames);
    const numbers = names.flatMap(([name, number]) => (isPassive(name, passive) ? [number] : []));
    return numbers.length === 0 ? "true" : `action NOT IN (${numbers})`;
  }

  #read<Row>(sql: string, row: z.ZodType<Row>): Promise<Row[]> {
    return this.#reads.run("read the actions", async (connection) => readRows(await connection.run(sql), row));
  }
}
