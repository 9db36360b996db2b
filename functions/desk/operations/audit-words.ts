import { formatCount } from "#pages/format.ts";

// What the audit keeps by the names of programs, as people say it.

/** The name of a detail: `recency AUC` for `recency_auc`, `user days` for `userDays`. */
export function nameInWords(name: string): string {
  const words = name.replaceAll("_", " ").replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.replace(/\bauc\b/, "AUC");
}

/** A detail; of a number no more digits than are of use. */
export function detailInWords(value: string | number | boolean): string {
  if (typeof value !== "number") return String(value);
  return Number.isInteger(value) || Math.abs(value) >= 1_000
    ? formatCount(Math.round(value))
    : String(Number(value.toPrecision(4)));
}

/** What was done: `model rolled back, failed` for `model.rolled-back.failed`. */
export function actionInWords(action: string): string {
  const [whom = "", what = "", ...rest] = action.replaceAll("-", " ").split(".");
  return [`${whom} ${what}`.trim(), ...rest].join(", ");
}
