import type { DuckDBConnection, DuckDBMaterializedResult } from "@duckdb/node-api";
import * as z from "zod";
import { bucketCount } from "#churn/action.ts";
import { type HistoryColumns, historiesIn } from "#churn/history-columns.ts";
import type { UserHistory } from "#churn/user-history.ts";
import { readRows } from "../../connections/duckdb/read.ts";
import type { UnreadableRows } from "../../unreadable-rows.ts";
import type { DayRange, HistoryRange } from "../action-store.ts";
import { type Actions, type ReadRows, RowReader, readActions, rowsOf } from "./history-rows.ts";
import { inNumbers, placeBits, readNumbersOf, readUserIds } from "./user-numbers.ts";

/**
 * Streams histories in the order of ActionStore.histories, those of many users at a time. Must run in a transaction of
 * its own, so that they reflect one state of the database.
 */
export async function* historyColumns(
  connection: DuckDBConnection,
  range: HistoryRange,
  unreadable: UnreadableRows,
): AsyncGenerator<HistoryColumns> {
  const actions = await readActions(connection);
  const from = range.fromBucket ?? 0;
  const before = range.beforeBucket ?? bucketCount;
  const step = await bucketsAtATime(connection);
  // As they lie after a first roll-up; a later one adds rows behind them, which is found out by reading.
  let isOrdered = true;
  let begun = from;
  const nextSlice = (): Slice | undefined => {
    if (begun >= before) return undefined;
    // A small one first, as who uses them waits for it.
    const end = Math.min(before, begun + (begun === from ? Math.ceil(step / 4) : step));
    const users = inNumbers({ fromBucket: begun, beforeBucket: end });
    const where = `${users} AND ${dayFilter(range)}`;
    begun = end;
    const rows = readSlice(connection, users, isOrdered ? asStored(where) : sorted(where, users));
    // Its failure is thrown where it is awaited, which may be never.
    rows.catch(() => undefined);
    return { where, users, isSorted: !isOrdered, rows };
  };
  let next = nextSlice();
  while (next !== undefined) {
    const current: Slice = next;
    const rows = await current.rows;
    // DuckDB reads the next slice while this one is used.
    next = nextSlice();
    const stored = await read(rows, actions);
    if (current.isSorted || stored.isAscending) {
      yield soundColumns(stored, unreadable);
      continue;
    }
    isOrdered = false;
    // A connection has one query at a time.
    await next?.rows;
    const result = await connection.run(sorted(current.where, current.users));
    yield soundColumns(await read({ ...rows, result }, actions), unreadable);
  }
}

interface Slice {
  /** SQL for its rows in `user_days`, and for those of its users in `user_numbers`. */
  readonly where: string;
  readonly users: string;
  readonly isSorted: boolean;
  readonly rows: Promise<SliceRows>;
}

interface SliceRows {
  readonly userIds: ReadonlyMap<number, string>;
  readonly result: DuckDBMaterializedResult;
}

async function readSlice(connection: DuckDBConnection, users: string, sql: string): Promise<SliceRows> {
  const userIds = await readUserIds(connection, users);
  return { userIds, result: await connection.run(sql) };
}

/** The same, one user at a time. */
export async function* histories(
  connection: DuckDBConnection,
  range: HistoryRange,
  unreadable: UnreadableRows,
): AsyncGenerator<UserHistory> {
  for await (const columns of historyColumns(connection, range, unreadable)) yield* historiesIn(columns);
}

/** The histories of these users; a user without one is left out. */
export async function historiesOf(
  connection: DuckDBConnection,
  userIds: readonly string[],
  range: DayRange,
  unreadable: UnreadableRows,
): Promise<Map<string, UserHistory>> {
  const actions = await readActions(connection);
  const found = new Map<string, UserHistory>();
  const userIdsByNumber = await readNumbersOf(connection, userIds);
  if (userIdsByNumber.size === 0) return found;
  const users = `number IN (${[...userIdsByNumber.keys()]})`;
  const result = await connection.run(sorted(`${users} AND ${dayFilter(range)}`, users));
  const rows = await read({ userIds: userIdsByNumber, result }, actions);
  for (const history of historiesIn(soundColumns(rows, unreadable))) found.set(history.userId, history);
  return found;
}

