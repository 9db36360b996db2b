import type { DuckDBConnection } from "@duckdb/node-api";
import * as z from "zod";
import { bucketCount } from "#churn/action.ts";
import type { Bounds } from "#churn/buckets.ts";
import { mostValue } from "#churn/intake/number.ts";
import { readRows } from "../../connections/duckdb/read.ts";
import type { RollUp } from "../action-store.ts";
import { readActionNames } from "./action-names.ts";
import { makeUserBuckets } from "./user-buckets.ts";
import { numberUsers, placeBits, placeSql } from "./user-numbers.ts";

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
/** And of how many users at most: their ids, by which actions are joined to numbers, leave less room for grouping at the same time. */
const mostUsersInPart = 250_000;

/** Whether no user-day is stored yet. */
async function isFirst(connection: DuckDBConnection): Promise<boolean> {
  const [row] = await readRows(
    await connection.run("SELECT count(*)::DOUBLE FROM (FROM user_days LIMIT 1)"),
    z.tuple([z.int()]),
  );
  return row?.[0] === 0;
}

/** A log that became the database has brought the numbers of its users, but not those of users who have come since. */
async function rollUpAll(connection: DuckDBConnection, inPart: number): Promise<RollUp> {
  if (await areNumbered(connection)) {
    const { actions, ...counts } = await groupAll(connection, inPart);
    const [row] = await readRows(
      await connection.run("SELECT coalesce(sum(count), 0)::DOUBLE FROM user_days"),
      z.tuple([z.number()]),
    );
    if (row?.[0] === actions) return counts;
    await connection.run("DELETE FROM user_days");
  }
  await makeUserBuckets(connection, "SELECT user_id FROM actions WHERE NOT passive");
  await numberUsers(connection, "user_buckets");
  await connection.run("DROP TABLE user_buckets");
  const { userDays, users } = await groupAll(connection, inPart);
  return { userDays, users };
}

async function areNumbered(connection: DuckDBConnection): Promise<boolean> {
  const result = await connection.run("SELECT EXISTS (FROM user_numbers)");
  return (await readRows(result, z.tuple([z.boolean()])))[0]?.[0] === true;
}

/**
 * Groups all actions of users with a number, in the order of the numbers, so that user-days lie as histories are read. They are grouped and
 * sorted by one number that stands for user, day and action, which takes three quarters of the time of doing so by the texts.
 * `actions` is how many there are of users with a number or without.
 */
async function groupAll(connection: DuckDBConnection, inPart: number): Promise<RollUp & { readonly actions: number }> {
  const [row] = await readRows(
    await connection.run(`
      SELECT count(*)::DOUBLE, coalesce(min(day), 0), coalesce(max(day), 0), (SELECT count(*) FROM user_numbers)::DOUBLE,
        (SELECT coalesce(max(${placeSql}), 0) + 1 FROM user_numbers)::DOUBLE, (SELECT greatest(count(*), 1) FROM action_names)::DOUBLE
      FROM actions WHERE NOT passive`),
    z.tuple([z.number(), z.int(), z.int(), z.number(), z.number(), z.number()]),
  );
  const [actions, firstDay, lastDay, users, places, names] = row ?? [0, 0, 0, 0, 1, 1];
  const keys: Keys = { places, firstDay, days: lastDay - firstDay + 1, names };
  const parts = Math.min(bucketCount, Math.max(1, Math.ceil(actions / inPart), Math.ceil(users / mostUsersInPart)));
  // Once for all parts; a single part takes less time without.
  await connection.run(`CREATE OR REPLACE TEMP ${parts === 1 ? "VIEW" : "TABLE"} keyed AS ${keyedSql(keys)}`);
  const step = Math.ceil(bucketCount / parts);
  let userDays = 0;
  for (let from = 0; from < bucketCount; from += step) {
    const inserted = await connection.run(
      `INSERT INTO user_days ${keyedUserDaysSql({ from, before: from + step }, keys)}`,
    );
    userDays += inserted.rowsChanged;
  }
  await connection.run(`DROP ${parts === 1 ? "VIEW" : "TABLE"} keyed`);
  return { userDays, users, actions };
}

/** What a key is made of that stands for a user-day. It has at most 64 bits: enough for 10^8 users, 10^7 days and 10^4 actions. */
interface Keys {
  /** How many places of users the fullest bucket has. */
  readonly places: number;
  readonly firstDay: number;
  readonly days: number;
  /** How many names of actions there are. */
  readonly names: number;
}

/** The least key of a bucket. */
function firstKey(bucket: number, { places, days, names }: Keys): bigint {
  return [bucket, places, days, names].map(BigInt).reduce((a, b) => a * b);
}

