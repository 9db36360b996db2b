import * as z from "zod";
import type { Assignment, MeasuredOutcome } from "#churn/campaign/campaign.ts";
import { InvalidInput } from "#churn/failure.ts";
import { textLimits } from "#churn/intake/text.ts";
import { formatCounted } from "#pages/format.ts";
import { assignmentsIn } from "#stores/campaigns/duckdb/assignments.ts";
import { everyRow } from "#stores/unreadable-rows.ts";
import { chooseTimeReading } from "../../log/load/choose-time.ts";
import { nameIn } from "../../log/load/in-file.ts";
import { openEveryRow } from "../../log/load/open-every-row.ts";
import { faults } from "../../log/load/stage.ts";
import type { LogOptions } from "../../log/options.ts";
import { timeSql } from "../../log/reading/time-sql.ts";
import { columnName, type Records } from "../../log/records/records.ts";
import type { Scratch } from "../../log/scratch.ts";
import { literal } from "../../log/sql/literal.ts";
import { isForbiddenSql, isTooLongSql, tidySql } from "../../log/sql/text-sql.ts";
import { type ArmOptions, chooseArms } from "./arms.ts";
import { readCovariate, readOutcome, type Unread } from "./cells.ts";
import { type ColumnOptions, chooseExperimentColumns, type ExperimentColumns, tellsControl } from "./columns.ts";

export interface ExperimentOptions extends ColumnOptions, ArmOptions {
  /** How the file is written. */
  readonly file: LogOptions;
  /** Which way is good, of each outcome by its column, and of all others; by its name where absent. */
  readonly good: ReadonlyMap<string, "more" | "less">;
  readonly goodOfAll?: "more" | "less" | undefined;
}

/** An experiment that was run elsewhere. */
export interface Experiment {
  readonly outcomes: readonly MeasuredOutcome[];
  readonly covariates: readonly string[];
  readonly sizes: { readonly treatment: number; readonly control: number };
  readonly startsAt: number;
  readonly lastAssignedAt: number;
  /** Whether it is known when users were assigned; otherwise today stands for it. */
  readonly isTimed: boolean;
  /** How it was read and what was left out, in sentences. */
  readonly notes: readonly string[];
  /** Streams the users in the order of the file. */
  assignments(): AsyncIterable<Assignment>;
}

/**
 * Reads a file of users with their arms, with the time of assignment and outcomes where it has them, into `scratch`. Every
 * row becomes a user or is told as left out. Throws NotFound or InvalidInput, with a message for the user.
 */
