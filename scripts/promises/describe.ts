import { nextInWords, promisesInWords, recencyInWords } from "#pages/promises/in-words.ts";
import { promiseHead, promiseRows } from "#pages/promises/table.ts";
import type { PromisesRead } from "#stores/ledger/read-promises.ts";
import { textTable } from "../terminal/text-table.ts";

/** What was promised against what happened, for the terminal. */
export function describePromises({ newest, shown, shadow, next }: PromisesRead): string {
  const besideRecency = newest && recencyInWords(newest);
  const parts = [
    newest === undefined ? "Nothing can be compared yet." : promisesInWords(newest),
    ...(besideRecency === undefined ? [] : [besideRecency]),
    ...(next === undefined ? [] : [nextInWords(next)]),
  ];
  if (shown.length > 0) parts.push("", table(shown));
  if (shadow.length > 0) parts.push("", "In shadow, shown to no one:", table(shadow));
  return parts.join("\n");
}

function table(months: PromisesRead["shown"]): string {
  return textTable(promiseHead, promiseRows(months), ["left", "left"]);
}