/** Most logs need half of the bits, in which keys are sorted and told apart in less time. */
function typeOf(keys: Keys): "UINTEGER" | "UBIGINT" {
  return firstKey(bucketCount, keys) <= 2n ** 32n ? "UINTEGER" : "UBIGINT";
}

/** Every action of the users' own as a key, in the order of numbers, days and actions, and a value. */
function keyedSql(keys: Keys): string {
  const { places, firstDay, days, names } = keys;
  const type = typeOf(keys);
  // What a user and a name add to a key is found out once of each, and not of each action.
  return `
    SELECT of_user + (day - ${firstDay})::${type} * ${names} + of_name AS key, value
    FROM actions
    JOIN (SELECT user_id, (((number >> ${placeBits})::UBIGINT * ${places} + ${placeSql}) * ${days * names})::${type} AS of_user FROM user_numbers)
      USING (user_id)
    JOIN (SELECT name, action::${type} AS of_name FROM action_names) names ON names.name = actions.action
    WHERE NOT passive`;
}

/** The user-days of the users of some buckets, in their order. What a key tells is found out once they are sorted. */
function keyedUserDaysSql(buckets: Bounds, keys: Keys): string {
  const { places, firstDay, days, names } = keys;
  const isAll = buckets.from === 0 && buckets.before >= bucketCount;
  const where = isAll ? "" : `WHERE key >= ${firstKey(buckets.from, keys)} AND key < ${firstKey(buckets.before, keys)}`;
  return `
    WITH grouped AS (SELECT key, ${aggregates} FROM keyed ${where} GROUP BY key ORDER BY key),
    placed AS (SELECT *, key // ${names * days} AS place FROM grouped)
    SELECT (((place // ${places})::UBIGINT << ${placeBits}) + place % ${places})::UINTEGER AS number, (key // ${names} % ${days})::INTEGER + ${firstDay} AS day,
      (key % ${names})::INTEGER AS action, count, value FROM placed`;
}

async function rollUpTouched(connection: DuckDBConnection, after: number): Promise<RollUp> {
  await makeUserBuckets(connection, `SELECT user_id FROM actions WHERE batch > ${after} AND NOT passive`);
  const [row] = await readRows(
    await connection.run("SELECT count(*)::DOUBLE FROM user_buckets"),
    z.tuple([z.number()]),
  );
  const users = row?.[0] ?? 0;
  await numberUsers(connection, "user_buckets");
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
  const userDays = `${userDaysSql(`month BETWEEN ${span.from} AND ${span.to}`)} HAVING max(batch) > ${after}`;
  if (!span.known) {
    const inserted = await connection.run(`INSERT INTO user_days ${userDays} ${historyOrder}`);
    return inserted.rowsChanged;
  }
  await connection.run(`CREATE OR REPLACE TEMP TABLE touched AS ${userDays}`);
  await connection.run(`
    DELETE FROM user_days old USING touched
    WHERE old.day BETWEEN (SELECT min(day) FROM touched) AND (SELECT max(day) FROM touched)
      AND old.number = touched.number AND old.day = touched.day AND old.action = touched.action`);
  const inserted = await connection.run(`INSERT INTO user_days FROM touched ${historyOrder}`);
  await connection.run("DROP TABLE touched");
  return inserted.rowsChanged;
}

/** The user-days of the actions that a condition selects, of users who have new ones. */
function userDaysSql(where: string): string {
  return `
    SELECT number, day, names.action AS action, ${aggregates}
    FROM actions JOIN (FROM user_numbers SEMI JOIN user_buckets USING (user_id)) USING (user_id)
    JOIN action_names names ON names.name = actions.action
    WHERE ${where} AND NOT passive GROUP BY number, day, names.action`;
}

// fsum compensates for rounding, so that the sum does not depend on the order of the actions. Values that were stored before
// they had a bound are held to it, because a sum that overflows would end the run for everyone.
const bounded = `CASE WHEN value > ${mostValue} THEN ${mostValue} WHEN value < -${mostValue} THEN -${mostValue} ELSE value END`;
const aggregates = `count(*)::UINTEGER AS count, coalesce(fsum(${bounded}), 0) AS value`;

/** A range of buckets is contiguous in it, and so is a user. */
const historyOrder = "ORDER BY number, day, action";

async function lastRolledUp(connection: DuckDBConnection): Promise<number> {
  const [row] = await readRows(await connection.run("SELECT batch FROM rolled_up"), z.tuple([z.int()]));
  if (!row) throw new TypeError("The table rolled_up is empty");
  return row[0];
}
