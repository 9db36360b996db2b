import { isAbsent } from "./text.ts";

/** A number as programs write it; whatever is written otherwise takes the evidence of its whole column (files only). */
export const plainNumber = "[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d{1,3})?";

const pattern = new RegExp(`^(?:${plainNumber})$`);

/** The number that an action carries; undefined where it carries none, NaN where it cannot be read. */
export function readNumber(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  // Plus zero: there is no negative one.
  if (typeof value === "number") return Number.isFinite(value) ? value + 0 : Number.NaN;
  if (typeof value !== "string") return Number.NaN;
  const text = value.trim();
  if (isAbsent(text)) return undefined;
  const number = pattern.test(text) ? Number(text) + 0 : Number.NaN;
  return Number.isFinite(number) ? number : Number.NaN;
}
