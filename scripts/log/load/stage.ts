import * as z from "zod";
import { flagWords } from "#churn/intake/flag.ts";
import { aheadMilliseconds, earliestMilliseconds } from "#churn/intake/read-time.ts";
import { textLimits } from "#churn/intake/text.ts";
import { actionDeclarations } from "#stores/actions/duckdb/action-columns.ts";
import { numberSql, plainReading } from "../reading/number-reading.ts";
import { timeSql } from "../reading/time-sql.ts";
import type { ColumnSource } from "../records/records.ts";
import type { Scratch } from "../scratch.ts";
import { literal } from "../sql/literal.ts";
import { isAbsentSql, isDirtySql, isForbiddenSql, isTooLongSql, tidySql } from "../sql/text-sql.ts";
import type { Plan, PlannedFile } from "./plan.ts";

/**
 * Why a row became no action, in the words that are shown; a row has the first that applies. The rule is that of
 * src/churn/intake, which HTTP is held to as well.
 */
export const faults = {
  noUser: "has no user",
  noAction: "has no action",
  noTime: "has no time",
  badTime: "the time cannot be read",
  early: "is before 1970-01-02, as of a clock that was never set",
  old: "is older than OLDEST_ACTION allows (by default ten years before the rest of the log)",
  ahead: "is more than a day in the future",
  notText: "the user, the action or the id is neither text nor a whole number",
  tooLong: `the user is longer than ${textLimits.user_id} characters, the action than ${textLimits.action}, or the id than ${textLimits.event_id}`,
  notUtf8: "is not UTF-8 text: name its encoding with --encoding, such as latin-1 or windows-1252",
  badFlag: "whether it is passive is neither true nor false",
  forbidden: "the user, the action or the id holds control characters",
  lostDigits:
    "the user or the id has lost its last digits, as in 7.3853E+17, so that several would be one: export the column as text",
  otherContent: "repeats the id of another line with other content",
} as const;

/**
 * Reads every file into `staged`, a row for each of its rows in their order: row (from 0), file, line, reason (why it is
 * no action; NULL where it is one), user_id, action, time (milliseconds), value, unread (true where the value is no
 * number, false where a plain one has three digits behind its point), event_id, passive, hash (its identity), id_high and id_low (its halves),
 * month and day. `users` then has each user with the number of actions and the first and last of
 * their times. `now` is in milliseconds. The rows lie in `staged_rows` as the embedded store has them, with some columns more.
 */
export async function stage(
  files: readonly PlannedFile[],
  plan: Plan,
  now: number,
  scratch: Scratch,
): Promise<StagedFile[]> {
  const further = furtherColumns(files, plan);
  const kept = further.filter(({ isKept }) => isKept);
  await scratch.run(`
    -- The rows may stay.
    SET force_compression = 'auto';
    CREATE OR REPLACE TABLE staged_rows (${[...actionDeclarations, ...kept.map(({ name, type }) => `${name} ${type}`)].join(", ")});
    CREATE OR REPLACE VIEW staged AS SELECT rowid AS row, ${further
      .map(({ name, type, constant, isKept }) => (isKept ? name : `${constant}::${type} AS ${name}`))
      .join(
        ", ",
      )}, user_id, action, time::BIGINT AS time, value, passive, (id_high::UHUGEINT << 64) | id_low AS hash, id_high, id_low, month, day
    FROM staged_rows`);
  const staged: StagedFile[] = [];
  let firstRow = 0;
  for (const [index, file] of files.entries()) {
    const insert = `INSERT INTO staged_rows BY NAME SELECT 1 AS batch, make_timestamp_ms(${Math.trunc(now)}) AS ingested,
      ${idHalvesSql("hash")}, ${dateSql("dated")}, ${farthest("time")} AS time, user_id, action, value, passive, ${kept.map(({ name }) => name).join(", ")}
      FROM (SELECT *, CASE WHEN reason IS NULL THEN time END AS dated FROM (${rowsSql(index, file, plan, now)}))`;
    await scratch.runLong(insert, index / files.length, (index + 1) / files.length);
    const [last] = await scratch.row(
      "SELECT coalesce(max(rowid) + 1, 0)::DOUBLE FROM staged_rows",
      z.tuple([z.number()]),
    );
    staged.push({ firstRow, rows: last - firstRow, firstLine: file.records.firstLine });
    firstRow = last;
  }
  await gatherUsers(scratch);
  return staged;
}