export async function readExperiment(
  path: string,
  options: ExperimentOptions,
  now: number,
  scratch: Scratch,
): Promise<Experiment> {
  const records = await openEveryRow(path, options.file, scratch);
  const columns = chooseExperimentColumns(records, options);
  const notes = [...records.notes, describeColumns(records, columns)];
  await stageTexts(records, columns, scratch);
  const arms = await armsIn(records, columns, options, scratch);
  notes.push(...arms.notes);
  const time = await timeOf(records, columns, options, now, scratch);
  notes.push(...time.notes, ...(await untimed(records, columns, time.sql, scratch)));

  const outcomes = [];
  for (const [i, column] of columns.outcomes.entries()) {
    const name = columnName(records, column);
    outcomes.push(await readOutcome(name, `outcome_${i}`, options.good.get(name) ?? options.goodOfAll, scratch));
  }
  const covariates = [];
  for (const [i, column] of columns.covariates.entries())
    covariates.push(...(await readCovariate(columnName(records, column), `covariate_${i}`, scratch)));
  const before = {
    score: columns.score === undefined ? undefined : (await readCovariate("score", "score", scratch))[0]?.sql,
    value: columns.value === undefined ? undefined : (await readCovariate("value", "value", scratch))[0]?.sql,
  };
  const list = (cells: readonly { readonly sql: string }[]) =>
    cells.length === 0 ? "[]::DOUBLE[]" : `[${cells.map(({ sql }) => sql).join(", ")}]`;
  const texts = [...arms.arms].map(([text, arm]) => `WHEN arm = ${literal(text)} THEN ${literal(arm)}`);
  await scratch.run(`
    CREATE OR REPLACE TABLE users AS SELECT row, user_id, ${userFault} AS user_fault, CASE ${texts.join(" ")} END AS arm, ${timeOfAll(time.sql, columns, now)} AS assigned,
      ${before.score ?? "NULL::DOUBLE"} AS probability, ${before.value ?? "NULL::DOUBLE"} AS value,
      ${list(covariates)} AS covariates, ${list(outcomes)} AS outcomes FROM rows WHERE fault IS NULL;
    CREATE OR REPLACE TABLE in_both AS SELECT user_id FROM users WHERE arm IS NOT NULL AND user_fault IS NULL GROUP BY user_id HAVING count(DISTINCT arm) > 1;
    CREATE OR REPLACE TABLE assigned AS SELECT * FROM users ANTI JOIN in_both USING (user_id)
      WHERE user_fault IS NULL AND arm IS NOT NULL AND assigned IS NOT NULL
        AND coalesce(probability BETWEEN 0 AND 1, true)
      QUALIFY row_number() OVER (PARTITION BY user_id ORDER BY assigned, row) = 1`);
  const counts = await countRows(scratch);
  if (counts.treatment === 0 || counts.control === 0)
    throw new InvalidInput(
      `${path} has ${formatCounted(counts.treatment, "user")} in treatment and ${counts.control.toLocaleString("en")} in control: both are needed. ${[...notes, ...leftOut(counts)].join(" ")}`,
    );
  return {
    outcomes: outcomes.map(({ outcome }) => outcome),
    covariates: covariates.map(({ name }) => name),
    sizes: { treatment: counts.treatment, control: counts.control },
    startsAt: counts.first,
    lastAssignedAt: counts.last,
    isTimed: columns.time !== undefined || options.assignedAt !== undefined,
    notes: [
      ...notes,
      ...leftOut(counts),
      ...outcomes.flatMap(({ outcome, unread }) => unreadNote(outcome.name, unread)),
    ],
    assignments: () => stream(scratch),
  };
}

/** What keeps a tidy text from being a user, by the rule of src/churn/intake; NULL where it is one. */
const userFault = `CASE WHEN user_id IS NULL THEN 'without a user'
  WHEN ${isTooLongSql("user_id", textLimits.user_id)} THEN 'with a user longer than ${textLimits.user_id} characters'
  WHEN contains(user_id, chr(65533)) THEN ${literal(`of which the user ${faults.notUtf8}`)}
  WHEN ${isForbiddenSql("user_id")} THEN 'with a user that holds control characters' END`;

/** Copies the columns into the table `rows`, as tidy text; users are numbered where no column names them. */
async function stageTexts(records: Records, columns: ExperimentColumns, scratch: Scratch): Promise<void> {
  const named: [name: string, column: number | undefined][] = [
    ["user_id", columns.user],
    ["arm", columns.arm],
    ["time", columns.time],
    ["score", columns.score],
    ["value", columns.value],
    ...columns.outcomes.map((column, i): [string, number] => [`outcome_${i}`, column]),
    ...columns.covariates.map((column, i): [string, number] => [`covariate_${i}`, column]),
  ];
  const sources: number[] = [];
  const selected = named.map(([name, column]) => {
    if (column === undefined) return `NULL::VARCHAR AS ${name}`;
    sources.push(column);
    const text = tidySql(`c${sources.length - 1}`);
    // "None" and "NA" stand for nothing in a log, but may be an arm.
    return `${name === "arm" ? `coalesce(${text}, nullif(trim(c${sources.length - 1}), ''))` : text} AS ${name}`;
  });
  const user = columns.user === undefined ? "'row ' || (row_number() OVER ())::VARCHAR" : "user_id";
  await scratch.run(
    `CREATE OR REPLACE TABLE rows AS SELECT row_number() OVER () AS row, * REPLACE (${user} AS user_id)
     FROM (SELECT fault, ${selected.join(", ")} FROM (${records.select(sources)}))
     WHERE coalesce(NOT starts_with(fault, '-'), true)`,
  );
}

