import { mostValue, plainNumber } from "#churn/intake/number.ts";
import { literal } from "../sql/literal.ts";

export type Decimal = "point" | "comma";

/** How the numbers of a column are written. */
export interface NumberReading {
  /** What a user should know of it, such as `decimal comma`; empty for plain numbers. */
  readonly name: string;
  /** Undefined for plain numbers. */
  readonly decimal: Decimal | undefined;
}

export const plainReading: NumberReading = { name: "", decimal: undefined };

const blanks = " \u00a0\u2009\u202f";
const sign = `[-+\u2212][${blanks}]?`;
/** Codes of currencies in small letters; other words of three, as in 5 min, are units of something else. */
const codes =
  "usd|eur|gbp|jpy|chf|cny|inr|aud|cad|nzd|sek|nok|dkk|pln|czk|huf|ron|bgn|try|ils|rub|uah|brl|mxn|ars|clp|cop|zar|krw|sgd|hkd|twd|thb|idr|myr|php|vnd|aed|sar|egp|ngn|kes|pkr";
/** Currencies as they are written that have no sign of their own, or are seldom written with it. */
const written =
  "Rs\\.?|kr\\.?|zł|Kč|Ft|lei|R|Rp\\.?|RM|TL|S/\\.?|S?Fr\\.?|DH|Dhs?\\.?|KSh|Ksh|din\\.?|дин\\.?|руб\\.?|р\\.|грн\\.?|лв\\.?|円|圆|元|원|[Ee]uros?|EURO|[Dd]ollars?";
const unit = `(?:\\p{Sc}|[A-Za-z]{1,3}\\p{Sc}|[A-Z]{3}|(?i:${codes})|${written})`;
const before = `(?:${sign}(?:${unit}[${blanks}]?)?|${unit}[${blanks}]?(?:${sign})?)?`;
const digits = `([0-9]{1,3}(?:[${blanks}'\u2019][0-9]{3})+(?:[.,][0-9]+)?|[0-9](?:[0-9.,]*[0-9])?|[.,][0-9]+)`;
/** Behind a whole number: a mark alone, or with the dash that stands for no cents in the middle of Europe (1.234,-). */
const noCents = "(?:[.,][-\u2013\u2014]{0,2})?";
/** Lakhs and crores: 1,23,45,678. */
const indian = "[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}";
/** A number with what may stand around it: a sign, a currency, percent, the brackets of book-keeping. */
const around = `\\(?${before}${digits}${noCents}(?:[${blanks}]?(?:${unit}|%))?[-\u2212]?\\)?`;