/** Makes the table `users` of the staged actions. */
export async function gatherUsers(scratch: Scratch): Promise<void> {
  await scratch.run(`CREATE OR REPLACE TABLE users AS
    SELECT user_id, count(*) AS actions, min(time) AS first, max(time) AS last FROM staged WHERE reason IS NULL GROUP BY user_id`);
}

/** SQL for the columns id_high and id_low of an identity, as the embedded store has them. */
export function idHalvesSql(hash: string): string {
  return `(${hash} >> 64)::UBIGINT AS id_high, (${hash} & 18446744073709551615::UHUGEINT)::UBIGINT AS id_low`;
}

/** SQL for the columns month and day of a time in milliseconds. */
export function dateSql(time: string): string {
  return `date_diff('month', DATE '1970-01-01', make_timestamp_ms(${time})::DATE)::INTEGER AS month, (${time} // 86400000)::INTEGER AS day`;
}

/** A time as a DOUBLE that is a whole number: that of a row that is rejected may lie anywhere. */
function farthest(time: string): string {
  const most = 9e15;
  return `CASE WHEN ${time} > ${most}::BIGINT THEN ${most}::BIGINT WHEN ${time} < -${most}::BIGINT THEN -${most}::BIGINT ELSE ${time} END::DOUBLE`;
}

/**
 * The columns of `staged` that the store does not keep. Those that have one value throughout are not written for each of millions of
 * rows.
 */
function furtherColumns(files: readonly PlannedFile[], { columns }: Plan) {
  const column = (name: string, type: string, isKept = true, constant = "NULL") => ({ name, type, isKept, constant });
  return [
    column("file", "USMALLINT", files.length > 1, "0"),
    column(
      "line",
      "BIGINT",
      files.some(({ records }) => records.hasLines),
    ),
    column("reason", "VARCHAR"),
    column("unread", "BOOLEAN", columns.value !== undefined),
    column("event_id", "VARCHAR", columns.id !== undefined),
  ];
}

export interface StagedFile {
  /** The rowid of its first row. */
  readonly firstRow: number;
  readonly rows: number;
  readonly firstLine: number;
}

/** SQL for the line of a staged row. */
export function lineSql(files: readonly StagedFile[]): string {
  const cases = files.map(({ firstRow, firstLine }, file) => `WHEN ${file} THEN row - ${firstRow} + ${firstLine}`);
  return `coalesce(line, CASE file ${cases.join(" ")} END)`;
}

function rowsSql(index: number, { records, columns }: PlannedFile, plan: Plan, now: number): string {
  const used: ColumnSource[] = [];
  const at = (source: ColumnSource | undefined) => (source === undefined ? undefined : used.push(source) - 1);
  const user = at(columns.user);
  const time = at(columns.time);
  const [action, value, id, passive] = [columns.action, columns.value, columns.id, columns.passive].map(at);
  const text = (position: number | undefined, isWhole = false) => {
    if (position === undefined) return "NULL::VARCHAR";
    const tidy = plan.tidies ? tidySql(`c${position}`) : `c${position}`;
    return isWhole ? wholeSql(tidy) : tidy;
  };
  const names = [user, action, id].filter((position) => position !== undefined);
  const untyped = records.isTyped ? names.map((position) => `NOT t${position}`).join(" OR ") : "false";
  return `
    WITH tidy AS (
      SELECT line, fault, ${untyped} AS untyped, ${text(user, plan.wholeUsers)} AS user_id,
        ${action === undefined ? literal(plan.actionName) : text(action)} AS action, ${text(time)} AS t,
        ${text(value)} AS v, ${text(id, plan.wholeIds)} AS event_id, ${passive === undefined ? "NULL::VARCHAR" : tidySql(`c${passive}`)} AS p
      FROM (${records.select(used)})),
    read AS (
      SELECT *, ${timeSql("t", plan.time)} AS time, ${value === undefined ? "NULL::DOUBLE" : numberSql("v", plan.number)} AS value,
        ${passive === undefined ? "false" : flagSql("p")} AS passive
      FROM tidy),
    judged AS (
      SELECT *, CASE
        WHEN fault IS NOT NULL THEN fault
        WHEN untyped THEN ${literal(faults.notText)}
        WHEN user_id IS NULL THEN ${literal(faults.noUser)}
        WHEN action IS NULL THEN ${literal(faults.noAction)}
        WHEN t IS NULL THEN ${literal(faults.noTime)}
        WHEN time IS NULL THEN ${literal(faults.badTime)}
        WHEN time < ${earliestMilliseconds} THEN ${literal(faults.early)}
        WHEN time > ${now + aheadMilliseconds} THEN ${literal(faults.ahead)}
        WHEN passive IS NULL THEN ${literal(faults.badFlag)}
        ${plan.tidies ? nameFaults("user_id", "action", "event_id") : ""}
      END AS reason FROM read)
    SELECT ${index} AS file, line, reason, user_id, action, time, value,
      CASE WHEN value IS NULL AND v IS NOT NULL THEN true ${plan.number === plainReading && value !== undefined ? "WHEN v LIKE '%.___' THEN false" : ""} END AS unread, event_id, passive, CASE WHEN reason IS NULL THEN ${identitySql} END AS hash
    FROM judged`;
}