async function armsIn(records: Records, { arm }: ExperimentColumns, options: ArmOptions, scratch: Scratch) {
  const values = await scratch.rows(
    "SELECT arm, count(*)::DOUBLE FROM rows WHERE fault IS NULL AND arm IS NOT NULL GROUP BY arm ORDER BY count(*) DESC, arm LIMIT 1000",
    z.tuple([z.string(), z.number()]),
  );
  return chooseArms(
    values.map(([text, rows]) => ({ text, rows })),
    options,
    tellsControl(columnName(records, arm)),
  );
}

async function timeOf(
  records: Records,
  { user, arm, time }: ExperimentColumns,
  { file, assignedAt, fromLog }: ExperimentOptions,
  now: number,
  scratch: Scratch,
): Promise<{ sql: string; notes: readonly string[] }> {
  if (time !== undefined) {
    const columns = { user: user ?? arm, time, action: undefined, value: undefined, id: undefined, passive: undefined };
    const { reading, notes } = await chooseTimeReading(
      [{ records, columns }],
      nameIn(records, time),
      file,
      now,
      scratch,
    );
    return { sql: `(${timeSql("time", reading)})::DOUBLE`, notes: [...notes, `Times are read as ${reading.name}.`] };
  }
  if (assignedAt === undefined && fromLog === true)
    throw new InvalidInput(
      "Outcomes are read from the actions after the assignment, and no column says when that was: name one with --time, or give the day with --assigned-at.",
    );
  if (assignedAt !== undefined) return { sql: `${assignedAt}::DOUBLE`, notes: [] };
  const today =
    "No column says by its name when users were assigned, and today stands for it: name one with --time, or give the day with --assigned-at.";
  return { sql: `${now}::DOUBLE`, notes: [today] };
}

/**
 * Where outcomes came with the file, a user whose time is not known is as good as any other: controls often have none, as nothing was
 * sent to them. They count as assigned with the last.
 */
function timeOfAll(sql: string, columns: ExperimentColumns, now: number): string {
  return columns.outcomes.length === 0 ? sql : `coalesce(${sql}, max(${sql}) OVER (), ${now}::DOUBLE)`;
}

/** What is said of rows whose time is not known, where that leaves no one out: of empty ones, and of those that cannot be read. */
async function untimed(
  records: Records,
  { outcomes, time }: ExperimentColumns,
  sql: string,
  scratch: Scratch,
): Promise<string[]> {
  if (outcomes.length === 0 || time === undefined) return [];
  const [empty, unread, text, row] = await scratch.row(
    `SELECT count(*) FILTER (time IS NULL)::DOUBLE, count(time)::DOUBLE,
       left(min_by(time, row) FILTER (time IS NOT NULL), 60), (min(row) FILTER (time IS NOT NULL))::DOUBLE
     FROM rows WHERE fault IS NULL AND (${sql}) IS NULL`,
    z.tuple([z.number(), z.number(), z.string().nullable(), z.number().nullable()]),
  );
  const notes: string[] = [];
  if (empty === 1) notes.push("1 row has no time: its user counts as assigned with the last.");
  if (empty > 1)
    notes.push(`${empty.toLocaleString("en")} rows have no time: their users count as assigned with the last.`);
  const name = columnName(records, time);
  if (unread === 1)
    notes.push(
      `1 time of ${name} cannot be read, "${text}" in row ${row}: this user counts as assigned with the last.`,
    );
  if (unread > 1)
    notes.push(
      `${unread.toLocaleString("en")} times of ${name} cannot be read, such as "${text}" in row ${row}: these users count as assigned with the last.`,
    );
  return notes;
}

interface Counts {
  readonly treatment: number;
  readonly control: number;
  readonly first: number;
  readonly last: number;
  /** Rows that are no users, by what is wrong: how many, and the first of them. */
  readonly left: readonly { readonly reason: string; readonly rows: number; readonly first: number }[];
}

