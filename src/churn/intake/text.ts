// What the text of an action may hold, wherever it comes from. Files are judged by the same table in SQL:
// scripts/log/sql/text-sql.ts; that both judge alike is tested there.

/** Most Unicode code points: what is shown in lists and kept in keyword fields must stay short. */
export const textLimits = { user_id: 256, action: 128, event_id: 1024, source: 1024 } as const;

/** What is cut off at both ends: all that `String.prototype.trim` cuts off. */
export const blanks =
  " \t\n\v\f\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff";

/** What programs write where there is nothing, once it is trimmed. As users these would be the busiest of all. */
export const absentWords: readonly string[] = [
  ...["", "NULL", "null", "Null", "(null)", "<null>", "\\N", "nil", "<nil>", "None", "none", "NONE"],
  ...["undefined", "Undefined", "UNDEFINED", "nan", "NaN", "NAN", "NaT", "NA", "<NA>", "N/A", "n/a", "#N/A"],
  ...["[object Object]", "[object Undefined]", "[object Null]", "(not set)", "(not provided)", "(none)", "-", "--"],
  ...["?"],
  // Of tools that show what databases hold.
  ...["(NULL)", "[NULL]", "[null]", "<NULL>", "NIL", "N.A.", "n.a.", "(blank)", "(empty)", "(undefined)"],
  // What a formula of a spreadsheet that went wrong leaves, in English and as German, French, Spanish, Italian, Portuguese and Dutch have it.
  ...["#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#ERROR!", "#CALC!", "#SPILL!"],
  ...["#NV", "#BEZUG!", "#WERT!", "#ZAHL!", "#VALEUR!", "#NOMBRE!", "#NOM?", "#NUL!", "#N/D", "#¡REF!", "#¡VALOR!"],
  ...["#¡NUM!"],
  ...["#¿NOMBRE?", "#¡DIV/0!", "#RIF!", "#VALORE!", "#NOME?", "#VALOR!", "#NÚM!", "#N/B", "#VERW!", "#WAARDE!"],
  ...["#GETAL!", "#NAAM?"],
  // The UUID of nothing (RFC 9562).
  "00000000-0000-0000-0000-000000000000",
];

/**
 * Characters that no id or name has, as the inside of a character class: control characters, and U+FFFD, which stands
 * where a decoder lost some.
 */
export const forbiddenCharacters = "\\p{Cc}\uFFFD";

export const textFaults = {
  absent: "is required.",
  notText: "must be a string.",
  forbidden: "must hold no control characters, and none that a wrong encoding has lost.",
  tooLong: (limit: number) => `is longer than ${limit} characters.`,
} as const;

export type ReadText = { readonly text: string } | { readonly fault: string };

/** The text of a field, trimmed; numbers are taken as their digits while they have all of them. */
export function readText(value: unknown, limit: number): ReadText {
  const raw = typeof value === "number" && Number.isSafeInteger(value) ? String(value) : value;
  if (raw === undefined || raw === null) return { fault: textFaults.absent };
  if (typeof raw !== "string") return { fault: textFaults.notText };
  const text = raw.trim();
  if (isAbsent(text)) return { fault: textFaults.absent };
  if (isLonger(text, limit)) return { fault: textFaults.tooLong(limit) };
  return forbidden.test(text) ? { fault: textFaults.forbidden } : { text };
}

/** Whether a trimmed text says that there is nothing. */
export function isAbsent(text: string): boolean {
  return text.length <= longestAbsent && absent.has(text);
}

/** Whether a field says that there is nothing: it is not there, or null, or a word for it. */
export function saysNothing(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === "string" && isAbsent(value.trim()));
}

const absent = new Set(absentWords);
const longestAbsent = Math.max(...absentWords.map((word) => word.length));

/** Halves of surrogate pairs are no characters; text that was decoded from UTF-8 has none. */
const forbidden = new RegExp(`[${forbiddenCharacters}\\p{Cs}]`, "u");

/** Whether a text has more Unicode code points than `limit`. */
export function isLonger(text: string, limit: number): boolean {
  return text.length > limit && (text.length > 2 * limit || Array.from(text).length > limit);
}
