import { isAbsent } from "./text.ts";

/** How programs write what is either true or false, in small letters. Files are judged by the same words in SQL. */
export const flagWords = { true: ["true", "t", "yes", "y", "1"], false: ["false", "f", "no", "n", "0"] } as const;

export const flagFault = "must be true or false.";

/** What a field says that is either true or false; undefined where it says neither. */
export function readFlag(value: unknown): boolean | undefined | { readonly fault: string } {
  if (value === undefined || value === null || typeof value === "boolean") return value ?? undefined;
  const raw = typeof value === "number" ? String(value) : value;
  if (typeof raw !== "string") return { fault: flagFault };
  const text = raw.trim();
  if (isAbsent(text)) return undefined;
  const word = text.toLowerCase();
  if (flagWords.true.some((known) => known === word)) return true;
  return flagWords.false.some((known) => known === word) ? false : { fault: flagFault };
}
