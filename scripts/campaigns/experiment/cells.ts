import * as z from "zod";
import type { MeasuredOutcome } from "#churn/campaign/campaign.ts";
import { InvalidInput } from "#churn/failure.ts";
import { type NumberReading, numberSql, plainReading } from "../../log/reading/number-reading.ts";
import type { Scratch } from "../../log/scratch.ts";
import { literal } from "../../log/sql/literal.ts";
import { directionOf } from "./columns.ts";

/** SQL for the numbers of a column of texts, and what it counts as. */
export interface Cells {
  readonly kind: MeasuredOutcome["kind"];
  /** SQL for a DOUBLE, NULL for what cannot be read; of the text column `from`. */
  readonly sql: string;
  /** Texts that cannot be read. */
  readonly unread: number;
}

/** Texts of a column that cannot be read: how many, and one of them with its row. */
export interface Unread {
  readonly texts: number;
  readonly example: string;
}

const yes = ["1", "1.0", "true", "t", "yes", "y"];
const no = ["0", "0.0", "false", "f", "no", "n"];

/** How a column of texts of the table `rows` is read as numbers: yes and no, or amounts in any usual writing. */
export async function readCells(column: string, scratch: Scratch): Promise<Cells> {
  const list = (words: readonly string[]) => words.map(literal).join(", ");
  const flag = `CASE WHEN lower(${column}) IN (${list(yes)}) THEN 1::DOUBLE WHEN lower(${column}) IN (${list(no)}) THEN 0::DOUBLE END`;
  const readings: NumberReading[] = [plainReading, { name: "", decimal: "point" }, { name: "", decimal: "comma" }];
  const candidates = [flag, ...readings.map((reading) => numberSql(column, reading))];
  const counts = await scratch.row(
    `SELECT [count(${column})::DOUBLE, ${candidates.map((sql) => `count(${sql})::DOUBLE`).join(", ")}] FROM rows`,
    z.tuple([z.array(z.number())]),
  );
  const [present = 0, flags = 0, ...numbers] = counts[0];
  const best = numbers.indexOf(Math.max(...numbers));
  return flags >= (numbers[best] ?? 0) && flags > 0
    ? { kind: "share", sql: flag, unread: present - flags }
    : { kind: "amount", sql: candidates[best + 1] ?? flag, unread: present - (numbers[best] ?? 0) };
}

/** A column as an outcome. Throws InvalidInput where it holds no numbers or it is not clear which way is good. */
export async function readOutcome(
  name: string,
  column: string,
  good: "more" | "less" | undefined,
  scratch: Scratch,
): Promise<{ readonly outcome: MeasuredOutcome; readonly sql: string; readonly unread: Unread | undefined }> {
  const { kind, sql, unread: texts } = await readCells(column, scratch);
  const unread = texts === 0 ? undefined : { texts, example: await firstUnread(column, sql, scratch) };
  const [present] = await scratch.row(`SELECT count(${column})::DOUBLE FROM rows`, z.tuple([z.number()]));
  if (present === 0) throw new InvalidInput(`${name} is no outcome: it is empty.`);
  if (unread !== undefined && texts > 0.2 * present)
    throw new InvalidInput(
      `${name} is no outcome: ${texts.toLocaleString("en")} of ${present.toLocaleString("en")} texts are neither numbers nor yes or no, such as ${unread.example}.`,
    );
  const direction = good ?? directionOf(name) ?? "either";
  if (direction === "either")
    throw new InvalidInput(
      `Is much of ${name} good, or little? Say it with --outcome '${name}:more' or --outcome '${name}:less'.`,
    );
  return { outcome: { name, kind, good: direction }, sql, unread };
}

async function firstUnread(column: string, sql: string, scratch: Scratch): Promise<string> {
  const [text, row] = await scratch.row(
    `SELECT left(${column}, 60), row::DOUBLE FROM rows WHERE ${column} IS NOT NULL AND (${sql}) IS NULL ORDER BY row LIMIT 1`,
    z.tuple([z.string(), z.number()]),
  );
  return `"${text}" in row ${row}`;
}

export interface Covariate {
  readonly name: string;
  readonly sql: string;
}

/** Most different texts of a column that stands for kinds. */
const mostKinds = 20;

/** A column as covariates: numbers as one, a few kinds as one each but the commonest. Throws InvalidInput for other texts. */
export async function readCovariate(name: string, column: string, scratch: Scratch): Promise<Covariate[]> {
  const { sql, unread } = await readCells(column, scratch);
  const [present] = await scratch.row(`SELECT count(${column})::DOUBLE FROM rows`, z.tuple([z.number()]));
  if (unread <= 0.05 * present) return [{ name, sql }];
  const kinds = await scratch.rows(
    `SELECT ${column} FROM rows WHERE ${column} IS NOT NULL GROUP BY ${column} ORDER BY count(*) DESC, ${column} LIMIT ${mostKinds + 1}`,
    z.tuple([z.string()]),
  );
  if (kinds.length > mostKinds)
    throw new InvalidInput(`${name} is no covariate: it holds neither numbers nor a few kinds.`);
  return kinds.slice(1).map(([kind]) => ({
    name: `${name} ${kind}`,
    sql: `CASE WHEN ${column} IS NOT NULL THEN (${column} = ${literal(kind)})::INTEGER::DOUBLE END`,
  }));
}
