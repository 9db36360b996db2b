import { absentWords, blanks, forbiddenCharacters } from "#churn/intake/text.ts";
import { literal } from "./literal.ts";

const blankClass = blanks.replace(/[\s\S]/gu, (character) => `\\x{${character.codePointAt(0)?.toString(16)}}`);
const edges = `^[${blankClass}]|[${blankClass}]$`;
const forbidden = `[${forbiddenCharacters}]`;

/** Whether a text may have to be trimmed, or refused: of most columns none, which one look tells. */
export function isDirtySql(text: string): string {
  return `regexp_matches(${text}, ${literal(`${edges}|${forbidden}`)})`;
}

/** Whether a text stands for nothing as it is. */
export function isAbsentSql(text: string): string {
  return `${text} IN (${absentWords.map(literal).join(", ")})`;
}

/** The text as `readText` of src/churn/intake takes it, NULL where it stands for nothing. */
export function tidySql(text: string): string {
  const trimmed = `CASE WHEN ${isDirtySql(text)} THEN trim(${text}, ${literal(blanks)}) ELSE ${text} END`;
  return `nullif(CASE WHEN ${isAbsentSql(trimmed)} THEN '' ELSE ${trimmed} END, '')`;
}

/** Whether a tidy text holds characters that no id has. */
export function isForbiddenSql(text: string): string {
  return `regexp_matches(${text}, ${literal(forbidden)})`;
}

/** Whether a tidy text is longer than `limit` characters. Bytes are counted first: most texts have fewer. */
export function isTooLongSql(text: string, limit: number): string {
  return `(strlen(${text}) > ${limit} AND length(${text}) > ${limit})`;
}

/** The text without the apostrophe that our own CSV has before what a spreadsheet would run; `fromSafe` of src/runtime/csv.ts. */
export function fromSafeSql(text: string): string {
  const unsafe = `^(?:[${blankClass}\\p{C}]*[=+\\-@\\x{ff1d}\\x{ff0b}\\x{ff0d}\\x{ff20}]|[\\t\\r\\n'])`;
  const trimmed = `trim(${text}, ${literal(blanks)})`;
  const rest = `substr(${trimmed}, 2)`;
  return `CASE WHEN starts_with(${trimmed}, chr(39)) AND regexp_matches(${rest}, ${literal(unsafe)}) THEN ${rest} ELSE ${text} END`;
}
