import { compileTimeFormat } from "./time-format.ts";
import { noZone, readClock, readDate, readZone } from "./time-parts.ts";
import { utcFrom } from "./timezone.ts";

/** Milliseconds since the epoch; NaN for what is not a time. */
export type TimeParser = (text: string) => number;

export const acceptedTimes =
  "ISO 8601 (2024-03-01, 2024-03-01T09:30:00Z), epoch seconds or milliseconds (1709285400), yyyymmdd, " +
  "or a format given with --time-format";

/**
 * The parser for a column of times. Without a format, ISO 8601 (also with a blank for the T, or slashes), epoch
 * seconds (9 to 11 digits), epoch milliseconds (12 or 13 digits), yyyymmdd and yyyymmddHHMMSS are told apart value by
 * value. A time without a zone is in `timezone` (an IANA name or an offset), by default UTC.
 */
export function timeParser(format: string | undefined, timezone: string | undefined): TimeParser {
  const toUtc = timezone === undefined ? asUtc : utcFrom(timezone);
  switch (format) {
    case undefined:
      return (text) => automatic(text, toUtc);
    case "epoch-s":
      return (text) => (isNumber(text) ? Math.round(Number(text) * 1000) : Number.NaN);
    case "epoch-ms":
      return (text) => (isNumber(text) ? Math.round(Number(text)) : Number.NaN);
    default:
      return compileTimeFormat(format === "yyyymmdd" ? "yyyyMMdd" : format, toUtc);
  }
}

/** What a value is taken for without a format; undefined for what is not a time. */
export function nameOfTime(text: string): string | undefined {
  if (Number.isNaN(automatic(text, asUtc))) return undefined;
  const integer = /^\d+/.exec(text)?.[0] ?? "";
  if (integer.length === 4) return "ISO 8601";
  if (integer.length === 8) return "yyyymmdd";
  if (integer.length === 14) return "yyyymmddHHMMSS";
  return integer.length < 12 ? "epoch seconds" : "epoch milliseconds";
}

/** Turns a wall-clock time, given as though it were UTC, into the real one. */
type ToUtc = (local: number) => number;

const asUtc: ToUtc = (local) => local;

function automatic(text: string, toUtc: ToUtc): number {
  const separator = text.charCodeAt(4);
  return separator === hyphen || separator === slash ? iso(text, toUtc) : digits(text, toUtc);
}

const hyphen = 0x2d;
const slash = 0x2f;

function iso(text: string, toUtc: ToUtc): number {
  if (text.charCodeAt(7) !== text.charCodeAt(4)) return Number.NaN;
  const date = readDate(text, 0, 5, 8);
  if (text.length === 10) return toUtc(date);
  const between = text.charAt(10);
  if (between !== "T" && between !== " " && between !== "t") return Number.NaN;
  const clock = readClock(text, 11);
  if (clock === undefined) return Number.NaN;
  const zone = readZone(text, clock.end);
  return zone === noZone ? toUtc(date + clock.time) : date + clock.time - zone;
}

function digits(text: string, toUtc: ToUtc): number {
  if (!isNumber(text)) return Number.NaN;
  if (text.length === 8) return toUtc(readDate(text, 0, 4, 6));
  if (text.length === 14 && !text.includes(".")) {
    const clock = readClock(`${text.slice(8, 10)}:${text.slice(10, 12)}:${text.slice(12)}`, 0);
    return clock === undefined ? Number.NaN : toUtc(readDate(text, 0, 4, 6) + clock.time);
  }
  const number = Number(text);
  if (number >= 1e8 && number < 1e11) return Math.round(number * 1000);
  return number >= 1e11 && number < 1e13 ? Math.round(number) : Number.NaN;
}

function isNumber(text: string): boolean {
  return /^-?\d+(?:\.\d+)?$/.test(text);
}