/** SQL for the digits and marks of a number, empty where it is none. */
function coreSql(text: string): string {
  return `regexp_replace(trim(regexp_extract(${text}, ${literal(`^${around}$`)}, 1), ${literal(blanks)}), ${literal(`[${blanks}'\u2019]`)}, '', 'g')`;
}

function isNegative(text: string): string {
  return `regexp_matches(${text}, ${literal("^\\([^)]*\\)$|^[^0-9]*[-\u2212]|[^.,\u2013\u2014-][-\u2212]$")})`;
}

/** SQL for a DOUBLE, NULL for anything else; `text` is trimmed. */
export function numberSql(text: string, { decimal }: NumberReading): string {
  // Plus zero, because there is no negative one.
  const plain = `CASE WHEN regexp_full_match(${text}, ${literal(plainNumber)}) THEN TRY_CAST(${text} AS DOUBLE) + 0.0 END`;
  if (decimal === undefined) return bounded(plain);
  const core = coreSql(text);
  const [group, mark] = decimal === "comma" ? [".", ","] : [",", "."];
  const shape = `(?:[0-9]+|[0-9]{1,3}(?:\\${group}[0-9]{3})+|${indian})?(?:\\${mark}[0-9]*)?`;
  const number = `replace(replace(${core}, '${group}', ''), '${mark}', '.')`;
  const read = `CASE WHEN ${core} <> '' AND regexp_full_match(${core}, ${literal(shape)}) THEN TRY_CAST(${number} AS DOUBLE) * CASE WHEN ${isNegative(text)} THEN -1 ELSE 1 END + 0.0 END`;
  // 1e-05 is how programs write small numbers, also among others.
  return bounded(`coalesce(${read}, CASE WHEN contains(lower(${text}), 'e') THEN ${plain} END)`);
}

/** NULL for what is larger than an action's number may be, infinity among it. */
function bounded(number: string): string {
  return `CASE WHEN abs(${number}) <= ${mostValue} THEN ${number} END`;
}

/** How many texts of a column are written in each way. */
export interface NumberCounts {
  readonly present: number;
  /** Numbers as programs write them. */
  readonly plain: number;
  /** Numbers of any kind that is known here. */
  readonly numbers: number;
  /** With a comma that can only be decimal, or points that can only stand between groups. */
  readonly onlyComma: number;
  /** With a point that can only be decimal, or commas that can only stand between groups. */
  readonly onlyPoint: number;
  /** One point before three digits: 107.000 is either. */
  readonly pointOrGroup: number;
  readonly commaOrGroup: number;
  readonly percent: number;
  readonly withUnit: number;
}

/** SQL that counts them, in the order of `numberCountNames`; `text` is NULL or absent where there is no number. */
export function numberCountsSql(text: string): string {
  const core = coreSql(text);
  const matches = (pattern: string, dashed?: string) =>
    `count(*) FILTER (regexp_full_match(${core}, ${literal(pattern)})${dashed === undefined ? "" : ` OR (${core} <> '' AND regexp_matches(${text}, ${literal(dashed)}))`})::DOUBLE`;
  return [
    `count(${text})::DOUBLE`,
    `count(*) FILTER (regexp_full_match(${text}, ${literal(plainNumber)}))::DOUBLE`,
    `count(*) FILTER (${core} <> '')::DOUBLE`,
    matches(
      "[0-9]*,(?:[0-9]{1,2}|[0-9]{4,})|0,[0-9]+|,[0-9]+|[0-9]{4,},[0-9]{3}|[0-9]{1,3}(?:\\.[0-9]{3})+,[0-9]+|[0-9]{1,3}(?:\\.[0-9]{3}){2,}",
      "[0-9],[-\u2013\u2014]",
    ),
    matches(
      "[0-9]*\\.(?:[0-9]{1,2}|[0-9]{4,})|0\\.[0-9]+|\\.[0-9]+|[0-9]{4,}\\.[0-9]{3}|[0-9]{1,3}(?:,[0-9]{3})+\\.[0-9]+|[0-9]{1,3}(?:,[0-9]{3}){2,}|" +
        `${indian}(?:\\.[0-9]+)?`,
      "[0-9]\\.[-\u2013\u2014]",
    ),
    matches("[1-9][0-9]{0,2}\\.[0-9]{3}"),
    matches("[1-9][0-9]{0,2},[0-9]{3}"),
    `count(*) FILTER (${core} <> '' AND contains(${text}, '%'))::DOUBLE`,
    `count(*) FILTER (${core} <> '' AND regexp_matches(${text}, '\\p{Sc}|^[^0-9]*\\p{L}|\\p{L}[^0-9]*$'))::DOUBLE`,
  ].join(", ");
}

export interface NumberChoice {
  readonly reading: NumberReading;
  /** Where either reading would do, what was done and how to say otherwise. */
  readonly doubt?: string | undefined;
}

/** The reading that the column's own numbers speak for. */
export function chooseNumbers(counts: NumberCounts, given: Decimal | undefined): NumberChoice {
  if (given !== undefined) return { reading: named(given, counts) };
  const { onlyComma, onlyPoint, pointOrGroup, commaOrGroup } = counts;
  if (onlyComma > 0 && onlyComma >= 20 * onlyPoint) return { reading: named("comma", counts) };
  if (counts.plain === counts.present && (onlyPoint > 0 || pointOrGroup === 0)) return { reading: plainReading };
  if (onlyPoint > 0 || pointOrGroup === 0 || commaOrGroup > 0) {
    const doubt =
      onlyPoint === 0 && commaOrGroup > 0 && pointOrGroup === 0
        ? "a comma before three digits is read as a thousands separator; use --decimal comma if it is a decimal comma"
        : undefined;
    return { reading: named("point", counts), doubt };
  }
  return {
    reading: counts.plain === counts.present ? plainReading : named("point", counts),
    doubt: "a point before three digits is read as a decimal point; use --decimal comma if it separates thousands",
  };
}

function named(decimal: Decimal, { percent, withUnit }: NumberCounts): NumberReading {
  const parts = [
    ...(decimal === "comma" ? ["decimal comma"] : []),
    ...(percent > 0 ? ["percent signs left out"] : []),
    ...(withUnit > 0 ? ["currency left out"] : []),
  ];
  return { name: parts.join(", "), decimal };
}
