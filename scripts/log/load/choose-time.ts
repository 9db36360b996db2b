import { InvalidInput } from "#churn/failure.ts";
import { type ColumnChoice, present } from "../columns/choose-columns.ts";
import type { LogOptions } from "../options.ts";
import { givenReading, possibleReadings, type TimeReading } from "../reading/time-reading.ts";
import type { ColumnSource, Records } from "../records/records.ts";
import type { Scratch } from "../scratch.ts";
import { chooseTimes, isConstantPerUser } from "./evidence.ts";
import { inFile, nameIn } from "./in-file.ts";
import type { Columns, PlannedFile } from "./plan.ts";

export interface ChosenTime {
  readonly column: ColumnSource;
  readonly notes: readonly string[];
}

/** The first column of times that is not one and the same for each user. */
export async function chooseTimeColumn(
  records: readonly Records[],
  choice: ColumnChoice,
  options: LogOptions,
  scratch: Scratch,
): Promise<ChosenTime> {
  const [first] = records;
  const [likeliest, ...others] = choice.times;
  if (first === undefined || likeliest === undefined) throw new TypeError("A choice of columns has a time");
  // Of the only one it is told when all rows are read, which costs no further look at them.
  if (others.length === 0) return { column: likeliest, notes: [] };
  const constant: ColumnSource[] = [];
  for (const column of choice.times) {
    const columns = { ...choice, time: column };
    const files = records.map((own): PlannedFile => ({ records: own, columns: inFile(columns, first, own) }));
    if (!(await isConstantPerUser(files, (file) => file.columns.time, scratch))) {
      const notes = constant.map(
        (one) =>
          `${nameIn(first, one)} is the same in all rows of a user, so ${nameIn(first, column)} is used as the time of the action.`,
      );
      return { column, notes };
    }
    constant.push(column);
  }
  return { column: likeliest, notes: [constantNote(nameIn(first, likeliest), options)] };
}

/** What is said where no column of times changes for a user. */
export function constantNote(name: string, { time }: LogOptions): string {
  const flag = time === undefined ? " If another column holds the time of the action, name it with --time." : "";
  return `${name} is the same in all rows of a user: is it the time of the action?${flag}`;
}

export async function chooseTimeReading(
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
