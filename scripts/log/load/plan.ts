import type { NumberReading } from "../reading/number-reading.ts";
import type { TimeReading } from "../reading/time-reading.ts";
import type { ColumnSource, Records } from "../records/records.ts";

/** What the columns of a log hold and how each is read: all that is decided before rows become actions. */
export interface Plan {
  readonly columns: Columns;
  readonly time: TimeReading;
  readonly number: NumberReading;
  /** Whether ids that are whole numbers with a fraction of zeros (`12.0`) are taken for the numbers. */
  readonly wholeUsers: boolean;
  readonly wholeIds: boolean;
  /** Whether ids and names are trimmed and judged row by row: once it is known that some have to be. */
  readonly tidies: boolean;
  /** What every row did, where no column says. */
  readonly actionName: string;
}

export interface Columns {
  readonly user: number;
  readonly time: ColumnSource;
  readonly action: number | undefined;
  readonly value: number | undefined;
  readonly id: number | undefined;
  readonly passive: number | undefined;
}

/** A file with the places of the plan's columns in it. */
export interface PlannedFile {
  readonly records: Records;
  readonly columns: Columns;
}

/** What a row did where the log has no column for it. */
export const defaultAction = "action";
