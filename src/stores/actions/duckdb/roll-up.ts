import type { DuckDBConnection } from "@duckdb/node-api";
import * as z from "zod";
import { mostValue } from "#churn/intake/number.ts";
import { readRows } from "../../connections/duckdb/read.ts";
import type { RollUp } from "../action-store.ts";
import { readActionNames } from "./action-names.ts";
import { makeUserBuckets } from "./user-buckets.ts";

/**
 * Recounts every (user, day, action) that has an action of the user's own in a batch after the last roll-up. Must run in a transaction,
 * one at a time: either everything is stored together with its watermark, or nothing. A first one groups about `inPart` actions at a time.
 */
export async function rollUp(connection: DuckDBConnection, inPart = mostInPart): Promise<RollUp> {
  const after = await lastRolledUp(connection);
  // Without one of them, others would be numbered alike, or not at all.
  await readActionNames(connection);
  await connection.run(`
    INSERT INTO action_names
    SELECT row_number() OVER (ORDER BY name) - 1 + (SELECT count(*) FROM action_names), name
    FROM (SELECT DISTINCT action AS name FROM actions WHERE batch > ${after} AND NOT passive) WHERE name NOT IN (SELECT name FROM action_names)`);
  const counts = (await isFirst(connection))
    ? await rollUpAll(connection, inPart)
    : await rollUpTouched(connection, after);
  await connection.run("UPDATE rolled_up SET batch = greatest(batch, (SELECT max(batch) FROM actions))");
  return counts;
}

/**
 * How many actions are grouped at a time, so that the memory of a roll-up does not grow with the log: of a first one, which then writes
 * nothing to disk in between, and of others.
 */
const mostInPart = 4_000_000;
const actionsAtATime = 2_000_000;
/** And how many users' ids are sorted: 1.3 million of 37 characters did not fit, though they had two million actions only. */
const mostUsersInPart = 250_000;

/** Whether no user-day is stored yet. */
async function isFirst(connection: DuckDBConnection): Promise<boolean> {
  const [row] = await readRows(
    await connection.run("SELECT count(*)::DOUBLE FROM (FROM user_days LIMIT 1)"),
    z.tuple([z.int()]),
  );
  return row?.[0] === 0;
}

/**
 * In the order of buckets and users, so that user-days lie as histories are read. They are grouped and sorted by one number that
 * stands for user, day and action, which takes three quarters of the time of doing so by the texts.
 */
async function rollUpAll(connection: DuckDBConnection, inPart: number): Promise<RollUp> {
  await makeUserBuckets(connection, "SELECT user_id FROM actions WHERE NOT passive");
  await connection.run(`
    CREATE OR REPLACE TEMP TABLE numbered AS
    SELECT user_id, bucket, row_number() OVER (ORDER BY bucket, user_id)::UBIGINT AS number FROM user_buckets`);
  const [row] = await readRows(
    await connection.run(`
      SELECT count(*)::DOUBLE, coalesce(min(day), 0), coalesce(max(day), 0), (SELECT count(*) FROM numbered)::DOUBLE,
        (SELECT greatest(count(*), 1) FROM action_names)::DOUBLE
      FROM actions WHERE NOT passive`),
    z.tuple([z.number(), z.int(), z.int(), z.number(), z.number()]),
  );
  const [count, firstDay, lastDay, users, names] = row ?? [0, 0, 0, 0, 1];
  const keys: Keys = { firstDay, days: lastDay - firstDay + 1, names };
  const parts = Math.max(1, Math.ceil(count / inPart), Math.ceil(users / mostUsersInPart));
  // Once for all parts; a single part takes less time without.
  await connection.run(`CREATE OR REPLACE TEMP ${parts === 1 ? "VIEW" : "TABLE"} keyed AS ${keyedSql(keys)}`);
  const step = Math.ceil(users / parts);
  let userDays = 0;
  for (let from = 1; from <= users; from += step) {
    const range = { from, before: from + step };
    const inserted = await connection.run(`INSERT INTO user_days ${keyedUserDaysSql(range, keys)}`);
    userDays += inserted.rowsChanged;
  }
  await connection.run(`DROP ${parts === 1 ? "VIEW" : "TABLE"} keyed; DROP TABLE numbered; DROP TABLE user_buckets`);
  return { userDays, users };
}

/** What a number is made of that stands for a user-day. It has 64 bits: enough for 10^8 users, 10^7 days and 10^4 actions. */
interface Keys {
  readonly firstDay: number;
  readonly days: number;
  /** How many names of actions there are. */
  readonly names: number;
}

/** Every action of the users' own as a number and a value; the table `numbered` has the users in the order of histories. */
function keyedSql({ firstDay, days, names }: Keys): string {
  return `
    SELECT (number * ${days} + (day - ${firstDay})::UBIGINT) * ${names} + names.action::UBIGINT AS key, value
    FROM actions JOIN numbered USING (user_id) JOIN action_names names ON names.name = actions.action WHERE NOT passive`;
}

