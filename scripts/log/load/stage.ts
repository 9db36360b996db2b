import * as z from "zod";
import { aheadMilliseconds } from "#churn/intake/read-time.ts";
import { textLimits } from "#churn/intake/text.ts";
import { numberSql } from "../reading/number-reading.ts";
import { timeSql } from "../reading/time-sql.ts";
import type { ColumnSource } from "../records/records.ts";
import type { Scratch } from "../scratch.ts";
import { literal } from "../sql/literal.ts";
import { isDirtySql, isForbiddenSql, isTooLongSql, tidySql } from "../sql/text-sql.ts";
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
  forbidden: "the user, the action or the id holds control characters or is not UTF-8 text (see --encoding)",
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
  const [user, time, action, value, id] = [columns.user, columns.time, columns.action, columns.value, columns.id].map(
    at,
  );
  const isTyped = records.select([0]).includes("AS t0");
  const column = (position: number | undefined) => (position === undefined ? undefined : `c${position}`);
  const whole = (text: string, isWhole: boolean) =>
    isWhole ? `regexp_replace(${text}, '^(\\d+)\\.0+$', '\\1')` : text;
  const notText = isTyped
    ? [user, action, id].flatMap((position) => (position === undefined ? [] : [`NOT t${position}`]))
    : [];
  const texts = {
    user: column(user) ?? "NULL",
    action: column(action),
    id: column(id),
  };
  const dirty = [texts.user, texts.action, texts.id].filter((text) => text !== undefined).map(isDirtySql);
  return `
    WITH rows AS (${records.select(used)}),
    tidy AS (
      SELECT line, fault,
        ${whole(tidySql(texts.user), plan.wholeUsers)} AS u,
        ${texts.action === undefined ? literal(plan.actionName) : tidySql(texts.action)} AS a,
        ${tidyTime(column(time) ?? "NULL")} AS t,
        ${value === undefined ? "NULL::VARCHAR" : `nullif(${tidySql(`c${value}`)}, '')`} AS v,
        ${texts.id === undefined ? "NULL::VARCHAR" : whole(tidySql(texts.id), plan.wholeIds)} AS i,
        (${dirty.join(" OR ")}) AS dirty, ${notText.length === 0 ? "false" : notText.join(" OR ")} AS untyped
      FROM rows),
    read AS (
      SELECT *, CASE WHEN fault IS NULL THEN ${timeSql("t", plan.time)} END AS ms, ${value === undefined ? "NULL::DOUBLE" : numberSql("v", plan.number)} AS n
      FROM tidy),
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
        WHEN ${isTooLongSql("u", textLimits.user_id)} OR ${isTooLongSql("a", textLimits.action)} OR ${isTooLongSql("coalesce(i, '')", textLimits.event_id)} THEN ${literal(faults.tooLong)}
        WHEN dirty AND (${isForbiddenSql("u")} OR ${isForbiddenSql("a")} OR coalesce(${isForbiddenSql("i")}, false)) THEN ${literal(faults.forbidden)}
      END AS reason FROM read)
    SELECT ${index}, line, reason, u, a, ms, n, CASE WHEN v IS NOT NULL AND n IS NULL THEN v END,
      i, CASE WHEN reason IS NULL THEN ${identitySql} END
    FROM judged`;
}

/** Times are tried as they stand first; only what has blanks around it is trimmed. */
function tidyTime(text: string): string {
  return tidySql(text);
}

/** SQL for the identity of an action as `actionDigest` of src/churn/action.ts computes it. */
const content = "concat('c', chr(0), strlen(u), chr(0), u, chr(0), a, chr(0), ms, chr(0), n)";
const identitySql = `md5_number(CASE WHEN i IS NULL THEN ${content} ELSE concat('e', chr(0), '0', chr(0), chr(0), i) END)`;

/** The text that the identity of a staged row without an id of its own is the hash of. */
export const stagedContentSql =
  "concat('c', chr(0), strlen(user_id), chr(0), user_id, chr(0), action, chr(0), time, chr(0), value)";
