import { epochNumber, epochUnits, ticks } from "#churn/intake/read-time.ts";
import { type TimeForm, type TimePart, zoneMinutesAhead } from "#churn/intake/time-form.ts";
import { isoForms } from "#churn/intake/time-forms.ts";
import { literal } from "../sql/literal.ts";
import { inEnglishSql } from "./words-of-dates.ts";

/** Turns SQL for a time of day somewhere, a TIMESTAMP, into SQL for milliseconds since 1970. */
export type ZoneSql = (timestamp: string) => string;

/**
 * Epoch numbers in one unit, or in the unit that their size tells; the days that spreadsheets count from 1899-12-30; or
 * units from a given moment on.
 */
export type Epoch = "by size" | "epoch-s" | "epoch-ms" | "epoch-us" | "epoch-ns" | "ticks" | "spreadsheet" | Offset;

/** Numbers of a unit since a moment of the reading's zone, both in milliseconds. */
export interface Offset {
  readonly start: number;
  readonly unit: number;
}

/** A number as an offset is written. */
export const offsetNumber = "[+-]?[0-9]+(?:\\.[0-9]+)?";

/** A day from 1968 to 2064 as a spreadsheet counts it, with the time of day as its fraction: 45123.5, or 45123,5 where it has a decimal comma. */
export const spreadsheetDay = "(?:2[5-9]|[3-5][0-9])[0-9]{3}(?:[.,][0-9]+)?";

export interface TimeRule {
  readonly forms: readonly TimeForm[];
  readonly epoch: Epoch | undefined;
  readonly toUtc: ZoneSql;
  /** Whether the words and the liberties of dates are put into plain English first. */
  readonly isForeign?: boolean | undefined;
}

/** SQL for milliseconds since 1970 of the text in `text`, NULL for what no form fits. */
export function timeSql(text: string, { isForeign, ...rule }: TimeRule): string {
  if (!isForeign) return timeInEnglishSql(text, rule);
  // Once for each text, whatever the forms are.
  return `list_transform([${inEnglishSql(text)}], lambda t_en: ${timeInEnglishSql("t_en", rule)})[1]`;
}

function timeInEnglishSql(text: string, { forms, epoch, toUtc }: TimeRule): string {
  const iso = forms.some((form) => isIso.has(form))
    ? [
        // What most logs hold, which DuckDB's cast reads several times as fast as a format.
        `WHEN ${isPlainIso(text)} THEN epoch_ms(TRY_CAST(${text} AS TIMESTAMP))`,
        `WHEN regexp_full_match(${text}, ${literal(`${isoPattern}Z`)}) THEN epoch_ms(TRY_CAST(${text} AS TIMESTAMP))`,
        `WHEN regexp_full_match(${text}, ${literal(`[0-9]{4}-[0-9]{2}-[0-9]{2}|${isoPattern}`)}) THEN ${toUtc(`TRY_CAST(${text} AS TIMESTAMP)`)}`,
      ]
    : [];
  const others = forms.map(
    (form) => `WHEN regexp_full_match(${text}, ${literal(form.pattern)}) THEN ${formSql(text, form, toUtc)}`,
  );
  const numbers = epoch === undefined ? [] : [`WHEN ${isEpoch(text, epoch)} THEN ${epochSql(text, epoch, toUtc)}`];
  return `CASE ${[...iso, ...others, ...numbers].join("\n")} END`;
}

const isIso: ReadonlySet<TimeForm> = new Set(isoForms);
const isoPattern = "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]+)?";

/**
 * Whether a text is a time as JavaScript and many others write it, or none at all: quicker to tell than by a pattern. Of all
 * that has this shape, the cast takes digits only, besides a sign, blanks, hour 24 and a leap second.
 */
function isPlainIso(text: string): string {
  const isOf = (hours: string) => `${text} LIKE '____-__-__T${hours}:__:__.___Z'`;
  const holds = (part: string) => `contains(${text}, ${literal(part)})`;
  // Two patterns take less time than one and the two digits of the hour, as to count characters is slow.
  const hour = `(${isOf("0_")} OR ${isOf("1_")} OR (${isOf("2_")} AND NOT ${holds("T24")}))`;
  return [hour, `${text} >= '0'`, `NOT ${holds(" ")}`, `NOT ${holds(":60.")}`].join(" AND ");
}

function formSql(text: string, form: TimeForm, toUtc: ZoneSql): string {
  const group = (part: TimePart) => `\\${form.parts.indexOf(part) + 1}`;
  const has = (part: TimePart) => form.parts.includes(part);
  const date = datePieces(form, group);
  const pieces = [...date];
  if (has("half")) pieces.push([` ${group("half")}M ${group("hour")}`, " %p %I"]);
  else if (has("hour")) pieces.push([` ${group("hour")}`, " %H"]);
  if (has("minute")) pieces.push([`:${group("minute")}`, ":%M"]);
  if (has("second") || form.isLeapSecond) pieces.push([`:${has("second") ? group("second") : "59"}`, ":%S"]);
  if (has("fraction")) pieces.push([`.${group("fraction")}`, ".%f"]);
  const rewritten = replaced(text, form, pieces.map(([rewrite]) => rewrite).join(""));
  const parsed = `try_strptime(${rewritten}, ${literal(formatOf(pieces))})`;
  // DuckDB goes on in the next year where a year has no such week or day.
  const local =
    has("week") || has("dayOfYear")
      ? `CASE WHEN strftime(${parsed}, ${literal(formatOf(date))}) = ${replaced(text, form, date.map(([rewrite]) => rewrite).join(""))} THEN ${parsed} END`
      : parsed;
  if (!form.isZoned) return toUtc(local);
  // NULL for a zone that there is none of.
  if (has("zoneRegion")) return `epoch_ms(TRY((${local}) AT TIME ZONE ${replaced(text, form, group("zoneRegion"))}))`;
  return `epoch_ms(${local}) - ${offsetSql(text, form, group, has)}`;
}

