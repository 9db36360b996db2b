import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import { type ColumnChoice, chooseColumns, present } from "../columns/choose-columns.ts";
import type { LogOptions } from "../options.ts";
import { type NumberChoice, plainReading } from "../reading/number-reading.ts";
import { givenReading, possibleReadings, type TimeReading } from "../reading/time-reading.ts";
import { type ColumnSource, columnName, type Records } from "../records/records.ts";
import type { Scratch } from "../scratch.ts";
import { chooseNumberReading, chooseTimes, isConstantPerUser, moreForms } from "./evidence.ts";
import { type Columns, defaultAction, type Plan, type PlannedFile } from "./plan.ts";
import { type Contradiction, findRepeats } from "./repeats.ts";
import { type StagedFile, stage } from "./stage.ts";

/** A log that is read to its end and lies in the scratch database. */
export interface StagedLog {
  readonly files: readonly PlannedFile[];
  readonly staged: readonly StagedFile[];
  readonly plan: Plan;
  /** What a user should know of how it was understood, in sentences. */
  readonly notes: readonly string[];
  readonly hasRepeats: boolean;
}

/**
 * Decides what the columns hold and how they are read, by all rows, and stages them. What is decided by the first rows
 * is checked when all are staged; where they say otherwise it is decided anew and staged again, which few logs need.
 */
export async function stageFiles(
  opened: readonly Records[],
  options: LogOptions,
  now: number,
  scratch: Scratch,
): Promise<StagedLog> {
  let records = opened;
  let draft = await draftOf(records, options, now, scratch);
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    const { staged, error } = await stage(draft.files, draft.plan, now, scratch).then(
      (staged) => ({ staged, error: undefined }),
      (error: unknown) => ({ staged: undefined, error }),
    );
    const careful = await readUneven(records, staged);
    if (careful !== undefined) {
      records = careful;
      draft = await draftOf(records, options, now, scratch);
      continue;
    }
    if (staged === undefined) throw error;
    const better = (await correctReadings(draft, options, scratch)) ?? (await correctUsers(draft, scratch));
    if (better !== undefined) {
      draft = better;
      continue;
    }
    const contradiction = await findRepeats(staged, scratch);
    if (contradiction !== undefined && options.id === undefined) {
      draft = withoutId(draft, contradiction);
      continue;
    }
    const [repeats] = await scratch.row("SELECT count(*)::DOUBLE FROM repeats", z.tuple([z.number()]));
    return { ...draft, staged, hasRepeats: repeats > 0 };
  }
  const paths = records.map(({ path }) => path).join(", ");
  throw new InvalidInput(`Cannot read ${paths}: its rows cannot be told apart. Is it damaged?`);
}

const mostAttempts = 10;

interface Draft {
  readonly files: readonly PlannedFile[];
  readonly plan: Plan;
  readonly notes: readonly string[];
}

async function draftOf(
  records: readonly Records[],
  options: LogOptions,
  now: number,
  scratch: Scratch,
): Promise<Draft> {
  const [first] = records;
  if (first === undefined) throw new InvalidInput("There is no file to read.");
  if (first.sample.length === 0 && first.linesRead === asideOf(first))
    throw new InvalidInput(`${first.path} holds no rows, only a header.`);
  const choice = chooseColumns(first, options);
  const notes = [...records.flatMap((one) => one.notes), ...choice.notes];
  const time = await chooseTimeColumn(records, choice, options, scratch);
  notes.push(...time.notes);
  const columns: Columns = { ...choice, time: time.column };
  const files = records.map((own): PlannedFile => ({ records: own, columns: inFile(columns, first, own) }));
  const reading = await chooseTimeReading(files, columns, options, now, scratch);
  notes.push(...reading.notes);
  const numbers = await firstNumbers(files, options, scratch);
  if (numbers.doubt !== undefined) notes.push(`${nameIn(first, columns.value)}: ${numbers.doubt}.`);
  const isWhole = (source: (file: PlannedFile) => number | undefined) =>
    files.every((file) => {
      const column = source(file);
      return column === undefined || present(file.records, column).every((text) => /^\d+(?:\.0+)?$/.test(text));
    }) && files.some((file) => present(file.records, source(file) ?? -1).some((text) => /\.0+$/.test(text)));
  const wholeUsers = isWhole((file) => file.columns.user);
  if (wholeUsers) notes.push(wholeNote(nameIn(first, columns.user)));
  const wholeIds = columns.id !== undefined && isWhole((file) => file.columns.id);
  if (wholeIds) notes.push(wholeNote(nameIn(first, columns.id)));
  return {
    files,
    notes,
    plan: {
      columns,
      time: reading.reading,
      number: numbers.reading,
      wholeUsers,
      wholeIds,
      actionName: options.actionName ?? defaultAction,
    },
  };
}