/** The user-days of the users of some numbers in the order of histories. What the number tells is found out once they are sorted. */
function keyedUserDaysSql(range: { from: number; before: number }, { firstDay, days, names }: Keys): string {
  const keyOf = (number: number) => `${BigInt(number) * BigInt(days) * BigInt(names)}::UBIGINT`;
  return `
    WITH grouped AS (SELECT key, ${aggregates} FROM keyed
      WHERE key >= ${keyOf(range.from)} AND key < ${keyOf(range.before)} GROUP BY key),
    named AS (
      SELECT key, bucket, user_id, count, value FROM grouped JOIN numbered ON number = key // ${names} // ${days}
      WHERE number >= ${range.from} AND number < ${range.before} ORDER BY key),
    dated AS (SELECT *, (key // ${names} % ${days})::INTEGER + ${firstDay} AS day FROM named)
    SELECT bucket, user_id, date_diff('month', DATE '1970-01-01', DATE '1970-01-01' + day) AS month, day,
      (key % ${names})::INTEGER AS action, count, value FROM dated`;
}

async function rollUpTouched(connection: DuckDBConnection, after: number): Promise<RollUp> {
  await makeUserBuckets(connection, `SELECT user_id FROM actions WHERE batch > ${after} AND NOT passive`);
  const [row] = await readRows(
    await connection.run("SELECT count(*)::DOUBLE FROM user_buckets"),
    z.tuple([z.number()]),
  );
  const users = row?.[0] ?? 0;
  let userDays = 0;
  // Which months it is takes a look at every action.
  const spans = users === 0 ? [] : await touchedSpans(connection, after);
  for (const span of spans) userDays += await rollUpSpan(connection, span, after);
  await connection.run("DROP TABLE user_buckets");
  return { userDays, users };
}

interface Span {
  /** Months since January 1970, both inclusive. */
  readonly from: number;
  readonly to: number;
  /** Whether any of its user-days are already stored. */
  readonly known: boolean;
}

/** Months with new actions; neighbours are joined up to `actionsAtATime`. */
async function touchedSpans(connection: DuckDBConnection, after: number): Promise<Span[]> {
  const months = await readRows(
    await connection.run(`
      SELECT month, count(*)::DOUBLE, min(batch) <= ${after} FROM actions WHERE NOT passive GROUP BY month
      HAVING max(batch) > ${after} ORDER BY month`),
    z.tuple([z.int(), z.number(), z.boolean()]),
  );
  const spans: Span[] = [];
  let actions = 0;
  for (const [month, count, known] of months) {
    const last = spans.at(-1);
    actions += count;
    if (last && last.to === month - 1 && last.known === known && actions <= actionsAtATime) {
      spans[spans.length - 1] = { ...last, to: month };
    } else {
      spans.push({ from: month, to: month, known });
      actions = count;
    }
  }
  return spans;
}

async function rollUpSpan(connection: DuckDBConnection, span: Span, after: number): Promise<number> {
  const months = `month BETWEEN ${span.from} AND ${span.to}`;
  const userDays = `${userDaysSql(months)} HAVING max(batch) > ${after}`;
  if (!span.known) {
    const inserted = await connection.run(`INSERT INTO user_days ${userDays} ${historyOrder}`);
    return inserted.rowsChanged;
  }
  await connection.run(`CREATE OR REPLACE TEMP TABLE touched AS ${userDays}`);
  await connection.run(`
    DELETE FROM user_days old USING touched
    WHERE old.${months} AND old.user_id = touched.user_id AND old.day = touched.day AND old.action = touched.action`);
  const inserted = await connection.run(`INSERT INTO user_days FROM touched ${historyOrder}`);
  await connection.run("DROP TABLE touched");
  return inserted.rowsChanged;
}

/** The user-days of the actions that a condition selects, of users who have new ones. */
function userDaysSql(where: string): string {
  return `
    SELECT bucket, user_id, month, day, names.action AS action, ${aggregates}
    FROM actions JOIN user_buckets USING (user_id) JOIN action_names names ON names.name = actions.action
    WHERE ${where} AND NOT passive GROUP BY bucket, user_id, month, day, names.action`;
}

// fsum compensates for rounding, so that the sum does not depend on the order of the actions. Values that were stored before
// they had a bound are held to it, because a sum that overflows would end the run for everyone.
const bounded = `CASE WHEN value > ${mostValue} THEN ${mostValue} WHEN value < -${mostValue} THEN -${mostValue} ELSE value END`;
const aggregates = `count(*) AS count, coalesce(fsum(${bounded}), 0) AS value`;

/** A range of buckets is contiguous in it, and so is a user. */
const historyOrder = "ORDER BY bucket, user_id, day, action";

async function lastRolledUp(connection: DuckDBConnection): Promise<number> {
  const [row] = await readRows(await connection.run("SELECT batch FROM rolled_up"), z.tuple([z.int()]));
  if (!row) throw new TypeError("The table rolled_up is empty");
  return row[0];
}
