import * as z from "zod";
import { risks } from "#churn/score.ts";

export const riskSchema = z.enum(risks);

/** The stored reasons of a score. */
export const reasonsSchema = z.array(
  z.object({
    feature: z.string(),
    value: z.number(),
    typical: z.number(),
    contribution: z.number(),
    sentence: z.string(),
  }),
);