type Piece = readonly [rewrite: string, format: string];

const formatOf = (pieces: readonly Piece[]) => pieces.map(([, format]) => format).join("");

/** Of a whole month, quarter or week its first day. */
function datePieces({ parts, firstMonth }: TimeForm, group: (part: TimePart) => string): Piece[] {
  const year: Piece = parts.includes("shortYear") ? [group("shortYear"), "%y"] : [group("year"), "%Y"];
  if (parts.includes("dayOfYear")) return [year, [`-${group("dayOfYear")}`, "-%j"]];
  if (parts.includes("week"))
    return [
      [group("year"), "%G"],
      [`-${group("week")}`, "-%V"],
      [parts.includes("weekDay") ? `-${group("weekDay")}` : "-1", "-%u"],
    ];
  return [
    year,
    parts.includes("monthName") ? [`-${group("monthName")}`, "-%b"] : [`-${firstMonth ?? group("month")}`, "-%m"],
    [parts.includes("day") ? `-${group("day")}` : "-1", "-%d"],
  ];
}

/** The zone's offset in milliseconds. */
function offsetSql(
  text: string,
  form: TimeForm,
  group: (part: TimePart) => string,
  has: (part: TimePart) => boolean,
): string {
  if (has("zoneName")) {
    const minutes = Object.entries(zoneMinutesAhead).map(([zone, ahead]) => `WHEN ${literal(zone)} THEN ${ahead}`);
    return `60000 * CASE ${replaced(text, form, group("zoneName"))} ${minutes.join(" ")} END`;
  }
  if (!has("zoneHours")) return String(60_000 * (form.zoneOffset ?? 0));
  const hours = replaced(text, form, group("zoneHours"));
  const minutes = has("zoneMinutes") ? `left(${hours}, 1) || ${replaced(text, form, group("zoneMinutes"))}` : "'0'";
  return `(60 * TRY_CAST(${hours} AS INTEGER) + TRY_CAST(${minutes} AS INTEGER)) * 60000`;
}

function replaced(text: string, form: TimeForm, rewrite: string): string {
  return `regexp_replace(${text}, ${literal(`^(?:${form.pattern})$`)}, ${literal(rewrite)})`;
}

function isEpoch(text: string, epoch: Epoch): string {
  const own = epoch === "spreadsheet" ? spreadsheetDay : offsetNumber;
  const pattern = epoch === "by size" ? epochNumber : typeof epoch === "string" ? `${own}|${epochNumber}` : own;
  return `regexp_full_match(${text}, ${literal(pattern)})`;
}

/** The same arithmetic as `epoch` of src/churn/intake/read-time.ts, in the same precision. */
function epochSql(text: string, epoch: Epoch, toUtc: ZoneSql): string {
  const number = `TRY_CAST(${epoch === "spreadsheet" ? `replace(${text}, ',', '.')` : text} AS DOUBLE)`;
  // NULL for what no clock shows.
  const whole = (factor: string) => `TRY_CAST(floor(${number}${factor}) AS BIGINT)`;
  if (typeof epoch !== "string") {
    const offset = `round(${number} * ${epoch.unit})`;
    return toUtc(`make_timestamp_ms(CASE WHEN abs(${offset}) < 1e14 THEN ${offset}::BIGINT + ${epoch.start} END)`);
  }
  switch (epoch) {
    case "epoch-s":
      return whole(" * 1000");
    case "epoch-ms":
      return whole("");
    case "epoch-us":
      return whole(" / 1e3");
    case "epoch-ns":
      return whole(" / 1e6");
    case "ticks":
      return ticksOf(number);
    case "spreadsheet":
      // To the second, as spreadsheets show it: the fraction is a rounded one. 25569 is 1970-01-01.
      return toUtc(`make_timestamp_ms(round((${number} - 25569) * 86400)::BIGINT * 1000)`);
    case "by size":
      return `CASE WHEN ${number} < ${epochUnits.milliseconds} THEN ${whole(" * 1000")}
        WHEN ${number} < ${epochUnits.microseconds} THEN ${whole("")}
        WHEN ${number} >= ${ticks.from} AND ${number} < ${ticks.to} THEN ${ticksOf(number)}
        WHEN ${number} < ${epochUnits.nanoseconds} THEN ${whole(" / 1e3")} ELSE ${whole(" / 1e6")} END`;
  }
}

function ticksOf(number: string): string {
  return `TRY_CAST(floor((${number} - ${ticks.epoch}::DOUBLE) / ${ticks.perMillisecond}::DOUBLE) AS BIGINT)`;
}
