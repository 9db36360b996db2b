const pattern = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:[.,]\d+)?(?:[Zz]|[+-]\d{2}:?\d{2})$/;

/**
 * Milliseconds since the epoch of an RFC 3339 date-time (`2024-03-01T12:00:00Z`, `2024-03-01T13:00:00.5+01:00`), or of
 * the ISO 8601 forms of it with a blank, a decimal comma or `+0100`; undefined for anything else. A zone is required:
 * a local time does not name a moment. Finer fractions than milliseconds are cut off, and a leap second counts as the second before it.
 *
 * Digits are read where they stand, because imports call this for every row: it is four times as fast as captures.
 */
export function parseInstant(text: string): number | undefined {
  if (!pattern.test(text)) return undefined;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  const second = digits(text, 17, 2);
  // Date.UTC would read years before 100 as of the 20th century, and roll impossible days over into the next month.
  if (year < 100 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  const offset = offsetMinutes(text);
  if (hour > 23 || minute > 59 || second > 60 || offset === undefined) return undefined;
  if (second === 60 && !endsDay(hour, minute - offset)) return undefined;
  return Date.UTC(year, month - 1, day, hour, minute - offset, Math.min(second, 59), milliseconds(text));
}

/** Leap seconds are the last of a day in UTC. */
function endsDay(hour: number, minute: number): boolean {
  const minutes = 24 * 60;
  return (hour * 60 + minute + minutes) % minutes === minutes - 1;
}

function digits(text: string, from: number, count: number): number {
  let value = 0;
  for (let i = from; i < from + count; i++) value = 10 * value + text.charCodeAt(i) - 48;
  return value;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Of the text's zone, east of Greenwich; undefined when there is no such zone. */
function offsetMinutes(text: string): number | undefined {
  const end = text.length;
  if (/[Zz]$/.test(text)) return 0;
  const hoursAt = text.charAt(end - 3) === ":" ? end - 5 : end - 4;
  const hours = digits(text, hoursAt, 2);
  const minutes = digits(text, end - 2, 2);
  if (hours > 23 || minutes > 59) return undefined;
  return (hours * 60 + minutes) * (text.charAt(hoursAt - 1) === "-" ? -1 : 1);
}

/** Of the fraction that may follow the seconds. */
function milliseconds(text: string): number {
  const mark = text.charAt(19);
  if (mark !== "." && mark !== ",") return 0;
  let value = 0;
  for (let i = 20; i < 23; i++) {
    const digit = text.charCodeAt(i) - 48;
    // Past the last digit stands the zone; what follows counts as zeros.
    if (digit < 0 || digit > 9 || Number.isNaN(digit)) return value * 10 ** (23 - i);
    value = 10 * value + digit;
  }
  return value;
}
