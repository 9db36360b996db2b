import { ordinalForms } from "#churn/intake/time-forms.ts";
import { columnShapes, longestTime, plainShapes } from "./shaped-forms.ts";
import { englishIfForeign } from "./words-of-dates.ts";

const [ordinalDate] = ordinalForms;

/** Seconds from 1990, milliseconds, microseconds and nanoseconds to 2100: other numbers are more likely ids. */
const epoch = /^(?:[6-9]\d{8}|[1-3]\d{9})(?:\d{3}){0,3}(?:\.\d+)?$/;

/** What every form begins with, and a digit: most other texts, such as ids and names, need not be held against each. */
const beginning = /^\[?(?:\d|[A-Z][A-Za-z]{2}.*\d)/;

/** The same as some programs write large numbers. */
const scientific = /^[1-9](?:\.\d+)?[eE]\+?\d{1,2}$/;

/** Whether a single text would be a time in some format. */
export function isLikelyTime(text: string): boolean {
  const trimmed = text.trim();
  if (scientific.test(trimmed)) return epoch.test(String(Math.floor(Number(trimmed))));
  if (trimmed.length < 6 || trimmed.length > longestTime) return false;
  const english = englishIfForeign(trimmed);
  if (!beginning.test(english)) return false;
  return (
    epoch.test(english) ||
    plainShapes.matching(english).some((form) => form !== ordinalDate) ||
    columnShapes.matching(english).length > 0
  );
}
