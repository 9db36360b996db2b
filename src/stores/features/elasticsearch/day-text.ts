import * as z from "zod";
import { parseDay } from "#churn/day.ts";

/** A day as documents hold it: `2024-03-01`. */
export const dayText = z.string().transform((text, context) => {
  const day = parseDay(text);
  if (day !== undefined) return day;
  context.addIssue("is not a day");
  return z.NEVER;
});
