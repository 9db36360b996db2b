import { literal } from "../sql/literal.ts";

/** What databases write behind a date that has no time of day. */
const midnight = "[T ]00:00(?::00(?:[.,]0+)?)?(?: ?(?:Z|UTC|GMT))?$";
const pattern = new RegExp(midnight);

/** A date without its midnight: what stands before a time of day of another column. */
export function datePart(text: string): string {
  return text.replace(pattern, "");
}

/** The same in SQL. */
export function datePartSql(text: string): string {
  return `regexp_replace(${text}, ${literal(midnight)}, '')`;
}
