import { isAbsent } from "./text.ts";

/** A number as programs write it; whatever is written otherwise takes the evidence of its whole column (files only). */
export const plainNumber = "[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d{1,3})?";

/**
 * The largest number that an action may carry, either way: more than any amount of money. Sums of as many as there can be
 * stay finite, and so do their squares.
 */
export const mostValue = 1e15;

const pattern = new RegExp(`^(?:${plainNumber})$`);

/** The number that an action carries; undefined where it carries none, NaN where it cannot be read or is too large. */
export function readNumber(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  // Plus zero: there is no negative one.
  if (typeof value === "number") return bounded(value);
  if (typeof value !== "string") return Number.NaN;
  const text = value.trim();
  if (isAbsent(text)) return undefined;
  return pattern.test(text) ? bounded(Number(text)) : Number.NaN;
}

function bounded(number: number): number {
  return Math.abs(number) <= mostValue ? number + 0 : Number.NaN;
}
