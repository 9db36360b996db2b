import { endsOf, hasRole } from "#churn/intake/role-names.ts";
import { zoneMinutesAhead } from "#churn/intake/time-form.ts";
import { wordsOf } from "../reading/time-name.ts";
import { type ClockWriting, digitsOf } from "../records/clock.ts";
import { present, type Table } from "./table.ts";

const zone = `(?: ?(?:Z|UTC|GMT|[+-]\\d{2}(?::?\\d{2})?|${Object.keys(zoneMinutesAhead).join("|")}))?`;
const shown = new RegExp(`^\\d{1,2}:\\d{2}(?::\\d{2}(?:[.,]\\d+)?)?(?: ?[AaPp]\\.?[Mm]\\.?)?${zone}$`);

/** Names of times of day, without which digits are no time. */
const clockNames: ReadonlySet<string> = new Set([
  ...["time", "timeofday", "clock", "clocktime", "localtime", "hhmm", "hhmmss", "timehhmm", "timehhmmss", "hourminute"],
  ...["eventtime", "ordertime", "transactiontime", "purchasetime", "saletime", "salestime", "visittime", "logtime"],
  ...["invoicetime", "posttime", "starttime", "bookingtime", "createdtime", "creationtime", "entrytime", "paymenttime"],
  ...["uzeit", "erzet", "cputm", "uhrzeit", "zeit", "hora", "heure", "ora", "tid", "tijd", "godzina", "klokkeslett"],
  ...["timesec"],
]);
const secondNames: ReadonlySet<string> = new Set([
  ...["seconds", "secondsofday", "secondofday", "secofday", "secondssincemidnight", "secondsaftermidnight"],
]);
const hourNames: ReadonlySet<string> = new Set(["hour", "hourofday", "hh", "stunde", "hora", "heure", "ora"]);

/** How a column writes times of day, by its first rows and, of digits, by its name; undefined where it holds none. */
export function clockOf(records: Table, column: number): ClockWriting | undefined {
  const texts = present(records, column);
  const name = records.names?.[column] ?? "";
  if (texts.length === 0 || isDuration(name)) return undefined;
  if (texts.every((text) => shown.test(text))) return "clock";
  const ends = endsOf(name);
  const digits = texts.map(digitsOf);
  if (digits.includes("")) return undefined;
  if (ends.some((end) => hourNames.has(end)) && areHours(digits)) return "hours";
  // Most times of a day have all of their digits; amounts and durations are mostly small.
  const share = (least: number) => digits.filter((text) => text.length >= least).length / digits.length;
  const areSeconds = share(5) >= 0.5 && digits.every((text) => Number(text) < 86_400);
  if (ends.some((end) => secondNames.has(end))) return areSeconds ? "seconds" : undefined;
  if (!ends.some((end) => clockNames.has(end))) return undefined;
  const longest = Math.max(...digits.map((text) => text.length));
  if (longest > 4 && share(5) >= 0.5 && digits.every((text) => isClock(text.padStart(6, "0")))) return "HHmmss";
  if (longest <= 4 && share(3) >= 0.5 && digits.every((text) => isClock(`${text.padStart(4, "0")}00`))) return "HHmm";
  return areSeconds ? "seconds" : undefined;
}

/** Words of names of how long something took, which may look like a time of day: 0:05:46. */
const durationWords: ReadonlySet<string> = new Set([
  ...["duration", "length", "elapsed", "spent", "took", "lasted", "watched", "worked", "played", "listened", "runtime"],
  ...["total", "avg", "average", "mean", "pace", "dauer", "duree", "durata", "duracion", "duur", "uptime", "latency"],
]);

function isDuration(name: string): boolean {
  return hasRole("value", [name]) || wordsOf(name).some((word) => durationWords.has(word));
}

/** Hours of the day: of an afternoon as well, which hours that were worked or watched seldom come to. */
function areHours(digits: readonly string[]): boolean {
  const late = new Set(digits.map(Number).filter((hour) => hour > 12));
  return late.size >= 2 && digits.every((text) => Number(text) < 24);
}

function isClock(digits: string): boolean {
  return /^(?:[01]\d|2[0-3])[0-5]\d[0-5]\d$/.test(digits);
}