async function countRows(scratch: Scratch): Promise<Counts> {
  const [treatment, control, first, last] = await scratch.row(
    `SELECT count(*) FILTER (arm = 'treatment')::DOUBLE, count(*) FILTER (arm = 'control')::DOUBLE,
       coalesce(min(assigned), 0), coalesce(max(assigned), 0) FROM assigned`,
    z.tuple([z.number(), z.number(), z.number(), z.number()]),
  );
  const left = await scratch.rows(
    `SELECT reason, count(*)::DOUBLE, min(row)::DOUBLE FROM (
       SELECT row, CASE WHEN user_fault IS NOT NULL THEN user_fault WHEN arm IS NULL THEN 'of no arm' WHEN assigned IS NULL THEN 'with a time that cannot be read'
         WHEN NOT coalesce(probability BETWEEN 0 AND 1, true) THEN 'with a score that is no probability'
         WHEN user_id IN (FROM in_both) THEN 'of users who are in both arms'
         WHEN row NOT IN (SELECT row FROM assigned) THEN 'of a user who stands in the file more than once: the first assignment counts' END AS reason FROM users
       UNION ALL SELECT row, 'that ' || rtrim(fault, '.') FROM rows WHERE fault IS NOT NULL)
     WHERE reason IS NOT NULL GROUP BY reason ORDER BY count(*) DESC`,
    z.tuple([z.string(), z.number(), z.number()]),
  );
  return {
    ...{ treatment, control, first, last },
    left: left.map(([reason, rows, firstRow]) => ({ reason, rows, first: firstRow })),
  };
}

function leftOut({ left }: Counts): string[] {
  return left.map(({ reason, rows, first }) =>
    rows === 1
      ? `Left out: 1 row ${reason} (row ${first}).`
      : `Left out: ${formatCounted(rows, "row")} ${reason} (the first is row ${first}).`,
  );
}

function unreadNote(name: string, unread: Unread | undefined): string[] {
  if (unread === undefined) return [];
  const { texts, example } = unread;
  return [
    texts === 1
      ? `1 text of ${name} cannot be read, ${example}: this outcome is not known.`
      : `${texts.toLocaleString("en")} texts of ${name} cannot be read, such as ${example}: these outcomes are not known.`,
  ];
}

function describeColumns(records: Records, columns: ExperimentColumns): string {
  const name = (column: number) => columnName(records, column);
  const parts = [
    columns.user === undefined ? "each row → a user" : `${name(columns.user)} → user`,
    `${name(columns.arm)} → arm`,
    ...(columns.time === undefined ? [] : [`${name(columns.time)} → time of assignment`]),
    ...(columns.score === undefined ? [] : [`${name(columns.score)} → score`]),
    ...(columns.value === undefined ? [] : [`${name(columns.value)} → value before`]),
    ...(columns.outcomes.length === 0
      ? ["outcomes from the actions"]
      : [`${columns.outcomes.map(name).join(", ")} → outcome`]),
    ...(columns.covariates.length === 0 ? [] : [`${columns.covariates.map(name).join(", ")} → known before`]),
  ];
  const read = [columns.user, columns.arm, columns.time, columns.score, columns.value];
  const unread = Array.from({ length: records.width }, (_, column) => column).filter(
    (column) => ![...read, ...columns.outcomes, ...columns.covariates].includes(column),
  );
  const shown = unread.slice(0, mostUnread).map(name).join(", ");
  const others = unread.length === 0 ? "" : ` Not read: ${shown}${unread.length > mostUnread ? ", …" : ""}.`;
  return `${parts.join("; ")}.${others}`;
}

/** Columns that are named as not read; of these files some have hundreds. */
const mostUnread = 12;

async function* stream(scratch: Scratch): AsyncGenerator<Assignment> {
  const result = await scratch.connection.stream(
    "SELECT user_id, arm, floor(assigned)::DOUBLE, probability, value, covariates, outcomes FROM assigned ORDER BY row",
  );
  yield* assignmentsIn(result, "", everyRow);
}
