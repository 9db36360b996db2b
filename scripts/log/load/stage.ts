import * as z from "zod";
import { aheadMilliseconds } from "#churn/intake/read-time.ts";
import { textLimits } from "#churn/intake/text.ts";
import { numberSql } from "../reading/number-reading.ts";
import { timeSql } from "../reading/time-sql.ts";
import type { ColumnSource } from "../records/records.ts";
import type { Scratch } from "../scratch.ts";
import { literal } from "../sql/literal.ts";
import { isDirtySql, isForbiddenSql, isTooLongSql, presentSql, tidySql } from "../sql/text-sql.ts";
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
  early: "is before 1970",
  ahead: "is more than a day in the future",
  notText: "the user or the action is neither text nor a number",
  tooLong: `the user is longer than ${textLimits.user_id} characters, the action than ${textLimits.action}, or the id than ${textLimits.event_id}`,
  notUtf8: "is not UTF-8 text: name its encoding with --encoding, such as latin-1 or windows-1252",
  forbidden: "the user, the action or the id holds control characters",
  otherContent: "repeats the id of another line with other content",
} as const;

/**
 * Reads every file into the table `staged`, a row for each of its rows in their order: file, line, reason (why it is no
 * action; NULL where it is one), user_id, action, time (milliseconds), value, unread (a value that is no number) and
 * event_id. `now` is in milliseconds.
 */
export async function stage(
  files: readonly PlannedFile[],
  plan: Plan,
  now: number,
  scratch: Scratch,
): Promise<StagedFile[]> {
  await scratch.run(`CREATE OR REPLACE TABLE staged (file USMALLINT, line BIGINT, reason VARCHAR, user_id VARCHAR,
    action VARCHAR, time BIGINT, value DOUBLE, unread VARCHAR, event_id VARCHAR, hash UHUGEINT)`);
  const staged: StagedFile[] = [];
  let firstRow = 0;
  for (const [index, file] of files.entries()) {
    await scratch.run(`INSERT INTO staged ${insertSql(index, file, plan, now)}`);
    const [last] = await scratch.row("SELECT coalesce(max(rowid) + 1, 0)::DOUBLE FROM staged", z.tuple([z.number()]));
    staged.push({ firstRow, rows: last - firstRow, firstLine: file.records.firstLine });
    firstRow = last;
  }
  return staged;
}

export interface StagedFile {
  /** The rowid of its first row. */
  readonly firstRow: number;
  readonly rows: number;
  readonly firstLine: number;
}

/** SQL for the staged rows with `row`, their place from 0 on. */
export const stagedRows = "(SELECT *, rowid AS row FROM staged)";

/** SQL for the line of a staged row. */
export function lineSql(files: readonly StagedFile[]): string {
  const cases = files.map(({ firstRow, firstLine }, file) => `WHEN ${file} THEN row - ${firstRow} + ${firstLine}`);
  return `coalesce(line, CASE file ${cases.join(" ")} END)`;
}