function wholeNote(name: string): string {
  return `${name} holds whole numbers with a fraction of zeros (12.0): they are taken for the numbers (12).`;
}

function nameIn(records: Records, column: ColumnSource | undefined): string {
  return column === undefined
    ? ""
    : [column]
        .flat()
        .map((one) => columnName(records, one))
        .join(" and ");
}

/** The columns of the first file in another: by name where both have names, else by place. */
function inFile(columns: Columns, first: Records, own: Records): Columns {
  if (own === first) return columns;
  const find = (column: number): number => {
    if (first.names === undefined || own.names === undefined) {
      if (column < own.width) return column;
    } else {
      const name = first.names[column] ?? "";
      const same = own.names[column] === name ? column : own.names.indexOf(name);
      if (same >= 0) return same;
    }
    throw new InvalidInput(
      `Cannot read ${own.path} together with ${first.path}: it has no column ${columnName(first, column)}. Import it by itself.`,
    );
  };
  const optional = (column: number | undefined) => (column === undefined ? undefined : find(column));
  const { time } = columns;
  return {
    user: find(columns.user),
    time: typeof time === "number" ? find(time) : [find(time[0]), find(time[1])],
    action: optional(columns.action),
    value: optional(columns.value),
    id: optional(columns.id),
  };
}

interface ChosenTime {
  readonly column: ColumnSource;
  readonly notes: readonly string[];
}

/** The first column of times that is not one and the same for each user. */
async function chooseTimeColumn(
  records: readonly Records[],
  choice: ColumnChoice,
  options: LogOptions,
  scratch: Scratch,
): Promise<ChosenTime> {
  const [first] = records;
  const [likeliest, ...others] = choice.times;
  if (first === undefined || likeliest === undefined) throw new TypeError("A choice of columns has a time");
  const constant: ColumnSource[] = [];
  for (const column of choice.times) {
    const columns = { ...choice, time: column };
    const files = records.map((own): PlannedFile => ({ records: own, columns: inFile(columns, first, own) }));
    if (!(await isConstantPerUser(files, (file) => file.columns.time, scratch))) {
      const notes = constant.map(
        (one) =>
          `${nameIn(first, one)} is the same in all rows of a user: ${nameIn(first, column)} is taken for the time of the action.`,
      );
      return { column, notes };
    }
    constant.push(column);
  }
  const flag =
    options.time === undefined ? " If another column holds the time of the action, name it with --time." : "";
  return {
    column: likeliest,
    notes: [
      `${nameIn(first, likeliest)} is the same in all rows of a user${others.length > 0 ? ", and so are the other times" : ""}: is it the time of the action?${flag}`,
    ],
  };
}

async function chooseTimeReading(
  files: readonly PlannedFile[],
  columns: Columns,
  options: LogOptions,
  now: number,
  scratch: Scratch,
): Promise<{ reading: TimeReading; notes: readonly string[] }> {
  if (options.timeFormat !== undefined)
    return { reading: givenReading(options.timeFormat, options.timezone), notes: [] };
  const texts = [...new Set(files.flatMap((file) => present(file.records, file.columns.time)))];
  const chosen = await chooseTimes(files, possibleReadings(texts, options.timezone), now, scratch);
  const [first] = files;
  const name = first === undefined ? "" : nameIn(first.records, columns.time);
  if (chosen === undefined)
    throw new InvalidInput(
      `${name} holds no times that can be read. Name another column with --time, or --time-format.`,
    );
  if (chosen.doubt === undefined) return { reading: chosen.reading, notes: [] };
  const example = texts.find((text) => /\d/.test(text)) ?? "";
  const formats = chosen.doubt.map((reading) => `--time-format '${reading.name}'`);
  throw new InvalidInput(
    `Cannot tell day and month apart in ${name} ("${example}"): no day in it is after the 12th. Say which it is with ${formats.join(" or ")}.`,
  );
}

/** Numbers are taken for plain ones where the first rows hold nothing else; all rows decide otherwise. */
async function firstNumbers(
  files: readonly PlannedFile[],
  options: LogOptions,
  scratch: Scratch,
): Promise<NumberChoice> {
  const texts = files.flatMap((file) =>
    file.columns.value === undefined ? [] : present(file.records, file.columns.value),
  );
  const isPlain =
    texts.every((text) => /^[+-]?\d+(?:\.\d+)?$/.test(text)) &&
    !texts.some((text) => /^[+-]?[1-9]\d{0,2}\.\d{3}$/.test(text));
  if (isPlain && options.decimal === undefined) return { reading: plainReading };
  return chooseNumberReading(files, options.decimal, scratch);
}

