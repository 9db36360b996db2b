import { saysNothing, textFaults } from "./text.ts";
import { type TimeForm, type TimePart, zoneMinutesAhead } from "./time-form.ts";
import { digitForms, plainForms } from "./time-forms.ts";

/** A number as an epoch time is written, by some programs as 1.6e9; a fraction is of its unit. */
export const epochNumber = "[0-9]{9,19}(?:\\.[0-9]+)?|[1-9](?:\\.[0-9]+)?[eE]\\+?(?:0?[89]|1[0-8])";

/** From here on a number counts thousandths of what it counts below: seconds, milliseconds, microseconds, nanoseconds. */
export const epochUnits = { milliseconds: 1e11, microseconds: 1e14, nanoseconds: 1e17 } as const;

/**
 * Such numbers are .NET's ticks of 100 ns since the year 1, of 1965 to 2060. As nanoseconds they would be of 1990, of which there
 * are none.
 */
export const ticks = { from: 6.2e17, to: 6.5e17, epoch: 621_355_968e9, perMillisecond: 1e4 } as const;

/** What stands for no time in many a database, in any zone, is the first moment of 1970; in milliseconds. */
export const earliestMilliseconds = 86_400_000;

/** What a clock may be ahead of ours, and a little: a day, in milliseconds. */
export const aheadMilliseconds = 86_400_000;

/** How old an action may be unless OLDEST_ACTION says otherwise: ten years, in milliseconds. */
export const oldestMilliseconds = 3_653 * 86_400_000;

export const timeFaults = {
  unreadable: "must be an ISO 8601 time, or a number of seconds or milliseconds since 1970.",
  early: "is before 1970-01-02, as of a clock that was never set.",
  old: (oldest: number) =>
    `is before ${new Date(oldest).toISOString().slice(0, 10)}, the oldest that is taken (OLDEST_ACTION).`,
  ahead: "is more than a day in the future.",
} as const;

/** What is wrong with a field of which no time could be read. */
export function faultOfNoTime(value: unknown): string {
  return saysNothing(value) ? textFaults.absent : timeFaults.unreadable;
}

/** What is wrong with a time that could be read, if anything; all in milliseconds since 1970. */
export function faultOfTime(time: number, now: number, oldest = 0): string | undefined {
  if (time < earliestMilliseconds) return timeFaults.early;
  if (time < oldest) return timeFaults.old(oldest);
  return time > now + aheadMilliseconds ? timeFaults.ahead : undefined;
}

/**
 * The time that a single value names, in milliseconds since 1970; undefined for what names none. ISO 8601, RFC 2822 and
 * yyyymmdd[HH[MM[SS]]] without a zone are of UTC; a number is epoch seconds, milliseconds, microseconds or nanoseconds,
 * or .NET's ticks, by its size.
 */
export function readTime(value: unknown): number | undefined {
  // As its digits, which is what files have. Thirteen of them are no date written together, and what most programs send.
  if (typeof value === "number") return isThirteenDigits(value) ? value : readTime(String(value));
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  const form = readForm(text, digits.test(text) ? ofDigits : plain);
  if (form !== undefined) return Number.isNaN(form) ? undefined : form;
  return epochPattern.test(text) ? epoch(Number(text)) : undefined;
}

function isThirteenDigits(value: number): boolean {
  return Number.isInteger(value) && value >= 1e12 && value < 1e13;
}

/** An epoch number in milliseconds, whole ones. */
export function epoch(number: number): number {
  const size = Math.abs(number);
  if (size < epochUnits.milliseconds) return Math.floor(number * 1000);
  if (size < epochUnits.microseconds) return Math.floor(number);
  if (number >= ticks.from && number < ticks.to) return Math.floor((number - ticks.epoch) / ticks.perMillisecond);
  return Math.floor(number / (size < epochUnits.nanoseconds ? 1e3 : 1e6));
}

interface CompiledForm {
  readonly form: TimeForm;
  readonly pattern: RegExp;
}

function compile(form: TimeForm): CompiledForm {
  return { form, pattern: new RegExp(`^(?:${form.pattern})$`) };
}

const plain = plainForms.map(compile);
const digits = /^[0-9]{8,17}$/;
/** For an epoch time, which is of no other form: to try them all takes ten times as long as the rest of an action. */
const ofDigits = digitForms.map(compile);
const epochPattern = new RegExp(`^(?:${epochNumber})$`);

/** The time by the first form that fits; NaN where that names no day of the calendar, undefined where none fits. */
function readForm(text: string, forms: readonly CompiledForm[]): number | undefined {
  if (text.length > longest) return undefined;
  for (const { form, pattern } of forms) {
    const match = pattern.exec(text);
    if (match !== null) return timeOf(form, match);
  }
  return undefined;
}

const longest = 80;

function timeOf(form: TimeForm, match: RegExpExecArray): number {
  const part = (name: TimePart) => match[form.parts.indexOf(name) + 1] ?? "";
  const has = (name: TimePart) => form.parts.includes(name);
  const number = (name: TimePart) => (has(name) ? Number(part(name)) : 0);
  const year = has("shortYear") ? fullYear(number("shortYear")) : number("year");
  const month = has("monthName") ? monthOf(part("monthName")) : number("month");
  const date = has("week")
    ? dateOfWeek(year, number("week"), number("weekDay"))
    : has("dayOfYear")
      ? dateOfOrdinal(year, number("dayOfYear"))
      : dateOf(year, month, number("day"));
  const hour = has("half") ? (number("hour") % 12) + (/p/i.test(part("half")) ? 12 : 0) : number("hour");
  const second = form.isLeapSecond ? 59 : number("second");
  const fraction = has("fraction") ? Number(part("fraction").slice(0, 3).padEnd(3, "0")) : 0;
  const offset = has("zoneHours")
    ? (60 * Math.abs(Number(part("zoneHours"))) + number("zoneMinutes")) * (part("zoneHours").startsWith("-") ? -1 : 1)
    : has("zoneName")
      ? (zoneMinutesAhead[part("zoneName")] ?? 0)
      : (form.zoneOffset ?? 0);
  return date + ((hour * 60 + number("minute") - offset) * 60 + second) * 1000 + fraction;
}

function fullYear(shortYear: number): number {
  return shortYear + (shortYear < 69 ? 2000 : 1900);
}

function monthOf(name: string): number {
  return (
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"].indexOf(name.toLowerCase()) + 1
  );
}

/** Midnight UTC of a day of an ISO week; NaN for a 53rd week of a year that has none. The 4th of January is of the first. */
function dateOfWeek(year: number, week: number, weekDay: number): number {
  const monday = (time: number) => time - ((new Date(time).getUTCDay() + 6) % 7) * day;
  const time = monday(dateOf(year, 1, 4)) + (7 * (week - 1) + weekDay - 1) * day;
  return week < 53 || time < monday(dateOf(year + 1, 1, 4)) ? time : Number.NaN;
}

const day = 86_400_000;

function dateOfOrdinal(year: number, dayOfYear: number): number {
  const time = dateOf(year, 1, 1) + (dayOfYear - 1) * day;
  return dayOfYear >= 1 && time < dateOf(year + 1, 1, 1) ? time : Number.NaN;
}

/** Midnight UTC of a date; NaN for one that is in no calendar. */
function dateOf(year: number, month: number, day: number): number {
  const date = new Date(Date.UTC(2000, 0, 1));
  date.setUTCFullYear(year, month - 1, day);
  return year >= 1 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : Number.NaN;
}