function insertSql(index: number, { records, columns }: PlannedFile, plan: Plan, now: number): string {
  const used: ColumnSource[] = [];
  const at = (source: ColumnSource | undefined) => (source === undefined ? undefined : used.push(source) - 1);
  const [user = 0, time = 0, action, value, id] = [
    columns.user,
    columns.time,
    columns.action,
    columns.value,
    columns.id,
  ].map(at);
  const isTyped = records.select([0]).includes("AS t0");
  const names = [user, action, id].filter((position) => position !== undefined);
  const untyped = isTyped ? names.map((position) => `NOT t${position}`) : [];
  const name = (position: number, isWhole = false) => {
    const text = plan.tidies ? tidySql(`c${position}`) : presentSql(`c${position}`);
    return isWhole ? `regexp_replace(${text}, '^(\\d+)\\.0+$', '\\1')` : text;
  };
  // The time and the value of nearly every row are read as they stand; the others are trimmed first.
  const ms = timeSql(`c${time}`, plan.time);
  const n = value === undefined ? "NULL::DOUBLE" : numberSql(`c${value}`, plan.number);
  return `
    WITH rows AS (${records.select(used)}),
    named AS (
      SELECT line, fault, c${time} AS rawtime, ${value === undefined ? "NULL::VARCHAR" : `c${value}`} AS rawvalue,
        ${name(user, plan.wholeUsers)} AS u,
        ${action === undefined ? literal(plan.actionName) : name(action)} AS a,
        ${id === undefined ? "NULL::VARCHAR" : name(id, plan.wholeIds)} AS i,
        ${untyped.length === 0 ? "false" : untyped.join(" OR ")} AS untyped,
        ${ms} AS plainms, ${n} AS plainnumber
      FROM rows),
    read AS (
      SELECT line, fault, u, a, i, untyped,
        CASE WHEN plainms IS NULL AND rawtime IS NOT NULL THEN ${tidySql("rawtime")} ELSE 'read' END AS t,
        CASE WHEN plainnumber IS NULL AND rawvalue IS NOT NULL THEN ${tidySql("rawvalue")} END AS v,
        plainms, plainnumber, rawtime
      FROM named),
    reread AS (
      SELECT line, fault, u, a, i, untyped, nullif(CASE WHEN rawtime IS NULL THEN NULL ELSE t END, '') AS t, v,
        CASE WHEN plainms IS NULL AND t <> 'read' THEN ${timeSql("t", plan.time)} ELSE plainms END AS ms,
        CASE WHEN v IS NOT NULL THEN ${value === undefined ? "NULL::DOUBLE" : numberSql("v", plan.number)} ELSE plainnumber END AS n
      FROM read),
    judged AS (
      SELECT *, CASE
        WHEN fault IS NOT NULL THEN fault
        WHEN untyped THEN ${literal(faults.notText)}
        WHEN u IS NULL THEN ${literal(faults.noUser)}
        WHEN a IS NULL THEN ${literal(faults.noAction)}
        WHEN t IS NULL THEN ${literal(faults.noTime)}
        WHEN ms IS NULL THEN ${literal(faults.badTime)}
        WHEN ms < 0 THEN ${literal(faults.early)}
        WHEN ms > ${now + aheadMilliseconds} THEN ${literal(faults.ahead)}
        ${plan.tidies ? nameFaults("u", "a", "i") : ""}
      END AS reason FROM reread)
    SELECT ${index}, line, reason, u, a, ms, n, CASE WHEN v IS NOT NULL AND n IS NULL THEN v END,
      i, CASE WHEN reason IS NULL THEN ${identitySql} END
    FROM judged`;
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

/** Whether some staged id or name has to be trimmed or refused, which is looked up once for each that occurs. */
export async function needsTidying(scratch: Scratch): Promise<boolean> {
  const dirty = (column: string, limit: number) =>
    `(SELECT coalesce(bool_or(${isDirtySql("text")} OR strlen(text) > ${limit}), false) FROM (SELECT DISTINCT ${column} AS text FROM staged))`;
  const [isDirty] = await scratch.row(
    `SELECT ${dirty("user_id", textLimits.user_id)} OR ${dirty("action", textLimits.action)} OR ${dirty("event_id", textLimits.event_id)}`,
    z.tuple([z.boolean()]),
  );
  return isDirty;
}

/** SQL for the identity of an action as `actionDigest` of src/churn/action.ts computes it. */
const content = "concat('c', chr(0), strlen(u), chr(0), u, chr(0), a, chr(0), ms, chr(0), n)";
const identitySql = `md5_number(CASE WHEN i IS NULL THEN ${content} ELSE concat('e', chr(0), '0', chr(0), chr(0), i) END)`;

/** The text that the identity of a staged row without an id of its own is the hash of. */
export const stagedContentSql =
  "concat('c', chr(0), strlen(user_id), chr(0), user_id, chr(0), action, chr(0), time, chr(0), value)";