function asideOf({ setAside }: Records): number {
  return Object.values(setAside).reduce<number>((sum, count) => sum + (count ?? 0), 0);
}

/** Where a quick reading did not see every line, all files read carefully; undefined where it did. */
async function readUneven(
  records: readonly Records[],
  staged: readonly StagedFile[] | undefined,
): Promise<readonly Records[] | undefined> {
  let isUneven = false;
  const careful = await Promise.all(
    records.map(async (own, file) => {
      const rows = staged?.[file]?.rows ?? Number.NaN;
      if (rows + asideOf(own) === own.linesRead || own.carefully === undefined) return own;
      isUneven = true;
      return own.carefully();
    }),
  );
  return isUneven ? careful : undefined;
}

/** Adds what further rows hold: times of other forms, numbers that are written otherwise. */
async function correctReadings(draft: Draft, options: LogOptions, scratch: Scratch): Promise<Draft | undefined> {
  const { plan, files } = draft;
  const [times, numbers] = await scratch.row(
    "SELECT count(*) FILTER (reason = 'the time cannot be read')::DOUBLE, count(unread)::DOUBLE FROM staged",
    z.tuple([z.number(), z.number()]),
  );
  let next: Plan = plan;
  if (times > 0 && !plan.time.isGiven) {
    const unread = await unreadTimes(draft, scratch);
    const reading = moreForms(plan.time, unread, options.timezone);
    if (reading !== undefined) next = { ...next, time: reading };
  }
  if (numbers > 0 && plan.number === plainReading) {
    const { reading } = await chooseNumberReading(files, options.decimal, scratch);
    if (reading !== plainReading) next = { ...next, number: reading };
  }
  return next === plan ? undefined : { ...draft, plan: next };
}

/** Some different texts of the time column that could not be read. */
async function unreadTimes({ files }: Draft, scratch: Scratch): Promise<string[]> {
  const found = await Promise.all(
    files.map((file, index) =>
      scratch.rows(
        `SELECT DISTINCT trim(c0) FROM (SELECT c0, row_number() OVER () - 1 AS k FROM (${file.records.select([file.columns.time])}))
         WHERE c0 IS NOT NULL AND k IN (SELECT rowid - (SELECT min(rowid) FROM staged WHERE file = ${index}) FROM staged
           WHERE file = ${index} AND reason = 'the time cannot be read') LIMIT 500`,
        z.tuple([z.string()]),
      ),
    ),
  );
  return found.flat().map(([text]) => text);
}

/** Ids that are whole numbers, with a fraction of zeros in some rows and without in others, are made one. */
async function correctUsers(draft: Draft, scratch: Scratch): Promise<Draft | undefined> {
  if (draft.plan.wholeUsers) return undefined;
  const [fractions] = await scratch.row(
    "SELECT count(*)::DOUBLE FROM staged WHERE reason IS NULL AND ends_with(user_id, '.0')",
    z.tuple([z.number()]),
  );
  if (fractions === 0) return undefined;
  const [others] = await scratch.row(
    "SELECT count(*)::DOUBLE FROM staged WHERE reason IS NULL AND NOT regexp_full_match(user_id, '\\d+(?:\\.0+)?')",
    z.tuple([z.number()]),
  );
  if (others > 0) return undefined;
  const [first] = draft.files;
  const name = first === undefined ? "" : nameIn(first.records, draft.plan.columns.user);
  return { ...draft, plan: { ...draft.plan, wholeUsers: true }, notes: [...draft.notes, wholeNote(name)] };
}

function withoutId(draft: Draft, { id, lines, ids }: Contradiction): Draft {
  const { plan, files } = draft;
  const [first] = files;
  const name = first === undefined ? "" : nameIn(first.records, plan.columns.id);
  const drop = (columns: Columns): Columns => ({ ...columns, id: undefined });
  const more = ids > 1 ? `, and ${(ids - 1).toLocaleString("en")} more ids` : "";
  return {
    ...draft,
    files: files.map((file) => ({ ...file, columns: drop(file.columns) })),
    plan: { ...plan, columns: drop(plan.columns) },
    notes: [
      ...draft.notes,
      `${name} repeats with other content ("${id}" in lines ${lines
        .slice(0, 2)
        .join(" and ")}${more}): not used as identity. --id ${name} uses it all the same.`,
    ],
  };
}
