/**
 * Writes the log of the Open University's students (OULAD) as a CSV of one user for each student of each course, whose days
 * are dates: the file has days of the course, which began at the beginning of a month.
 *
 *     npx tsx test/experiments/students.ts oulad_events.csv.gz > students.csv
 *     npx lapse backtest students.csv --churn-days 60 --churn-action unregister --test 2014-04-02..2014-11-30 --test-step 242
 *
 * With --silence, for `lapse backtest` without --churn-action, nobody unregisters, which is no activity, and the course begins with the
 * day 0 rather than 1, as where students who fall silent were first counted.
 */
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { type Day, formatDay, parseDay } from "#churn/day.ts";

export interface StudentRow {
  /** Course, presentation and student. */
  readonly student: string;
  readonly day: Day;
  readonly action: string;
  readonly score: string;
}

const starts = new Map([
  ["2013B", "2013-02-01"],
  ["2013J", "2013-10-01"],
  ["2014B", "2014-02-01"],
  ["2014J", "2014-10-01"],
]);

/** The rows of a file `oulad_events.csv.gz`, where this day is the first of the month in which a course began. */
export async function studentRows(file: string, first: 0 | 1): Promise<StudentRow[]> {
  const text = gunzipSync(await readFile(file)).toString();
  const [, ...lines] = text.trim().split(/\r?\n/);
  return lines.map((line) => {
    const [course, presentation = "", id, day, action = "", score = ""] = line.split(",");
    const start = parseDay(starts.get(presentation) ?? "") ?? Number.NaN;
    return { student: `${course}/${presentation}/${id}`, day: start + Number(day) - first, action, score };
  });
}

/** A log that lapse reads like any other. */
export function studentsCsv(rows: readonly StudentRow[]): string {
  const lines = rows.map(({ student, day, action, score }) => `${student},${formatDay(day)},${action},${score}`);
  return `${["user,date,action,score", ...lines].join("\n")}\n`;
}

/** The rows of students who are judged by whether they fall silent. */
export async function silenceRows(file: string): Promise<StudentRow[]> {
  return (await studentRows(file, 0)).filter(({ action }) => action !== "unregister");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { values, positionals } = parseArgs({ options: { silence: { type: "boolean" } }, allowPositionals: true });
  const [file = "oulad_events.csv.gz"] = positionals;
  process.stdout.write(studentsCsv(await (values.silence === true ? silenceRows(file) : studentRows(file, 1))));
}