/** A whole number as a double of which every digit is kept: with a fraction of zeros, or as R (1e+05) and Java (1.2345678E7) have it. */
const zeroFraction = "(?:[0-9]{1,15}|[0-8][0-9]{15}|900[0-6][0-9]{12})\\.0+";
const powerOfTen = "[1-9](?:\\.[0-9]+)?[eE]\\+(?:0?[0-9]|10)|[1-9]\\.[0-9]+E(?:[0-9]|1[0-5])";

/** Whether a text is a whole number that is written as a double. */
export function isWholeDouble(text: string): string {
  return `regexp_full_match(${text}, ${literal(`${zeroFraction}|${powerOfTen}`)})`;
}

/** The digits of a whole number, where it is written as a double. */
export function wholeSql(text: string): string {
  const number = `TRY_CAST(${text} AS DOUBLE)`;
  return `CASE WHEN regexp_full_match(${text}, ${literal(zeroFraction)}) THEN regexp_replace(${text}, '\\.0+$', '')
    WHEN regexp_full_match(${text}, ${literal(powerOfTen)}) AND ${number} = floor(${number}) THEN ${number}::BIGINT::VARCHAR ELSE ${text} END`;
}

/** What a tidy text says, false where it says nothing; NULL where it is neither true nor false. */
function flagSql(text: string): string {
  const isOf = (words: readonly string[]) => `lower(${text}) IN (${words.map(literal).join(", ")})`;
  return `CASE WHEN ${text} IS NULL OR ${isOf(flagWords.false)} THEN false WHEN ${isOf(flagWords.true)} THEN true END`;
}

/** Conditions of a CASE under which ids and names are refused. */
function nameFaults(user: string, action: string, id: string): string {
  const ownId = `coalesce(${id}, '')`;
  const isAny = (test: (text: string) => string) => [user, action, ownId].map(test).join(" OR ");
  return `
    WHEN ${isTooLongSql(user, textLimits.user_id)} OR ${isTooLongSql(action, textLimits.action)} OR ${isTooLongSql(ownId, textLimits.event_id)} THEN ${literal(faults.tooLong)}
    WHEN ${isAny((text) => `contains(${text}, chr(65533))`)} THEN ${literal(faults.notUtf8)}
    WHEN ${isAny(isForbiddenSql)} THEN ${literal(faults.forbidden)}`;
}

/**
 * Whether texts have to be trimmed and judged one by one. Most logs have none of which that changes anything: they are
 * read without, and each different id and name is looked at once afterwards.
 */
export async function needsTidying({ columns }: Plan, scratch: Scratch): Promise<boolean> {
  const dirty = (column: string, limit: number, from: string) =>
    `OR (SELECT coalesce(bool_or(${isDirtySql("text")} OR ${isAbsentSql("text")} OR strlen(text) > ${limit}), false)
      FROM (SELECT DISTINCT ${column} AS text FROM ${from}))`;
  const [isDirty] = await scratch.row(
    `SELECT EXISTS (FROM staged WHERE reason = ${literal(faults.badTime)} OR unread)
       ${dirty("user_id", textLimits.user_id, "users")}
       ${dirty("action", textLimits.action, "staged")}
       ${columns.id === undefined ? "" : dirty("event_id", textLimits.event_id, "staged")}`,
    z.tuple([z.boolean()]),
  );
  return isDirty;
}

/** The text that the identity of a staged row without an id of its own is the hash of, as src/churn/action.ts has it. */
export const stagedContentSql =
  "concat('c', chr(0), strlen(user_id), chr(0), user_id, chr(0), action, chr(0), time, chr(0), value)";

/** The same of a row that has an id. */
export const stagedIdSql = "concat('e', chr(0), '0', chr(0), chr(0), event_id)";

const identitySql = `md5_number(CASE WHEN event_id IS NULL THEN ${stagedContentSql} ELSE ${stagedIdSql} END)`;
