import * as z from "zod";
import type { Day } from "#churn/day.ts";
import { StoreDamaged } from "./failures.ts";
import {
  type LeftOutListener,
  mostNamedDocuments,
  type UnreadableDocuments,
  type UnreadableName,
  unreadableName,
} from "./unreadable-documents.ts";

/** How rows are read that may not be readable. */
export type RowReading = Pick<UnreadableRows, "attempt">;

/** Of rows that were just made none may be left out. */
export const everyRow: RowReading = { attempt: (_name, read) => read() };

/** A column of a row holds what no row of lapse holds there. */
export class UnreadableValue extends Error {}

/**
 * The rows, documents or lines that one piece of work leaves out because lapse cannot read them: one of them must not stop the work for all others.
 * They are told of together when it ends.
 */
export class UnreadableRows {
  #read = 0;
  #leftOut = 0;
  /** The first of them. */
  readonly #named: UnreadableName[] = [];
  /** What is wrong with the very first. */
  #problem = "";

  /** Reads one row; undefined if its content is refused, and then it is left out. */
  attempt<Row>(name: () => UnreadableName, read: () => Row): Row | undefined {
    this.#read += 1;
    try {
      return read();
    } catch (error) {
      // Anything else is a defect of ours, or a failure of the database.
      if (!(error instanceof z.ZodError) && !(error instanceof UnreadableValue)) throw error;
      this.leaveOut(name, error instanceof z.ZodError ? z.prettifyError(error) : error.message);
      return undefined;
    }
  }

  /**
   * Leaves out what has been read without an attempt. `problem` holds no values of it. `rows` are counted, and not their names: many
   * may have none.
   */
  leaveOut(name: () => UnreadableName, problem: string, rows = 1): void {
    if (this.#leftOut === 0) this.#problem = problem.replaceAll(/\s+/g, " ");
    if (this.#named.length < mostNamedDocuments) this.#named.push(name());
    this.#leftOut += rows;
  }

  /** Counts rows that were read without an attempt of their own. */
  hasRead(rows: number): void {
    this.#read += rows;
  }

  /**
   * To be called at the end of work on all that there is, by every store. Throws StoreDamaged if more than a small share of it is
   * left out: its result would pass for that of all, with most missing.
   */
  requireMost(purpose: string, { onLeftOut }: LeftOutListener = {}): void {
    const [first] = this.#named;
    if (first === undefined) return;
    if (this.#leftOut <= mostLeftOut || this.#leftOut <= mostShareLeftOut * this.#read) {
      onLeftOut?.(this.#leftOut);
      return;
    }
    // It goes into logs, which name users in a field of their own only.
    const { userId: _, ...name } = first;
    throw new StoreDamaged(
      `Could not ${purpose}: ${this.#leftOut.toLocaleString("en")} of ${this.#read.toLocaleString("en")} documents or rows cannot be read, such as one in ${unreadableName(name)} (${this.#problem}). Restore the data from a backup.`,
    );
  }

  /** `purpose` is that of the work, such as "read features". */
  tell(purpose: string, ...listeners: readonly (((rows: UnreadableDocuments) => void) | undefined)[]): void {
    if (this.#leftOut === 0) return;
    const told = { purpose, documents: this.#leftOut, named: this.#named, problem: this.#problem };
    for (const listener of listeners) listener?.(told);
  }
}

/** A handful of damaged rows stops nothing, however few there are besides. */
const mostLeftOut = 10;
const mostShareLeftOut = 0.05;

/** The value of a column that is never empty; the row cannot be read if it is, or if it is no finite number. */
export function present<Value>(value: Value | null, column: string): Value {
  if (value === null) throw new UnreadableValue(`${column} is empty`);
  return finite(value, column) ?? value;
}

/** The value of a column of days. */
export function aDay(value: number | null, column: string): Day {
  const day = present(value, column);
  if (Math.abs(day) > mostDays) throw new UnreadableValue(`${column} is not a day`);
  return day;
}

/** The last day of which there is a date. */
export const mostDays = 1e8;

/** The value of a column that may be empty; the row cannot be read if it is no finite number. */
export function finite<Value>(value: Value | null, column: string): Value | undefined {
  if (typeof value === "number" && !Number.isFinite(value)) throw new UnreadableValue(`${column} is not a number`);
  return value ?? undefined;
}
