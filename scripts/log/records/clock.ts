import { literal } from "../sql/literal.ts";

/**
 * How a column of times of day is written: as a clock shows them (09:30, 9:30 PM), in digits (093000, 930), as seconds of the
 * day, or as its hours. "days" are seconds as well, behind days that count from 1970.
 */
export type ClockWriting = "clock" | "HHmmss" | "HHmm" | "hours" | "seconds" | "days";

/** What databases write behind a date that has no time of day. */
const midnight = "[T ]00:00(?::00(?:[.,]0+)?)?(?: ?(?:Z|UTC|GMT))?$";
const midnightPattern = new RegExp(midnight);

/** A date without its midnight: what stands before a time of day of another column. */
export function datePart(text: string): string {
  return text.replace(midnightPattern, "");
}

/** The parts of a date as one text; empty where one is absent. */
export function partsText(year: string, month: string, day: string): string {
  return [year, month, day].includes("") ? "" : `${year}-${month}-${day}`;
}

/** `partsText` in SQL, which is NULL where that is empty. */
export function partsSql(...parts: readonly [year: string, month: string, day: string]): string {
  return parts.map((part) => `nullif(trim(${part}), '')`).join(" || '-' || ");
}

/** A date and a time of day as one text; what is none of the writing stays as it is. */
export function joinedText(date: string, clock: string, writing: ClockWriting): string {
  const day = writing === "days" && days.test(date) ? isoDate(Number(date)) : datePart(date);
  return `${day} ${clockText(clock, writing)}`.trim();
}

function clockText(text: string, writing: ClockWriting): string {
  const digits = digitsOf(text);
  if (digits === "" || writing === "clock") return text;
  const two = (number: number) => String(Math.trunc(number)).padStart(2, "0");
  switch (writing) {
    case "HHmmss":
      return digits.padStart(6, "0").replace(/(..)(..)$/, ":$1:$2");
    case "HHmm":
      return digits.length > 4 ? text : digits.padStart(4, "0").replace(/(..)$/, ":$1");
    case "hours":
      return `${two(Number(digits))}:00`;
    case "seconds":
    case "days":
      return `${two(Number(digits) / 3_600)}:${two((Number(digits) / 60) % 60)}:${two(Number(digits) % 60)}`;
  }
}

/** A whole number of at most six digits, which a program may have taken for a double. */
const whole = "([0-9]{1,6})(?:[.]0+)?";
const wholePattern = new RegExp(`^${whole}$`);

/** The digits of such a number; empty for any other text. */
export function digitsOf(text: string): string {
  return wholePattern.exec(text)?.[1] ?? "";
}

const days = /^[0-9]{5}$/;

function isoDate(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

/** `joinedText` in SQL. */
export function joinedSql(date: string, clock: string, writing: ClockWriting): string {
  const bare = `regexp_replace(${date}, ${literal(midnight)}, '')`;
  const day =
    writing === "days"
      ? `CASE WHEN regexp_full_match(${date}, '[0-9]{5}') THEN (DATE '1970-01-01' + TRY_CAST(${date} AS INTEGER))::VARCHAR ELSE ${bare} END`
      : bare;
  return `concat_ws(' ', ${day}, ${clockSql(clock, writing)})`;
}

function clockSql(text: string, writing: ClockWriting): string {
  if (writing === "clock") return text;
  const digits = `regexp_extract(${text}, ${literal(`^${whole}$`)}, 1)`;
  const number = `TRY_CAST(${digits} AS INTEGER)`;
  const put = {
    HHmmss: `regexp_replace(lpad(${digits}, 6, '0'), '^(..)(..)(..)$', '\\1:\\2:\\3')`,
    HHmm: `CASE WHEN strlen(${digits}) > 4 THEN ${text} ELSE regexp_replace(lpad(${digits}, 4, '0'), '^(..)(..)$', '\\1:\\2') END`,
    hours: `format('{:02d}:00', ${number})`,
    seconds: `format('{:02d}:{:02d}:{:02d}', ${number} // 3600, ${number} // 60 % 60, ${number} % 60)`,
  };
  return `CASE WHEN ${digits} = '' THEN ${text} ELSE ${put[writing === "days" ? "seconds" : writing]} END`;
}
