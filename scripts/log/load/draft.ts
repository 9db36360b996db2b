import { InvalidInput } from "#churn/failure.ts";
import { chooseColumns } from "../columns/choose-columns.ts";
import { present, type Table } from "../columns/table.ts";
import type { LogOptions } from "../options.ts";
import { type NumberChoice, plainReading } from "../reading/number-reading.ts";
import type { Records } from "../records/records.ts";
import type { Scratch } from "../scratch.ts";
import { chooseTimeColumn, chooseTimeReading } from "./choose-time.ts";
import { chooseNumberReading, isConstant, isFilled } from "./evidence.ts";
import { absentNotes, inFile, nameIn, spellingNotes, tableOf } from "./in-file.ts";
import { lostHalfNotes } from "./lost-half.ts";
import { type Columns, defaultAction, type Plan, type PlannedFile } from "./plan.ts";

/** A plan before all rows have been read by it. */
export interface Draft {
  readonly files: readonly PlannedFile[];
  /** What the files hold together; the columns of the plan are its own. */
  readonly table: Table;
  readonly plan: Plan;
  /** Columns that may be the ids if that of the plan turns out to be none. */
  readonly otherIds: readonly number[];
  /** Whether all numbers were looked at to tell how they are written, and not only the first. */
  readonly areNumbersCounted: boolean;
  readonly notes: readonly string[];
}

/** Decides what the columns hold, by their names and the first rows, and by all of them where the first do not tell. */
export async function draftOf(
  records: readonly Records[],
  options: LogOptions,
  now: number,
  scratch: Scratch,
): Promise<Draft> {
  const [first] = records;
  if (first === undefined) throw new InvalidInput("There is no file to read.");
  if (records.every((own) => own.sample.length === 0 && own.linesRead === asideOf(own)))
    throw new InvalidInput(`${first.path} holds no rows, only a header.`);
  const table = tableOf(records);
  const choice = await chooseColumns(table, options, {
    isFilled: (column) => isFilled(records, table, column, scratch),
    isConstant: (column) => isConstant(records, table, column, scratch),
  });
  const notes = [...records.flatMap((one) => one.notes), ...choice.notes];
  const [id, ...otherIds] = choice.ids;
  const time = await chooseTimeColumn(records, table, { ...choice, id }, options, scratch);
  notes.push(...time.notes);
  const columns: Columns = { ...choice, id, time: time.column };
  const files = records.map((own): PlannedFile => ({ records: own, columns: inFile(columns, table, own) }));
  notes.push(...absentNotes(columns, table, files), ...spellingNotes(columns, table, files));
  const reading = await chooseTimeReading(files, nameIn(table, columns.time), options, now, scratch);
  notes.push(...reading.notes, ...(await lostHalfNotes(files, nameIn(table, columns.time), scratch)));
  const numbers = await firstNumbers(files, options, scratch);
  if (numbers.doubt !== undefined) notes.push(`${nameIn(table, columns.value)}: ${numbers.doubt}.`);
  const isWhole = (source: (file: PlannedFile) => number | undefined) =>
    files.every((file) => {
      const column = source(file);
      return column === undefined || present(file.records, column).every((text) => /^\d+(?:\.0+)?$/.test(text));
    }) && files.some((file) => present(file.records, source(file) ?? -1).some((text) => /\.0+$/.test(text)));
  const wholeUsers = isWhole((file) => file.columns.user);
  if (wholeUsers) notes.push(wholeNote(nameIn(table, columns.user)));
  const wholeIds = columns.id !== undefined && isWhole((file) => file.columns.id);
  if (wholeIds) notes.push(wholeNote(nameIn(table, columns.id)));
  return {
    files,
    table,
    otherIds,
    areNumbersCounted: numbers.isCounted,
    notes,
    plan: {
      columns,
      time: reading.reading,
      number: numbers.reading,
      wholeUsers,
      wholeIds,
      tidies: false,
      actionName: options.actionName ?? defaultAction,
    },
  };
}

/** What is said where whole numbers with a fraction are ids. */
export function wholeNote(name: string): string {
  return `${name} has whole numbers written as 12.0: they are read as 12.`;
}

/** Numbers are taken for plain ones where the first rows hold nothing else; all rows decide otherwise. */
async function firstNumbers(
  files: readonly PlannedFile[],
  options: LogOptions,
  scratch: Scratch,
): Promise<NumberChoice & { readonly isCounted: boolean }> {
  const texts = files.flatMap((file) =>
    file.columns.value === undefined ? [] : present(file.records, file.columns.value),
  );
  const isPlain =
    texts.every((text) => /^[+-]?\d+(?:\.\d+)?$/.test(text)) &&
    !texts.some((text) => /^[+-]?[1-9]\d{0,2}\.\d{3}$/.test(text));
  if (isPlain && options.decimal === undefined) return { reading: plainReading, isCounted: false };
  return { ...(await chooseNumberReading(files, options.decimal, scratch)), isCounted: true };
}

/** Lines that are not among the rows. */
export function asideOf({ setAside }: Records): number {
  return Object.values(setAside).reduce<number>((sum, count) => sum + (count ?? 0), 0);
}
