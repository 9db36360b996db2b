/** What `readZone` answers where the text ends without a zone. */
export const noZone = Number.POSITIVE_INFINITY;

const minute = 60_000;

/** Midnight UTC of the date whose four, two and two digits begin at these positions; NaN when there is none such. */
export function readDate(text: string, yearAt: number, monthAt: number, dayAt: number): number {
  return dateOf(two(text, yearAt) * 100 + two(text, yearAt + 2), two(text, monthAt), two(text, dayAt));
}

/** Midnight UTC of a calendar date from 1900 on; NaN for one that does not exist. */
export function dateOf(year: number, month: number, day: number): number {
  if (!(year >= 1900 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month))) return Number.NaN;
  return Date.UTC(year, month - 1, day);
}

/** Reads HH:MM, with :SS and a fraction where they follow, as milliseconds since midnight; `end` is where it ended. */
export function readClock(text: string, start: number): { time: number; end: number } | undefined {
  if (text.charAt(start + 2) !== ":") return undefined;
  const hasSeconds = text.charAt(start + 5) === ":";
  const time = clockOf(two(text, start), two(text, start + 3), hasSeconds ? two(text, start + 6) : 0);
  if (Number.isNaN(time)) return undefined;
  const end = start + (hasSeconds ? 8 : 5);
  const point = text.charAt(end);
  if (!hasSeconds || (point !== "." && point !== ",")) return { time, end };
  const fraction = readFraction(text, end + 1);
  return fraction && { time: time + fraction.milliseconds, end: fraction.end };
}

/** Milliseconds since midnight; NaN when out of range (a leap second is allowed). */
export function clockOf(hour: number, minutes: number, seconds: number): number {
  if (!(hour <= 23 && minutes <= 59 && seconds <= 60)) return Number.NaN;
  return (hour * 60 + minutes) * minute + seconds * 1000;
}

/** The digits of a fraction of a second, in whole milliseconds. */
export function readFraction(text: string, start: number): { milliseconds: number; end: number } | undefined {
  const end = endOfDigits(text, start, text.length);
  if (end === start) return undefined;
  return { milliseconds: Number(text.slice(start, Math.min(end, start + 3)).padEnd(3, "0")), end };
}

/** The zone that the text ends with (Z, UTC, +02:00, -0530, +02) in milliseconds ahead of UTC; NaN for anything else. */
export function readZone(text: string, start: number): number {
  if (start === text.length) return noZone;
  const zone = text.slice(start).trim();
  if (/^(?:Z|UTC|GMT)$/i.test(zone)) return 0;
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? [];
  if (hours === undefined) return Number.NaN;
  const ahead = clockOf(Number(hours), Number(minutes ?? 0), 0);
  return sign === "-" ? -ahead : ahead;
}

/** The position after the digits that begin at `start`, of which there may be `most`. */
export function endOfDigits(text: string, start: number, most: number): number {
  let end = start;
  while (end < start + most && isDigit(text.charCodeAt(end))) end += 1;
  return end;
}

/** The number that two digits make; NaN when they are not digits. */
function two(text: string, at: number): number {
  const tens = text.charCodeAt(at);
  const ones = text.charCodeAt(at + 1);
  return isDigit(tens) && isDigit(ones) ? (tens - zero) * 10 + ones - zero : Number.NaN;
}

const zero = 0x30;

function isDigit(code: number): boolean {
  return code >= zero && code <= zero + 9;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
