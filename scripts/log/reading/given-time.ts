import { InvalidInput } from "#churn/failure.ts";
import { readTime } from "#churn/intake/read-time.ts";
import { type DateOrder, dateOrders } from "#churn/intake/time-form.ts";
import type { LogOptions } from "../options.ts";
import { givenReading, type TimeReading } from "./time-reading.ts";
import { zoneSql } from "./zone.ts";

/**
 * The reading that the options ask for: by --time-format, or of numbers that count from --epoch. Undefined where the column
 * is to tell, if only within an order; throws InvalidInput for options that say nothing together.
 */
export function readingByOptions({ timeFormat, timezone, epoch, timeUnit }: TimeOptions): TimeReading | undefined {
  if (epoch === undefined) {
    if (timeUnit !== undefined)
      throw new InvalidInput(`--time-unit ${timeUnit} needs --epoch, the date from which the times count.`);
    return timeFormat === undefined || orderByOptions({ timeFormat }) !== undefined
      ? undefined
      : givenReading(timeFormat, timezone);
  }
  if (timeFormat !== undefined) throw new InvalidInput("--epoch and --time-format exclude each other.");
  const start = /^\d{4}-\d{2}-\d{2}/.test(epoch) ? readTime(epoch) : undefined;
  if (start === undefined) throw new InvalidInput(`--epoch ${epoch} is no date such as 2013-02-01.`);
  const unit = timeUnit ?? "day";
  return {
    name: `${unit}s since ${epoch}`,
    isGiven: true,
    forms: [],
    epoch: { start, unit: milliseconds[unit] },
    toUtc: zoneSql(timezone),
  };
}

/** The order of day, month and year that --time-format asks for, where it leaves all else to the column. */
export function orderByOptions({ timeFormat }: Pick<LogOptions, "timeFormat">): DateOrder | undefined {
  return dateOrders.find((order) => order === timeFormat);
}

type TimeOptions = Pick<LogOptions, "timeFormat" | "timezone" | "epoch" | "timeUnit">;

const milliseconds = { day: 86_400_000, hour: 3_600_000, minute: 60_000, second: 1_000 } as const;