/** The rows that a condition selects, by bucket, user, day and name of the action; `users` selects the rows of their users in `user_numbers`. */
function sorted(where: string, users: string): string {
  return rowsOf(`
    SELECT number, day, action, count, value FROM user_days
    LEFT JOIN (SELECT action, row_number() OVER (ORDER BY name) AS rank FROM action_names) USING (action)
    LEFT JOIN (SELECT number, row_number() OVER (ORDER BY number >> ${placeBits}, user_id) AS user_rank FROM user_numbers WHERE ${users}) USING (number)
    WHERE ${where} ORDER BY user_rank, number, day, rank`);
}

/** The same rows in the order in which they are stored, which takes a quarter of the time. */
function asStored(where: string): string {
  return rowsOf(`SELECT number, day, action, count, value FROM user_days WHERE ${where}`);
}

async function read({ userIds, result }: SliceRows, actions: Actions): Promise<ReadRows> {
  const reader = new RowReader(result.rowCount, userIds, actions);
  for (let chunk = await result.fetchChunk(); chunk !== null; chunk = await result.fetchChunk()) {
    if (chunk.rowCount === 0) break;
    reader.add(chunk);
  }
  return reader.end();
}

/** The histories of the users of whom every row can be read; the others are left out. */
function soundColumns({ columns, left }: ReadRows, unreadable: UnreadableRows): HistoryColumns {
  leaveOut(columns, left, unreadable);
  return left.size === 0 ? columns : withoutUsers(columns, left);
}

function leaveOut({ userIds, starts }: HistoryColumns, left: ReadonlySet<number>, unreadable: UnreadableRows): void {
  const fault = "user, day or name of the action is empty";
  const nameless = [...left].filter((user) => userIds[user] === "");
  const known = userIds.length - nameless.length;
  const rows = nameless.reduce((sum, user) => sum + (starts[user + 1] ?? 0) - (starts[user] ?? 0), 0);
  // Nobody knows how many users these rows are of: they count as many as if each had the average number of rows.
  const lost = Math.ceil(rows / (((starts.at(-1) ?? 0) - rows) / known || 1));
  unreadable.hasRead(known + lost);
  for (const user of left)
    if (userIds[user] !== "") unreadable.leaveOut(() => ({ place: "user_days", userId: userIds[user] }), fault);
  if (lost > 0) unreadable.leaveOut(() => ({ place: "user_days" }), fault, lost);
}

/** The histories of the other users. */
function withoutUsers({ names, ...columns }: HistoryColumns, left: ReadonlySet<number>): HistoryColumns {
  const { userIds, starts, days, actions, counts, values } = columns;
  const kept = [...userIds.keys()].filter((user) => !left.has(user));
  const rows = kept.flatMap((user) => {
    const from = starts[user] ?? 0;
    return Array.from({ length: (starts[user + 1] ?? from) - from }, (_, i) => from + i);
  });
  const newStarts = [0];
  for (const user of kept) newStarts.push((newStarts.at(-1) ?? 0) + (starts[user + 1] ?? 0) - (starts[user] ?? 0));
  return {
    names,
    userIds: kept.map((user) => userIds[user] ?? ""),
    starts: Uint32Array.from(newStarts),
    days: Int32Array.from(rows, (row) => days[row] ?? 0),
    actions: Int32Array.from(rows, (row) => actions[row] ?? 0),
    counts: Float64Array.from(rows, (row) => counts[row] ?? 0),
    values: Float64Array.from(rows, (row) => values[row] ?? 0),
  };
}

/** How many buckets to read at a time so that sorting fits in memory: about a quarter of a million user-days. */
async function bucketsAtATime(connection: DuckDBConnection): Promise<number> {
  const [row] = await readRows(await connection.run("SELECT count(*)::DOUBLE FROM user_days"), z.tuple([z.number()]));
  const slices = Math.ceil((row?.[0] ?? 0) / 250_000);
  return Math.max(1, Math.ceil(bucketCount / Math.max(1, slices)));
}

function dayFilter({ from, before }: DayRange): string {
  return [from === undefined ? [] : `day >= ${from}`, before === undefined ? [] : `day < ${before}`, "true"]
    .flat()
    .join(" AND ");
}
